/** The parts of a filter of products, as an operation gives them. */
import type { Key } from '../graph/key.js';

/** What products must be like: every part that is given holds, of a list any one. */
export interface ProductFilter {
  readonly ids?: readonly Key[];
  readonly name?: string;
  readonly nameStartsWith?: string;
  readonly nameEquals?: string;
  readonly identifier?: string;
  readonly authorizationNumber?: string;
  readonly procedureNumber?: string;
  readonly status?: readonly string[];
  readonly domain?: readonly string[];
  readonly doseForm?: readonly string[];
  readonly route?: readonly string[];
  readonly country?: readonly string[];
  readonly atc?: readonly string[];
  readonly substance?: readonly string[];
  readonly holder?: readonly string[];
  /** ISO 8601. */
  readonly updatedSince?: string;
}

export type FilterPart = keyof ProductFilter;
