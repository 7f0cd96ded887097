/** Counts the products that have each value of a field. */
import type { ValueSet } from './dictionary.js';
import type { Groups } from './groups.js';

/** A set of product numbers. Its membership test is fast, because it runs once for each product. */
export interface Members {
  readonly size: number;
  has(product: number): boolean;
}

/** The products among which values are counted. */
export interface Within {
  /** The numbers of the products to count; undefined for all products. */
  readonly products: Members | undefined;
  /** For a value with its own set of products: the products that may count for this value. */
  readonly byValue: ReadonlyMap<number, Members>;
}

export interface Counted {
  /** The number of products for each value, by the value's number. */
  readonly counts: Int32Array;
  /** The values that at least one counted product is listed under. */
  readonly listed: ReadonlySet<number>;
  /** Returns the number of products that have at least one of the values. */
  having(values: ReadonlySet<number>): number;
}

export function membersOf(products: ReadonlySet<number>): Members {
  let last = -1;
  for (const product of products) if (product > last) last = product;
  const bytes = new Uint8Array(last + 1);
  for (const product of products) bytes[product] = 1;
  return { size: products.size, has: (product) => bytes[product] === 1 };
}

/** A group of counted products with the same values. */
interface Kind {
  readonly found: readonly number[];
  /** The number of products in the group. */
  readonly size: number;
}

/** @param values the number of values */
export function countValues(
  groups: Groups,
  sets: readonly ValueSet[],
  values: number,
  within: Within,
): Counted {
  const sizes = sizesOf(groups, within.products);
  const counts = new Int32Array(values);
  const listed = new Set<number>();
  const kinds: Kind[] = [];
  for (const [kind, told] of groups.sets.entries()) {
    const size = sizes[kind] ?? 0;
    if (size === 0) continue;
    const all = told.flatMap((set) => sets[set] ?? []);
    for (const each of all) for (const value of each.listed) listed.add(value);
    const found = all.length === 1 ? (all[0]?.found ?? []) : [...new Set(all.flatMap((each) => each.found))];
    for (const value of found) counts[value] = (counts[value] ?? 0) + size;
    kinds.push({ found, size });
  }
  if (within.byValue.size > 0) return countEach(groups, sets, within, { counts, listed });
  return {
    counts,
    listed,
    having: (some) =>
      kinds.reduce((sum, { found, size }) => (found.some((each) => some.has(each)) ? sum + size : sum), 0),
  };
}

/** Returns the number of counted products of each kind. */
function sizesOf({ products, kinds, sets }: Groups, within: Members | undefined): Int32Array {
  const sizes = new Int32Array(sets.length);
  for (let at = 0; at < products.length; at += 1) {
    if (within && !within.has(products[at] ?? 0)) continue;
    const kind = kinds[at] ?? 0;
    sizes[kind] = (sizes[kind] ?? 0) + 1;
  }
  return sizes;
}

/**
 * Counts one product after the other, because products with the same values may count for different ones of these
 * values.
 */
function countEach(
  { products, kinds, sets: told }: Groups,
  sets: readonly ValueSet[],
  { products: within, byValue }: Within,
  { counts, listed }: Pick<Counted, 'counts' | 'listed'>,
): Counted {
  const found = told.map((each) => [...new Set(each.flatMap((set) => sets[set]?.found ?? []))]);
  const valuesOf = (at: number): readonly number[] => {
    const product = products[at] ?? 0;
    if (within && !within.has(product)) return [];
    return (found[kinds[at] ?? 0] ?? []).filter((value) => byValue.get(value)?.has(product) !== false);
  };
  counts.fill(0);
  for (let at = 0; at < products.length; at += 1)
    for (const value of valuesOf(at)) counts[value] = (counts[value] ?? 0) + 1;
  return {
    counts,
    listed,
    having: (some) =>
      kinds.reduce((sum, _kind, at) => (valuesOf(at).some((value) => some.has(value)) ? sum + 1 : sum), 0),
  };
}
