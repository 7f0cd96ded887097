/** The store of the index: rows alone. Their meaning is up to the code that writes and reads them. */

/** A row for one record of a product: the shape of its content, as text that is equal for equal content. */
export interface ContentRow {
  readonly part: string;
  /** The record's position in the product, from 0. */
  readonly record: number;
  readonly shape: string;
}

/** A value that finds the product exactly: a number, a key. */
export interface TokenRow {
  readonly kind: string;
  readonly value: string;
  /** The record's position in the product, from 0. */
  readonly record: number;
}

/**
 * How much of a product is held: its name alone; its details; suspected gone, where a complete list lacked it; gone,
 * where the upstream said so.
 */
export type ProductState = 'named' | 'held' | 'suspected' | 'gone';

export interface ProductRows {
  /** FHIR id. */
  readonly id: string;
  /** When it was read, in milliseconds since 1970. */
  readonly asOf: number;
  readonly versionId: string | undefined;
  readonly lastUpdated: string | undefined;
  readonly state: ProductState;
  /** The product's own record, as bytes. */
  readonly own: Uint8Array;
  /** Its details; undefined where only its name is known. */
  readonly rest: Uint8Array | undefined;
  readonly rows: readonly ContentRow[];
  readonly tokens: readonly TokenRow[];
}

export interface Shape {
  readonly number: number;
  readonly shape: string;
}

export interface TokenCount {
  readonly value: string;
  readonly record: number;
  readonly products: number;
}

/** A value of a kind, and the first product that has it. */
export interface FirstToken {
  readonly value: string;
  /** Number of the product. */
  readonly product: number;
  readonly record: number;
  /** Whether no other product has it. */
  readonly isAlone: boolean;
}

/** The content of products in a part. */
export interface ContentShapes {
  readonly told: Int32Array;
  readonly shapes: readonly Shape[];
}

export interface HeldRow {
  readonly number: number;
  readonly id: string;
  readonly asOf: number;
  readonly state: ProductState;
  readonly versionId: string | undefined;
  readonly lastUpdated: string | undefined;
}

export interface HeldOwn {
  readonly own: Uint8Array;
  readonly asOf: number;
  readonly state: ProductState;
}

export interface HeldDetails {
  readonly own: Uint8Array;
  readonly rest: Uint8Array | undefined;
  readonly asOf: number;
}

export interface IndexStatus {
  readonly products: number;
  readonly withDetails: number;
  readonly gone: number;
  /** Pages in use times the size of a page, with the journal beside the file. */
  readonly bytes: number;
  /** The oldest `asOf` of the products that are not gone; undefined where there are none. */
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
  /** `reads`: another process writes the file, or it is read-only. */
  readonly access: 'writes' | 'reads';
  /** The path of the file, or `memory`. */
  readonly place: string;
  /** Why it is in memory, or only read, although that was not asked for: one sentence. */
  readonly because: string | undefined;
}

/**
 * Text is Unicode: NUL and lone surrogates are stored as U+FFFD, and found by either.
 *
 * Where room runs out, only details are dropped (`rest`). A product keeps its state, which says what was read of it,
 * and its told rows. `withDetails` counts the products whose details are still there.
 *
 * Every call rejects with `INDEX_UNAVAILABLE` where the store cannot perform it. Its content is unchanged then.
 */
export interface IndexStore {
  /**
   * Writes everything or nothing. Each product replaces its previous copy as a whole. An older copy (`asOf`) never
   * replaces a newer one.
   */
  write(products: readonly ProductRows[]): Promise<void>;
  /** Returns the shapes of a part with a number above `after`, ascending. A number is never reused. */
  shapes(part: string, after: number): Promise<readonly Shape[]>;
  /** Returns the current shapes of a part: pairs of shape number and number of products with it, flat, ascending. */
  shapeCounts(part: string): Promise<Int32Array>;
  /** Returns shapes by their numbers, ascending; those that are not held are left out. */
  shapesOf(numbers: readonly number[]): Promise<readonly Shape[]>;
  /** Returns the records with one of the shapes: pairs of product number and record, flat, ascending, each once. */
  postings(part: string, shapes: readonly number[]): Promise<Int32Array>;
  /** Returns triples, flat and ascending: product number, record, and the index in `values` of their value. */
  tokens(kind: string, values: readonly string[]): Promise<Int32Array>;
  /** Returns the same for tokens that begin with one of `values`. */
  tokensFrom(kind: string, values: readonly string[]): Promise<Int32Array>;
  /**
   * Returns the values of a kind with this beginning, each once, ascending, at most `most`. No more are read, however
   * many there are.
   */
  valuesFrom(kind: string, beginning: string, most: number): Promise<readonly FirstToken[]>;
  /** Returns all values of a kind, each once for each record position, ascending, with the number of products. */
  values(kind: string): Promise<readonly TokenCount[]>;
  /**
   * Returns the content of some products in a part: triples of product number, record and shape number, flat; and the
   * shapes.
   * @param isKnown whether a shape's text may be left out, by its number; none by default
   */
  told(
    part: string,
    products: readonly number[],
    isKnown?: (shape: number) => boolean,
  ): Promise<ContentShapes>;
  /** Returns the numbers of all products, or of those in a state, ascending. */
  all(state?: ProductState): Promise<Int32Array>;
  /** Returns rows in the order of the numbers, each once; those that are not held are left out. */
  rows(numbers: readonly number[]): Promise<readonly HeldRow[]>;
  byId(ids: readonly string[]): Promise<readonly HeldRow[]>;
  /** Returns own records. Details are many times as long. */
  owns(ids: readonly string[]): Promise<ReadonlyMap<string, HeldOwn>>;
  /** Returns own records, with details where these are held. */
  details(ids: readonly string[]): Promise<ReadonlyMap<string, HeldDetails>>;
  /**
   * Returns a number that grows with each write that changes something. Data derived from the rows is outdated then.
   */
  generation(): Promise<number>;
  /** Stores a small value beside the rows: the progress of a crawl, the format of the told rows. */
  note(name: string, value: string | undefined): Promise<void>;
  noted(name: string): Promise<string | undefined>;
  status(): Promise<IndexStatus>;
  /**
   * Whether everything can be read. Damage is not noticed by reading other places. Reads the whole file, which takes
   * seconds for a large one.
   */
  isSound(): Promise<boolean>;
  /** Deletes everything but the identity. Numbers are not reused. */
  purge(): Promise<void>;
  close(): Promise<void>;
}
