/** Where the product index is kept: rows alone. What they mean is decided by whoever writes and reads them. */

/** A record of a product tells something: the shape of what it tells, as text that equal tellings share. */
export interface ToldRow {
  readonly part: string;
  /** Which record of the product, from 0. */
  readonly record: number;
  readonly shape: string;
}

/** Something that the product is found by exactly: a number, a key. */
export interface TokenRow {
  readonly kind: string;
  readonly value: string;
  /** Which record of the product, from 0. */
  readonly record: number;
}

/**
 * How much is held of a product: its name alone, its details; suspected gone, since a complete enumeration lacked it;
 * gone, since the upstream has said so.
 */
export type ProductState = 'named' | 'held' | 'suspected' | 'gone';

export interface ProductRows {
  /** FHIR id. */
  readonly id: string;
  /** Milliseconds since 1970, when it was read. */
  readonly asOf: number;
  readonly versionId: string | undefined;
  readonly lastUpdated: string | undefined;
  readonly state: ProductState;
  /** The product's own record, as bytes. */
  readonly own: Uint8Array;
  /** Its details; undefined where only its name is known. */
  readonly rest: Uint8Array | undefined;
  readonly told: readonly ToldRow[];
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

/** What products tell of a part. */
export interface ToldShapes {
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
  /** `asOf` of the product that was read first, of those that are not gone; undefined where there is none. */
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
  /** `reads`: another process writes, or nothing can be written here. */
  readonly access: 'writes' | 'reads';
  /** The path of the file, or `memory`. */
  readonly place: string;
  /** Why it is not there, or only read, though that was not asked for: one sentence. */
  readonly because: string | undefined;
}

/**
 * Text is Unicode: NUL, and half a surrogate pair, are kept as U+FFFD, and found by either.
 *
 * Where there is no room, details go (`rest`), and nothing else: the state of a product says what was read of it, and
 * its told rows stay true. `withDetails` counts those whose details are still here.
 *
 * Every call rejects with `INDEX_UNAVAILABLE` where the store cannot do it; then it holds what it held.
 */
export interface IndexStore {
  /**
   * Writes all of it or nothing, each product whole in place of what was held of it. An older copy (`asOf`) never
   * replaces a newer one.
   */
  write(products: readonly ProductRows[]): Promise<void>;
  /** Shapes of a part with a number above `after`, ascending. A number never comes again for something else. */
  shapes(part: string, after: number): Promise<readonly Shape[]>;
  /** The shapes of a part that products tell now: pairs of shape number and how many products tell it, flat, ascending. */
  shapeCounts(part: string): Promise<Int32Array>;
  /** Shapes by their numbers, ascending; those that are not held are left out. */
  shapesOf(numbers: readonly number[]): Promise<readonly Shape[]>;
  /** Which records of which products tell one of these shapes: pairs of product number and record, flat, ascending, each once. */
  postings(part: string, shapes: readonly number[]): Promise<Int32Array>;
  /** Triples, flat and ascending: product number, record, and the place in `values` of the value that they have. */
  tokens(kind: string, values: readonly string[]): Promise<Int32Array>;
  /** The same of tokens that begin with one of `values`. */
  tokensFrom(kind: string, values: readonly string[]): Promise<Int32Array>;
  /** The values of a kind that begin so, each once, ascending, as many as `most`: no more is read, however many there are. */
  valuesFrom(kind: string, beginning: string, most: number): Promise<readonly FirstToken[]>;
  /** All values of a kind, each once for each place where it stands, ascending, with how many products have it there. */
  values(kind: string): Promise<readonly TokenCount[]>;
  /**
   * What some products tell of a part: triples product number, record, shape number, flat; and those shapes.
   * @param isKnown leaves out the texts of shapes, by their numbers; none by default
   */
  told(part: string, products: readonly number[], isKnown?: (shape: number) => boolean): Promise<ToldShapes>;
  /** Numbers of all products, or of those in a state, ascending. */
  all(state?: ProductState): Promise<Int32Array>;
  /** In the order in which they are asked for, each once; those that are not held are left out. */
  rows(numbers: readonly number[]): Promise<readonly HeldRow[]>;
  byId(ids: readonly string[]): Promise<readonly HeldRow[]>;
  /** Own records: details are many times as long. */
  owns(ids: readonly string[]): Promise<ReadonlyMap<string, HeldOwn>>;
  /** Own record, and details where these are held. */
  details(ids: readonly string[]): Promise<ReadonlyMap<string, HeldDetails>>;
  /** Goes up with each write that changes something: what was derived from the rows is made anew. */
  generation(): Promise<number>;
  /** Keeps a small value beside the rows: where a crawl stands, which form the told rows have. */
  note(name: string, value: string | undefined): Promise<void>;
  noted(name: string): Promise<string | undefined>;
  status(): Promise<IndexStatus>;
  /**
   * Whether all of it can be read: what is damaged is not noticed by reading something else. Goes through the whole file,
   * which takes seconds where it is large.
   */
  isSound(): Promise<boolean>;
  /** Leaves nothing but whose index it is; numbers go on from where they were. */
  purge(): Promise<void>;
  close(): Promise<void>;
}
