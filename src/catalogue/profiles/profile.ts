/**
 * A profile: one way of turning questions into upstream calls. What it costs stands beside how it is done. Resources go
 * into `Known`; what came of a question is returned.
 */
import type { FhirClient } from '../../fhir/client.js';
import type { Page } from '../../fhir/bundle.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameters } from '../../fhir/search.js';
import type { OwnFeatures } from '../upstream/own-features.js';
import type { Figures } from '../upstream/figures.js';
import type { OwnCounting } from '../upstream/own-counting.js';
import type { Key } from '../graph/key.js';
import type { Known, Missing } from '../known/known.js';
import type { Whereabouts } from '../upstream/whereabouts.js';
import type { Ledger } from './ledger.js';
import type { Bundled, Forward, Reverse } from '../graph/link.js';
import type { Relation } from '../graph/relation.js';
import type { ListArgs, ProductSearch, Selection } from '../question/selection.js';
import type { WantedRead } from '../known/wanted.js';
import type { BringProducts, BringRows } from './held/bring.js';
import type { Demand, Foreseen, Measures, Population, Share } from './foreseen.js';
import type { Price } from './price.js';

/** What an upstream can be asked by, the cheapest first. */
export const profileNames = ['include', 'search', 'everything'] as const;
export type ProfileName = (typeof profileNames)[number];

/** How operations are answered from the index: beside what the upstream is asked by, and without asking it. */
export const heldName = 'held';

export interface Profile {
  readonly name: ProfileName;
  /** Whether lists are found in the bundles of products. */
  readonly hasBundles: boolean;
  /** Whether what belongs to a record is asked for by its key, beside the record; else it comes with the record. */
  readonly asksByKey: boolean;
  /** What an operation costs in this way, for one plan. */
  price(selections: readonly Selection[], measures: Measures, foreseen: Foreseen): Pricing;
  /** At the service of one operation. */
  open(at: Operation): OpenProfile;
}

/** The questions that a profile asks for what an operation needs. Each stands for a call of the opened profile. */
export interface Pricing {
  /** Whether several records are read by their ids at once. */
  readonly readsMany: boolean;
  /** Records by their keys. @param isDeep whether more will be asked below them */
  records(args: Pick<ListArgs, 'keys' | 'within'>, isDeep: boolean): readonly Population[];
  /** Products that were found as `keys`, or by records that lead to them. @param isDeep as of `records` */
  found(products: Population, keys: readonly Key[], isDeep: boolean): void;
  /** What belongs to products, where it comes together. */
  lookInto(products: Population): void;
  /** The children of some parents; undefined where there is no such question. */
  children(question: Reverse | Bundled, parents: Population, share: Share): Led | undefined;
  /** Those of one type that records refer to. */
  references(link: Forward, type: ResourceType, from: Population): Led;
  /** Records that are not in hand, by their ids. */
  read(found: Population): void;
  price(demand: Demand): Price;
}

/** What a question leads to. */
export interface Led {
  /** Whether what is read of products anyway lacks it. */
  readonly isElsewhere: boolean;
}

/** One profile at the service of one operation. */
export interface OpenProfile {
  /** Whether several records are read by their ids at once. */
  readonly readsMany: boolean;
  /** What is to come with the rows of a search for products; undefined where nothing is. */
  along?(search: ProductSearch): Along | undefined;
  /** The children of every parent. */
  children(question: Reverse | Bundled, parents: readonly Key[]): Promise<ReadonlyMap<Key, Relation>>;
  /** Why those keys that `Known` does not hold afterwards could not be read. */
  read(reads: ReadonlyMap<Key, WantedRead>): Promise<ReadonlyMap<Key, Missing>>;
}

/** What a profile adds to a search for products, and wants to see of its pages. */
export interface Along {
  readonly parameters: SearchParameters;
  /** Types that come with the products. */
  readonly types: readonly ResourceType[];
  readonly visit: (page: Page) => void;
  /** Told that the upstream refuses it. */
  readonly giveUp: () => void;
}

/** Copies may answer it, until it is to ask the upstream itself. */
export interface AskingClient extends FhirClient {
  /** From now on the upstream is asked, whatever copies there are. */
  askAnew(): void;
}

/** What an operation brings along wherever it goes. */
export interface Operation {
  /** Metered: each send is taken from the ledger. */
  readonly client: AskingClient;
  readonly known: Known;
  readonly ledger: Ledger;
  /** What the operation finds refuted is so for itself alone. */
  readonly features: OwnFeatures;
  readonly figures: Figures;
  /** What the operation finds of how totals count is so for itself alone. */
  readonly counting: OwnCounting;
  readonly whereabouts: Whereabouts;
  readonly selections: readonly Selection[];
  /** Who asks. */
  readonly askedBy: string | undefined;
  /** Brings products from the index. */
  readonly bring: BringProducts;
  readonly bringRows: BringRows;
  /** Told of each question that the index has answered, and as of when that is so. */
  readonly onHeld: (asOf: Date | undefined) => void;
  /** All that the operation reads of a type; undefined where whole copies are wanted. */
  readonly elementsOf: (type: ResourceType) => readonly string[] | undefined;
}
