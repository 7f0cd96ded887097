/** The store of the index. It has rows, and leaves their meaning to the code that writes and reads them. */

/** The content of one record of a product in one part of the index, as a shape. Equal content has equal shapes. */
export interface ContentRow {
  readonly part: string;
  /** The record's position in the product, from 0. */
  readonly record: number;
  readonly shape: string;
}

/** A value by which a product is found exactly, such as a number or a word. */
export interface TokenRow {
  readonly kind: string;
  readonly value: string;
  /** The record's position in the product, from 0. */
  readonly record: number;
}

/**
 * What is stored of a product. `named`: its own record. `held`: all its records. `suspected`: all its records, but a
 * complete list of products lacked it. `gone`: the upstream says that it no longer exists.
 */
export type ProductState = 'named' | 'held' | 'suspected' | 'gone';

export interface ProductRows {
  /** The FHIR id of the product. */
  readonly id: string;
  /** When the product was read, in milliseconds since 1970. */
  readonly asOf: number;
  readonly versionId: string | undefined;
  readonly lastUpdated: string | undefined;
  readonly state: ProductState;
  /** The product's own record (MedicinalProductDefinition), as bytes. */
  readonly own: Uint8Array;
  /** The product's details (all its other records), as bytes; undefined if only its own record was read. */
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

/** A value of one kind of token, and the first product that has it. */
export interface FirstToken {
  readonly value: string;
  /** The number of that product. */
  readonly product: number;
  readonly record: number;
  /** Whether no other product has the value. */
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
  /** The bytes of all pages in use, and of the journal beside the file. */
  readonly bytes: number;
  /** The oldest `asOf` of the products that are not gone; undefined without such products. */
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
  /** `reads`: another process writes the file, or it is read-only. */
  readonly access: 'writes' | 'reads';
  /** The path of the file, or `memory`. */
  readonly place: string;
  /** One sentence that says why the index is in memory, or is only read, against the settings. */
  readonly because: string | undefined;
}

/**
 * The rows of the index. In texts, NUL and lone surrogates are stored as U+FFFD. Such a text is found by its original
 * and by its stored form.
 *
 * If the store exceeds its size, only details of products (`rest`) are deleted. The products keep their content rows
 * and their state, which says what was read. `withDetails` counts the products whose details are still stored.
 *
 * A call that the store cannot perform rejects with `INDEX_UNAVAILABLE`, and changes nothing.
 */
export interface IndexStore {
  /**
   * Writes all products or none. Each product replaces its previous copy as a whole. An older copy (by `asOf`) never
   * replaces a newer one.
   */
  write(products: readonly ProductRows[]): Promise<void>;
  /** Returns the shapes of a part with a number above `after`, ascending. A shape's number is never reused. */
  shapes(part: string, after: number): Promise<readonly Shape[]>;
  /**
   * Returns the current shapes of a part as a flat, ascending list of pairs: shape number, number of products with it.
   */
  shapeCounts(part: string): Promise<Int32Array>;
  /** Returns shapes by their numbers, ascending. Unknown numbers are left out. */
  shapesOf(numbers: readonly number[]): Promise<readonly Shape[]>;
  /**
   * Returns the records with one of the shapes, as a flat, ascending list of distinct pairs: product number, record.
   */
  postings(part: string, shapes: readonly number[]): Promise<Int32Array>;
  /**
   * Returns the tokens with one of `values` as flat, ascending triples: product number, record, position in `values`.
   */
  tokens(kind: string, values: readonly string[]): Promise<Int32Array>;
  /** Returns the tokens that begin with one of `values`, in the form that `tokens` has. */
  tokensFrom(kind: string, values: readonly string[]): Promise<Int32Array>;
  /**
   * Returns the first `most` values of a kind that begin with `beginning`, each once, ascending. Further values are
   * not read.
   */
  valuesFrom(kind: string, beginning: string, most: number): Promise<readonly FirstToken[]>;
  /** Returns all values of a kind, each once for each record position, ascending, with the number of products. */
  values(kind: string): Promise<readonly TokenCount[]>;
  /**
   * Returns the content of some products in a part: the shapes, and a flat list of triples of product number, record
   * and shape number.
   * @param isKnown whether the shape with this number may be left out of `shapes` @default never
   */
  told(
    part: string,
    products: readonly number[],
    isKnown?: (shape: number) => boolean,
  ): Promise<ContentShapes>;
  /** Returns the numbers of all products, or of those in a state, ascending. */
  all(state?: ProductState): Promise<Int32Array>;
  /** Returns the rows of products in the order of `numbers`, each once. Unknown numbers are left out. */
  rows(numbers: readonly number[]): Promise<readonly HeldRow[]>;
  byId(ids: readonly string[]): Promise<readonly HeldRow[]>;
  /** Returns the products' own records. Their details are left out, because they are many times as long. */
  owns(ids: readonly string[]): Promise<ReadonlyMap<string, HeldOwn>>;
  /** Returns the products' own records, and their details if these are stored. */
  details(ids: readonly string[]): Promise<ReadonlyMap<string, HeldDetails>>;
  /** Returns a number that grows with each write that changes rows. Data derived from the rows is then outdated. */
  generation(): Promise<number>;
  /** Stores a small value beside the rows, such as the progress of a crawl or the format of the content rows. */
  note(name: string, value: string | undefined): Promise<void>;
  noted(name: string): Promise<string | undefined>;
  status(): Promise<IndexStatus>;
  /**
   * Whether the whole file can be read, which takes seconds for a large file. Other reads do not notice damage
   * elsewhere in the file.
   */
  isSound(): Promise<boolean>;
  /** Deletes everything but the upstream's identity. Numbers of products and shapes are not reused. */
  purge(): Promise<void>;
  close(): Promise<void>;
}
