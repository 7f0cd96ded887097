/**
 * A profile is a strategy to turn searches and reads into upstream calls. Each profile has its price functions next to
 * its calls. It puts records into `Known`, and returns relations and the reasons for missing records.
 */
import type { FhirClient } from '../../fhir/client.js';
import type { Page } from '../../fhir/bundle.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameters } from '../../fhir/search.js';
import type { Known, Missing } from '../known/known.js';
import type { OwnFeatures, OwnCounting, OwnGiven } from '../upstream/own.js';
import type { Figures } from '../upstream/figures.js';
import type { Key } from '../graph/key.js';
import type { Whereabouts } from '../upstream/whereabouts.js';
import type { Ledger } from './ledger.js';
import type { Bundled, Forward, Reverse } from '../graph/link.js';
import type { Relation } from '../graph/relation.js';
import type { ListArgs, ProductSearch, Selection } from '../question/selection.js';
import type { RecordRead } from '../known/next-fetches.js';
import type { BringProducts, BringRows } from './held/bring.js';
import type { Demand, Foreseen, Measures, Population, Share } from './foreseen.js';
import type { Price } from './price.js';

/** The strategies to query an upstream, the cheapest first. */
export const profileNames = ['include', 'search', 'everything'] as const;
export type ProfileName = (typeof profileNames)[number];

/** The name in the receipt for responses from the index, which works with any profile and sends no request. */
export const heldName = 'held';

export interface Profile {
  readonly name: ProfileName;
  /** Whether lists are read from the `$everything` bundles of products. */
  readonly hasBundles: boolean;
  /**
   * Whether children are searched by their parent's key, in the same wave as the parent. Otherwise they come with the
   * parent.
   */
  readonly asksByKey: boolean;
  /** Prices an operation with this profile, for one plan. */
  price(selections: readonly Selection[], measures: Measures, foreseen: Foreseen): Pricing;
  /** Opens the profile for one operation. */
  open(at: Operation): OpenProfile;
}

/** Forecasts the requests of a profile. Each method corresponds to a call of the opened profile. */
export interface Pricing {
  /** Whether one request reads several records by id. */
  readonly readsMany: boolean;
  /** Forecasts reads of records by key. @param isDeep whether the operation follows links from them */
  records(args: Pick<ListArgs, 'keys' | 'within'>, isDeep: boolean): readonly Population[];
  /** Forecasts reads of found products, given as `keys` or reached from other records. @param isDeep as in `records` */
  found(products: Population, keys: readonly Key[], isDeep: boolean): void;
  /** Forecasts the details of products, if one request brings them all. */
  lookInto(products: Population): void;
  /** Forecasts the children of parents; undefined if no request is needed for them. */
  children(question: Reverse | Bundled, parents: Population, share: Share): Led | undefined;
  /** Forecasts the records of one type that other records refer to. */
  references(link: Forward, type: ResourceType, from: Population): Led;
  /** Forecasts reads by id of records that no response contains yet. */
  read(found: Population): void;
  price(demand: Demand): Price;
}

/** The outcome of a forecast step. */
export interface Led {
  /** Whether the records lie outside the products that the operation reads anyway. */
  readonly isElsewhere: boolean;
}

/** A profile, opened for one operation. */
export interface OpenProfile {
  /** Whether one request reads several records by id. */
  readsMany(): boolean;
  /** Returns the includes for a product search; undefined if there are none. */
  along?(search: ProductSearch): Along | undefined;
  /** Returns the children of every parent. */
  children(question: Reverse | Bundled, parents: readonly Key[]): Promise<ReadonlyMap<Key, Relation>>;
  /** Reads records into `Known`. Returns the reasons for the records that could not be read. */
  read(reads: ReadonlyMap<Key, RecordRead>): Promise<ReadonlyMap<Key, Missing>>;
}

/** The parameters that a profile adds to a product search, with its handlers for the pages. */
export interface Along {
  readonly parameters: SearchParameters;
  /** Types that come with the products. */
  readonly types: readonly ResourceType[];
  readonly visit: (page: Page) => void;
  /** Called if the upstream refuses the parameters. */
  readonly giveUp: () => void;
}

/** A client that may return cached copies, until `bypassCopies` is called. */
export interface CachedClient extends FhirClient {
  /** Makes all later calls go to the upstream, even if a cached copy exists. */
  bypassCopies(): void;
}

/** The context of one operation, shared by all its parts. */
export interface Operation {
  /** Counts each request in the ledger. */
  readonly client: CachedClient;
  readonly known: Known;
  readonly ledger: Ledger;
  /** The features. A feature that this operation refutes counts as refuted for this operation alone. */
  readonly features: OwnFeatures;
  readonly figures: Figures;
  /** How totals are counted. An observation of this operation counts for this operation alone. */
  readonly counting: OwnCounting;
  /**
   * What the upstream sends along with products. An observation from one page or bundle counts for this operation
   * alone.
   */
  readonly given: OwnGiven;
  readonly whereabouts: Whereabouts;
  readonly selections: readonly Selection[];
  /** The name of the client that sent the operation. */
  readonly askedBy: string | undefined;
  /** Copies products from the index into `Known`. */
  readonly bring: BringProducts;
  readonly bringRows: BringRows;
  /** Called for each read that the index has answered, with the time at which its data were fetched. */
  readonly onHeld: (asOf: Date | undefined) => void;
  /** Returns the elements of a type that the operation reads; undefined to fetch whole records. */
  readonly elementsOf: (type: ResourceType) => readonly string[] | undefined;
}
