/** A route: one way of turning questions into upstream calls. What it learns goes into `Known`, gaps included. */
import type { FhirClient } from '../../fhir/client.js';
import type { Key } from '../key.js';
import type { Known } from '../known.js';
import type { Ledger } from '../ledger.js';
import type { Bundled, Reverse } from '../link.js';
import type { ProductSearch } from '../selection.js';
import type { WantedRead } from '../wanted.js';

/** One route at the service of one operation. */
export interface Route {
  /** Settles the rows of one search for products. */
  products(search: ProductSearch): Promise<void>;
  /** Settles the children of every parent. */
  children(question: Reverse | Bundled, parents: readonly Key[]): Promise<void>;
  /** Settles every key. */
  read(reads: ReadonlyMap<Key, WantedRead>): Promise<void>;
}

/** What an operation brings along wherever it goes. */
export interface Operation {
  /** Metered: each send is taken from the ledger. */
  readonly client: FhirClient;
  readonly known: Known;
  readonly ledger: Ledger;
}
