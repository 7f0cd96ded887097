/** The types of filters and orders of products. */
import type { Kind, Lifecycle } from './authorizations.js';
import type { Role } from './ingredients.js';

export interface ActiveInput {
  readonly substance: string;
  readonly strength?: string | undefined;
}

export interface MarketedInput {
  readonly country?: readonly string[] | undefined;
  readonly status?: readonly string[] | undefined;
  readonly restoreBefore?: string | undefined;
}

/** A product filter as in a GraphQL query. */
export interface FilterInput {
  readonly ids?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly nameStartsWith?: string | undefined;
  readonly nameEquals?: string | undefined;
  readonly identifier?: string | undefined;
  readonly authorizationNumber?: string | undefined;
  readonly procedureNumber?: string | undefined;
  readonly status?: readonly string[] | undefined;
  readonly domain?: readonly string[] | undefined;
  readonly doseForm?: readonly string[] | undefined;
  readonly route?: readonly string[] | undefined;
  readonly country?: readonly string[] | undefined;
  readonly atc?: readonly string[] | undefined;
  readonly substance?: readonly string[] | undefined;
  readonly holder?: readonly string[] | undefined;
  readonly updatedSince?: string | undefined;
  readonly substanceRole?: Role | undefined;
  readonly strength?: readonly string[] | undefined;
  readonly actives?:
    | { readonly all: readonly ActiveInput[]; readonly only?: boolean | undefined }
    | undefined;
  readonly withoutSubstance?: readonly string[] | undefined;
  readonly marketed?: MarketedInput | undefined;
  readonly authorizationStatus?: readonly string[] | undefined;
  readonly authorizationKind?: readonly Kind[] | undefined;
  readonly statusSince?: string | undefined;
  readonly authorizedSince?: string | undefined;
  readonly authorizedBefore?: string | undefined;
  readonly lifecycle?: readonly Lifecycle[] | undefined;
  readonly legalStatusOfSupply?: readonly string[] | undefined;
  readonly additionalMonitoring?: boolean | undefined;
  readonly pediatricUse?: readonly string[] | undefined;
  readonly classification?: readonly string[] | undefined;
  readonly packSize?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
  readonly manufacturer?: readonly string[] | undefined;
  readonly indication?: readonly string[] | undefined;
  readonly dataCarrier?: readonly string[] | undefined;
}

export type FilterName = keyof FilterInput;

export type SortName = 'NAME' | 'UPDATED' | 'AUTHORIZED' | 'HOLDER' | 'SUBSTANCE' | 'STRENGTH' | 'PACK_SIZE';

export interface SortInput {
  readonly by: SortName;
  readonly order: 'ASC' | 'DESC';
}
