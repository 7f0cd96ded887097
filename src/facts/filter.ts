/** The product filter with all its parts. */
import type { AuthorizationType, IngredientRole, Lifecycle } from '../terms/ema-codes.js';
import type { EquivalenceFilter } from './substances/equivalence.js';
import type { SubstanceFilter } from './substances/substances.js';

/**
 * A product filter. A product must match every part that is set. If a part has several values, one match is enough.
 * Search words are already replaced by codes.
 */
export interface ProductFilter {
  /** Record keys: `MedicinalProductDefinition/600000000001`. */
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
  readonly substance?: readonly SubstanceFilter[];
  readonly substanceRole?: IngredientRole;
  readonly strength?: readonly string[];
  readonly actives?: Actives;
  readonly withoutSubstance?: readonly SubstanceFilter[];
  /** Set only by the field `Product.equivalents`. */
  readonly equivalentTo?: EquivalenceFilter;
  readonly holder?: readonly string[];
  readonly manufacturer?: readonly string[];
  readonly authorizationStatus?: readonly string[];
  /** A FHIR date, for example only a year. */
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
  /** An instant in ISO 8601. */
  readonly updatedSince?: string;
}

export type FilterPart = keyof ProductFilter;

/**
 * Matches products that contain all of these active substances, each in its strength. With `only`, the product must
 * contain no other active substance.
 */
export interface Actives {
  readonly all: readonly { readonly substance: SubstanceFilter; readonly strength?: string }[];
  readonly only: boolean;
}

export interface Marketed {
  readonly country?: readonly string[];
  readonly status: readonly string[];
  readonly restoreBefore?: string;
}

/** A range that includes both ends. */
export interface IntRange {
  readonly min?: number;
  readonly max?: number;
}
