/**
 * A profile is a strategy for fetching records with upstream requests. Next to its requests, each profile has
 * functions that compute their number. A profile stores records in `Known`, and returns relations and the reasons why
 * records are missing.
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

/** The profiles; the one that usually needs the fewest requests comes first. */
export const profileNames = ['include', 'search', 'everything'] as const;
export type ProfileName = (typeof profileNames)[number];

/**
 * The name in the receipt if the index answered. The index can be combined with any profile, and needs no request.
 */
export const heldName = 'held';

export interface Profile {
  readonly name: ProfileName;
  /** Whether lists are read from the `$everything` bundles of products. */
  readonly hasBundles: boolean;
  /**
   * Whether children are searched by their parent's key, at the same time as the parent is read. If not, they come
   * with the parent.
   */
  readonly asksByKey: boolean;
  /** Computes the requests of an operation with this profile, for one plan. */
  price(selections: readonly Selection[], measures: Measures, foreseen: Foreseen): Pricing;
  /** Opens the profile for one operation. */
  open(at: Operation): OpenProfile;
}

/** Forecasts the requests of a profile. Each method corresponds to a method of the opened profile. */
export interface Pricing {
  /** Whether one request reads several records by id. */
  readonly readsMany: boolean;
  /**
   * Forecasts reads of records by their keys.
   * @param isDeep whether the operation follows links from the records
   */
  records(args: Pick<ListArgs, 'keys' | 'within'>, isDeep: boolean): readonly Population[];
  /**
   * Forecasts reads of products that a search found. They are given as `keys`, or reached from other records.
   * @param isDeep as in `records`
   */
  found(products: Population, keys: readonly Key[], isDeep: boolean): void;
  /** Forecasts reads of the details of products, if one request returns them all. */
  lookInto(products: Population): void;
  /** Forecasts requests for the children of parents; undefined if no request is needed for them. */
  children(question: Reverse | Bundled, parents: Population, share: Share): Led | undefined;
  /** Forecasts requests for the records of one type that other records refer to. */
  references(link: Forward, type: ResourceType, from: Population): Led;
  /** Forecasts reads by id of records that no earlier response contains. */
  read(found: Population): void;
  price(demand: Demand): Price;
}

/** The result of one step of a forecast. */
export interface Led {
  /** Whether the records belong to products that the operation does not read otherwise. */
  readonly isElsewhere: boolean;
}

/** A profile, opened for one operation. */
export interface OpenProfile {
  /** Whether one request reads several records by id. */
  readsMany(): boolean;
  /** Returns the includes that are added to a product search; undefined if there are none. */
  along?(search: ProductSearch): Along | undefined;
  /** Returns the children of each parent. */
  children(question: Reverse | Bundled, parents: readonly Key[]): Promise<ReadonlyMap<Key, Relation>>;
  /** Reads records into `Known`. Returns the reasons for the records that could not be read. */
  read(reads: ReadonlyMap<Key, RecordRead>): Promise<ReadonlyMap<Key, Missing>>;
}

/** The parameters that a profile adds to a product search, with the functions that process the pages. */
export interface Along {
  readonly parameters: SearchParameters;
  /** The resource types that the response contains beside the products. */
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
  /** The upstream client. It counts each request in the ledger. */
  readonly client: CachedClient;
  readonly known: Known;
  readonly ledger: Ledger;
  /**
   * The upstream's features. If this operation refutes a feature, the feature counts as refuted only for this
   * operation.
   */
  readonly features: OwnFeatures;
  readonly figures: Figures;
  /** What the upstream's totals count. An observation of this operation applies only to this operation. */
  readonly counting: OwnCounting;
  /**
   * Which records the upstream returns together with products. An observation from one page or bundle applies only to
   * this operation.
   */
  readonly given: OwnGiven;
  readonly whereabouts: Whereabouts;
  readonly selections: readonly Selection[];
  /** The name of the client that sent the operation. */
  readonly askedBy: string | undefined;
  /** Copies products from the index into `Known`. */
  readonly bring: BringProducts;
  readonly bringRows: BringRows;
  /** Called for each read that the index answered, with the time when the upstream sent the data. */
  readonly onHeld: (asOf: Date | undefined) => void;
  /** Returns the elements of a type that the operation reads; undefined to fetch whole records. */
  readonly elementsOf: (type: ResourceType) => readonly string[] | undefined;
}
