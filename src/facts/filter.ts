/** What products may be asked for: the parts of a filter, as an operation gives them. */
import type { AuthorizationType, IngredientRole, Lifecycle } from '../terms/ema-codes.js';
import type { AskedEquivalence } from './substances/equivalence.js';
import type { AskedSubstance } from './substances/substances.js';

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
  readonly substance?: readonly AskedSubstance[];
  readonly substanceRole?: IngredientRole;
  readonly strength?: readonly string[];
  readonly actives?: Actives;
  readonly withoutSubstance?: readonly AskedSubstance[];
  /** Asked by `Product.equivalents`. */
  readonly equivalentTo?: AskedEquivalence;
  readonly holder?: readonly string[];
  readonly manufacturer?: readonly string[];
  readonly authorizationStatus?: readonly string[];
  /** A FHIR date of any precision, and so the other dates of authorizations. */
  readonly statusSince?: string;
  readonly authorizationKind?: readonly AuthorizationType[];
  readonly authorizedSince?: string;
  readonly authorizedBefore?: string;
  readonly lifecycle?: readonly Lifecycle[];
  readonly legalStatusOfSupply?: readonly string[];
  readonly additionalMonitoring?: boolean;
  readonly pediatricUse?: readonly string[];
  readonly marketed?: Marketed;
  readonly packSize?: IntRange;
  readonly dataCarrier?: readonly string[];
  readonly indication?: readonly string[];
  /** ISO 8601. */
  readonly updatedSince?: string;
}

export type FilterPart = keyof ProductFilter;

/** Products that hold all of these active substances, each in its strength, and with `only` no others. */
export interface Actives {
  readonly all: readonly { readonly substance: AskedSubstance; readonly strength?: string }[];
  readonly only: boolean;
}

export interface Marketed {
  readonly country?: readonly string[];
  readonly status: readonly string[];
  readonly restoreBefore?: string;
}

/** Both ends count. */
export interface IntRange {
  readonly min?: number;
  readonly max?: number;
}
