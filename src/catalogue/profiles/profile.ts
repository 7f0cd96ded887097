/**
 * A profile is one way of turning questions into upstream calls. Each profile has its costs beside its calls. Records
 * go into `Known`; relations, and why records are missing, are returned.
 */
import type { FhirClient } from '../../fhir/client.js';
import type { Page } from '../../fhir/bundle.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameters } from '../../fhir/search.js';
import type { OwnFeatures } from '../upstream/own-features.js';
import type { Figures } from '../upstream/figures.js';
import type { OwnCounting } from '../upstream/own-counting.js';
import type { OwnGiven } from '../upstream/own-given.js';
import type { Key } from '../graph/key.js';
import type { Known, Missing } from '../known/known.js';
import type { Whereabouts } from '../upstream/whereabouts.js';
import type { Ledger } from './ledger.js';
import type { Bundled, Forward, Reverse } from '../graph/link.js';
import type { Relation } from '../graph/relation.js';
import type { ListArgs, ProductSearch, Selection } from '../question/selection.js';
import type { RecordRead } from '../known/next-fetches.js';
import type { BringProducts, BringRows } from './held/bring.js';
import type { Demand, Foreseen, Measures, Population, Share } from './foreseen.js';
import type { Price } from './price.js';

/** The ways of asking an upstream, the cheapest first. */
export const profileNames = ['include', 'search', 'everything'] as const;
export type ProfileName = (typeof profileNames)[number];

/** The name for answers from the index, which work beside any profile and need no request. */
export const heldName = 'held';

export interface Profile {
  readonly name: ProfileName;
  /** Whether lists are found in the bundles of products. */
  readonly hasBundles: boolean;
  /**
   * Whether children are asked for by their parent's key, in the same wave as the parent. Otherwise they come with the
   * parent.
   */
  readonly asksByKey: boolean;
  /** Prices an operation with this profile, for one plan. */
  price(selections: readonly Selection[], measures: Measures, foreseen: Foreseen): Pricing;
  /** Opens the profile for one operation. */
  open(at: Operation): OpenProfile;
}

/** Foresees the questions that a profile asks for an operation. Each method stands for a call of the opened profile. */
export interface Pricing {
  /** Whether several records are read by their ids at once. */
  readonly readsMany: boolean;
  /** Foresees reads of records by their keys. @param isDeep whether more will be asked below them */
  records(args: Pick<ListArgs, 'keys' | 'within'>, isDeep: boolean): readonly Population[];
  /** Foresees products that were found as `keys`, or by records that lead to them. @param isDeep as in `records` */
  found(products: Population, keys: readonly Key[], isDeep: boolean): void;
  /** Foresees the details of products, where these come together. */
  lookInto(products: Population): void;
  /** Foresees the children of some parents; undefined where no question asks for them. */
  children(question: Reverse | Bundled, parents: Population, share: Share): Led | undefined;
  /** Foresees the records of one type that other records refer to. */
  references(link: Forward, type: ResourceType, from: Population): Led;
  /** Foresees reads by id of records that no answer holds yet. */
  read(found: Population): void;
  price(demand: Demand): Price;
}

/** The outcome of a foreseen question. */
export interface Led {
  /** Whether the records are outside of the products that are read in any case. */
  readonly isElsewhere: boolean;
}

/** One profile, opened for one operation. */
export interface OpenProfile {
  /** Whether several records are read by their ids at once. */
  readsMany(): boolean;
  /** Returns the includes for a search for products; undefined where there are none. */
  along?(search: ProductSearch): Along | undefined;
  /** Returns the children of every parent. */
  children(question: Reverse | Bundled, parents: readonly Key[]): Promise<ReadonlyMap<Key, Relation>>;
  /** Reads records into `Known`. Returns why the others could not be read. */
  read(reads: ReadonlyMap<Key, RecordRead>): Promise<ReadonlyMap<Key, Missing>>;
}

/** The parameters that a profile adds to a search for products, with its handlers for the pages. */
export interface Along {
  readonly parameters: SearchParameters;
  /** Types that come with the products. */
  readonly types: readonly ResourceType[];
  readonly visit: (page: Page) => void;
  /** Called when the upstream refuses the parameters. */
  readonly giveUp: () => void;
}

/** A client that cached copies may answer, until `askAnew` is called. */
export interface CachedClient extends FhirClient {
  /** Makes later calls ask the upstream, even where there are cached copies. */
  bypassCopies(): void;
}

/** The context of one operation, for all of its parts. */
export interface Operation {
  /** Metered: each request is taken from the ledger. */
  readonly client: CachedClient;
  readonly known: Known;
  readonly ledger: Ledger;
  /** Features that this operation finds refuted count as refuted for itself alone. */
  readonly features: OwnFeatures;
  readonly figures: Figures;
  /** Findings of this operation about how totals count hold for itself alone. */
  readonly counting: OwnCounting;
  /** What the upstream gives along with products. What one page or bundle shows holds for this operation alone. */
  readonly given: OwnGiven;
  readonly whereabouts: Whereabouts;
  readonly selections: readonly Selection[];
  /** The client that asks. */
  readonly askedBy: string | undefined;
  /** Brings products from the index. */
  readonly bring: BringProducts;
  readonly bringRows: BringRows;
  /** Called for each question that the index has answered, with the time that the answer is of. */
  readonly onHeld: (asOf: Date | undefined) => void;
  /** Returns the elements that the operation reads of a type; undefined where it wants whole copies. */
  readonly elementsOf: (type: ResourceType) => readonly string[] | undefined;
}
