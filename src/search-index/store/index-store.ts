/** The store of the index. It contains rows. What they mean is decided by the code that writes and reads them. */

import type { ChangesFound, ChangesQuery } from '../changes/change.js';
import type { PartHashes } from '../changes/parts.js';

/** The content of one record of a product in one part of the index, as a shape. Equal content has equal shapes. */
export interface ContentRow {
  readonly part: string;
  /** The record's position in the product, from 0. */
  readonly record: number;
  readonly shape: string;
}

/** A value that is searched exactly, such as a number or a word. */
export interface TokenRow {
  readonly kind: string;
  readonly value: string;
  /** The record's position in the product, from 0. */
  readonly record: number;
}

/**
 * What the index stores about a product. `named`: only its own record. `held`: all its records. `suspected`: all its
 * records, although a complete list of products did not contain it. `gone`: the upstream reported that it no longer
 * exists.
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
  /** The hashes of the product's parts, which show what has changed since the previous copy. */
  readonly parts: PartHashes;
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

/** A value of one kind of token, with the first product that has it. */
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
  /** The bytes of the index. In SQLite, the bytes of all pages in use, plus the journal next to the file. */
  readonly bytes: number;
  /** The oldest `asOf` of the products that still exist; undefined if there are none. */
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
  /** `reads`: another process writes to the file, or the file is read-only. */
  readonly access: 'writes' | 'reads';
  /** The path of the file, `memory`, or the address of the database without user and password. */
  readonly place: string;
  /** A sentence that says why the index is in memory or can only be read, although the settings say otherwise. */
  readonly because: string | undefined;
}

/**
 * The rows of the index. In texts, NUL and lone surrogates are stored as U+FFFD. Such a text is found both in its
 * original and in its stored form.
 *
 * If the index becomes too large, only details of products (`rest`) are deleted. The products keep their content rows
 * and their state. `withDetails` counts the products whose details are still stored.
 *
 * If the store cannot perform a call, the call rejects with `INDEX_UNAVAILABLE`, and nothing is changed.
 */
export interface IndexStore {
  /**
   * Writes all products, or none. Each product replaces its previous copy completely. An older copy (by `asOf`) never
   * replaces a newer one. In the same transaction, records which products are new, changed or gone.
   */
  write(products: readonly ProductRows[]): Promise<void>;
  /**
   * Returns the shapes of a part with a number above `after`, in ascending order. The number of a shape is never
   * reused.
   */
  shapes(part: string, after: number): Promise<readonly Shape[]>;
  /**
   * Returns the current shapes of a part as a flat, ascending list of pairs: the shape's number, and the number of
   * products with this shape.
   */
  shapeCounts(part: string): Promise<Int32Array>;
  /** Returns shapes by their numbers, in ascending order. Unknown numbers are left out. */
  shapesOf(numbers: readonly number[]): Promise<readonly Shape[]>;
  /**
   * Returns the records that have one of the shapes, as a flat, ascending list of distinct pairs: product number and
   * record number.
   */
  postings(part: string, shapes: readonly number[]): Promise<Int32Array>;
  /**
   * Returns the tokens that have one of `values`, as a flat, ascending list of triples: product number, record
   * number, position in `values`.
   */
  tokens(kind: string, values: readonly string[]): Promise<Int32Array>;
  /** Returns the tokens that begin with one of `values`, in the form that `tokens` has. */
  tokensFrom(kind: string, values: readonly string[]): Promise<Int32Array>;
  /**
   * Returns the first `most` values of one kind that begin with `beginning`, each once, in ascending order. No other
   * values are read.
   */
  valuesFrom(kind: string, beginning: string, most: number): Promise<readonly FirstToken[]>;
  /**
   * Returns all values of one kind in ascending order, each once for each record position, with the number of
   * products.
   */
  values(kind: string): Promise<readonly TokenCount[]>;
  /**
   * Returns the content of some products in a part: the shapes, and a flat list of triples of product number, record
   * number and shape number.
   * @param isKnown whether the shape with this number may be left out @default no shape is left out
   */
  told(
    part: string,
    products: readonly number[],
    isKnown?: (shape: number) => boolean,
  ): Promise<ContentShapes>;
  /** Returns the numbers of all products, or of all products in a state, in ascending order. */
  all(state?: ProductState): Promise<Int32Array>;
  /** Returns the rows of products in the order of `numbers`, each row once. Unknown numbers are left out. */
  rows(numbers: readonly number[]): Promise<readonly HeldRow[]>;
  byId(ids: readonly string[]): Promise<readonly HeldRow[]>;
  /** Returns the products' own records. Their details are left out, because these are many times larger. */
  owns(ids: readonly string[]): Promise<ReadonlyMap<string, HeldOwn>>;
  /** Returns the products' own records, and their details if these are stored. */
  details(ids: readonly string[]): Promise<ReadonlyMap<string, HeldDetails>>;
  /**
   * Returns changes of products. They are kept for 90 days, but not more of them than one for each KiB of the maximum
   * size.
   */
  changes(query: ChangesQuery): Promise<ChangesFound>;
  /** Returns a number that grows with each write that changes rows. Data computed from the rows are then outdated. */
  generation(): Promise<number>;
  /**
   * Stores a small value in addition to the rows, such as the progress of a crawl or the format of the content rows.
   */
  note(name: string, value: string | undefined): Promise<void>;
  noted(name: string): Promise<string | undefined>;
  /**
   * Claims a work that only one process does at a time, such as the crawl, or renews the claim. A claim that is not
   * renewed ends by itself, as when its process was killed.
   * @param holder names the process; no other process has the same name
   * @param ms milliseconds until the claim ends
   * @returns false if another process has the work
   */
  claim(name: string, holder: string, ms: number): Promise<boolean>;
  /** Ends a claim, if `holder` has it. */
  release(name: string, holder: string): Promise<void>;
  status(): Promise<IndexStatus>;
  /**
   * Whether the whole file can be read, which takes seconds if it is large. Other calls do not detect damage in parts
   * of the file that they do not read.
   */
  isSound(): Promise<boolean>;
  /**
   * Deletes everything except the identity of the upstream. Numbers of products, shapes and changes are not reused. The
   * list of changes gets another handle.
   */
  purge(): Promise<void>;
  close(): Promise<void>;
}
