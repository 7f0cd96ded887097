/** Counts products by their values. */
import { pairOf } from '../verdicts.js';
import type { ValueSet } from './dictionary.js';
import type { Rows } from './rows.js';

/** The rows that count. */
export interface Within {
  /** All where it is undefined. */
  readonly products: Members | undefined;
  /** The records that meet what else is asked of them; all where it is undefined. */
  readonly records: ReadonlySet<number> | undefined;
  /** Of some values: the products that count for them. */
  readonly byValue: ReadonlyMap<number, Members>;
}

/** A set of numbers that is asked as often as there are rows. */
export interface Members {
  readonly size: number;
  has(product: number): boolean;
}

export interface Counted {
  /** Products, by the numbers of values. */
  readonly counts: Int32Array;
  /** Values that some of the rows are listed with. */
  readonly listed: ReadonlySet<number>;
}

export function membersOf(products: ReadonlySet<number>): Members {
  let last = -1;
  for (const product of products) if (product > last) last = product;
  const bytes = new Uint8Array(last + 1);
  for (const product of products) bytes[product] = 1;
  return { size: products.size, has: (product) => bytes[product] === 1 };
}

/** @param size how many values there are */
export function countValues(rows: Rows, sets: readonly ValueSet[], size: number, within: Within): Counted {
  const counts = new Int32Array(size);
  const last = new Int32Array(size).fill(-1);
  const seen = new Uint8Array(sets.length);
  eachRow(rows, within, (product, set) => {
    seen[set] = 1;
    for (const value of sets[set]?.found ?? []) {
      if (last[value] === product || within.byValue.get(value)?.has(product) === false) continue;
      last[value] = product;
      counts[value] = (counts[value] ?? 0) + 1;
    }
  });
  const listed = new Set(sets.flatMap((set, at) => (seen[at] === 1 ? set.listed : [])));
  return { counts, listed };
}

/** How many products count for any of some values. */
export function countProducts(
  rows: Rows,
  sets: readonly ValueSet[],
  values: ReadonlySet<number>,
  within: Within,
): number {
  const counting = sets.map(({ found }) => found.filter((value) => values.has(value)));
  let [count, last] = [0, -1];
  eachRow(rows, within, (product, set) => {
    const all = counting[set];
    if (product === last || !all || all.length === 0) return;
    if (within.byValue.size > 0 && !all.some((value) => within.byValue.get(value)?.has(product) !== false))
      return;
    last = product;
    count += 1;
  });
  return count;
}

function eachRow(
  { products, records, sets }: Rows,
  within: Within,
  act: (product: number, set: number) => void,
): void {
  for (let at = 0; at < products.length; at += 1) {
    const product = products[at] ?? 0;
    if (within.products && !within.products.has(product)) continue;
    if (within.records && !within.records.has(pairOf(product, records[at] ?? 0))) continue;
    act(product, sets[at] ?? 0);
  }
}
