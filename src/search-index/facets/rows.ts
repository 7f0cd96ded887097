/** Reads the records that have a value of a field, as arrays of numbers. Records without a value are left out. */
import { eachInTurn } from '../turns.js';
import type { IndexStore } from '../store/index-store.js';
import { pairOf } from '../verdicts.js';
import type { Dictionary } from './dictionary.js';

/** One row for each record and shape, in ascending order of products. */
export interface Rows {
  readonly products: Int32Array;
  readonly records: Uint16Array;
  /** For each row, the number of its set of values in the dictionary. */
  readonly sets: Int32Array;
}

/** The number of products in one batch. Other calls run between batches. */
export const slice = 5_000;

export interface RowSource {
  readonly column: string;
  /** A further test of the record, in another column. */
  readonly where?: { readonly column: string; readonly met: Dictionary } | undefined;
  readonly dictionary: Dictionary;
}

/**
 * @param products the numbers of the products, in ascending order
 * @param take called with the rows of some products as soon as they are read
 */
export async function readRows(
  store: Pick<IndexStore, 'told'>,
  source: RowSource,
  products: Int32Array,
  take: (some: Rows) => void = () => undefined,
): Promise<Rows> {
  const parts: Rows[] = [];
  for (let from = 0; from < products.length; from += slice) {
    const some = [...products.subarray(from, from + slice)];
    const rows = await rowsOf(store, source, some);
    take(rows);
    parts.push(rows);
  }
  return {
    products: Int32Array.from(joined(parts.map((part) => part.products))),
    records: Uint16Array.from(joined(parts.map((part) => part.records))),
    sets: Int32Array.from(joined(parts.map((part) => part.sets))),
  };
}

function joined(parts: readonly (Int32Array | Uint16Array)[]): Int32Array {
  const whole = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function rowsOf(
  store: Pick<IndexStore, 'told'>,
  { column, where, dictionary }: RowSource,
  some: readonly number[],
): Promise<Rows> {
  const told = await triples(store, column, dictionary, some);
  const met = where && (await pairsMet(store, where, some));
  const [products, records, sets]: [number[], number[], number[]] = [[], [], []];
  for (let at = 0; at < told.length; at += 3) {
    const [product = 0, record = 0] = [told[at], told[at + 1]];
    const set = dictionary.setOf(told[at + 2] ?? 0) ?? 0;
    if (set === 0 || (met && !met.has(pairOf(product, record)))) continue;
    products.push(product);
    records.push(record);
    sets.push(set);
  }
  return {
    products: Int32Array.from(products),
    records: Uint16Array.from(records),
    sets: Int32Array.from(sets),
  };
}

async function triples(
  store: Pick<IndexStore, 'told'>,
  column: string,
  dictionary: Dictionary,
  some: readonly number[],
): Promise<Int32Array> {
  const isKnown = (shape: number): boolean => dictionary.setOf(shape) !== undefined;
  const { told, shapes } = await store.told(column, some, isKnown);
  await eachInTurn(shapes, dictionary.learn);
  return told;
}

async function pairsMet(
  store: Pick<IndexStore, 'told'>,
  { column, met }: NonNullable<RowSource['where']>,
  some: readonly number[],
): Promise<ReadonlySet<number>> {
  const told = await triples(store, column, met, some);
  const pairs = new Set<number>();
  for (let at = 0; at < told.length; at += 3)
    if ((met.setOf(told[at + 2] ?? 0) ?? 0) !== 0) pairs.add(pairOf(told[at] ?? 0, told[at + 1] ?? 0));
  return pairs;
}
