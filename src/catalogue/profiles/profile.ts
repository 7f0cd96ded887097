/** A profile: one way of turning questions into upstream calls. Resources go into `Known`; what came of a question is returned. */
import type { FhirClient } from '../../fhir/client.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { Features } from '../upstream/features.js';
import type { Figures } from '../upstream/figures.js';
import type { Key } from '../graph/key.js';
import type { Candidates, Known, Missing, RootList, TermFinds } from '../known/known.js';
import type { Whereabouts } from '../upstream/whereabouts.js';
import type { Ledger } from './ledger.js';
import type { Bundled, Reverse } from '../graph/link.js';
import type { Relation } from '../graph/relation.js';
import type { PmsError } from '../../errors.js';
import type { ProductSearch, Selection } from '../question/selection.js';
import type { WantedRead } from '../known/wanted.js';

/** What an upstream can be asked by, the cheapest first. */
export const profileNames = ['include', 'search', 'everything'] as const;
export type ProfileName = (typeof profileNames)[number];

/** One profile at the service of one operation. */
export interface Profile {
  /** The rows of one search for products, or what they are among, or why there are none. */
  products(search: ProductSearch): Promise<RootList | Candidates | PmsError>;
  /** Names what the pages of that search bring of each row, and with it: their links go on bringing the same. */
  brings(search: ProductSearch): string;
  /** What the searches for terms of any kind find. */
  terms(terms: readonly string[]): Promise<TermFinds | PmsError>;
  /** The children of every parent. */
  children(question: Reverse | Bundled, parents: readonly Key[]): Promise<ReadonlyMap<Key, Relation>>;
  /** Why those keys that `Known` does not hold afterwards could not be read. */
  read(reads: ReadonlyMap<Key, WantedRead>): Promise<ReadonlyMap<Key, Missing>>;
}

/** What an operation brings along wherever it goes. */
export interface Operation {
  /** Metered: each send is taken from the ledger. */
  readonly client: FhirClient;
  readonly known: Known;
  readonly ledger: Ledger;
  readonly features: Features;
  readonly figures: Figures;
  readonly whereabouts: Whereabouts;
  readonly selections: readonly Selection[];
  /** All that the operation reads of a type; undefined where whole copies are wanted. */
  readonly elementsOf: (type: ResourceType) => readonly string[] | undefined;
}
