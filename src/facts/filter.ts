/** What products may be asked for: the parts of a filter, as an operation gives them. */
import type { AuthorizationType, IngredientRole } from '../terms/ema-codes.js';

/** What products must be like: every part that is given holds, of a list any one. Words have become codes here. */
export interface ProductFilter {
  /** `MedicinalProductDefinition/600000000001`. */
  readonly ids?: readonly string[];
  readonly name?: string;
  readonly nameStartsWith?: string;
  readonly nameEquals?: string;
  readonly identifier?: readonly string[];
  readonly authorizationNumber?: readonly string[];
  readonly procedureNumber?: readonly string[];
  readonly status?: readonly string[];
  readonly domain?: readonly string[];
  readonly doseForm?: readonly string[];
  readonly route?: readonly string[];
  readonly country?: readonly string[];
  readonly atc?: readonly string[];
  readonly classification?: readonly string[];
  readonly substance?: readonly string[];
  readonly substanceRole?: IngredientRole;
  readonly holder?: readonly string[];
  readonly manufacturer?: readonly string[];
  readonly authorizationStatus?: readonly string[];
  readonly authorizationKind?: readonly AuthorizationType[];
  readonly legalStatusOfSupply?: readonly string[];
  readonly additionalMonitoring?: boolean;
  readonly pediatricUse?: readonly string[];
  readonly indication?: readonly string[];
  /** ISO 8601. */
  readonly updatedSince?: string;
}

export type FilterPart = keyof ProductFilter;
