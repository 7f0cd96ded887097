/**
 * The results of tests (verdicts) on products or their records, as sets of numbers: those that meet a condition, and
 * those that may meet it.
 */
import type { RecordColumn } from './columns.js';
import type { Tested } from './shape-tests.js';
import type { IndexStore } from './store/index-store.js';
import { untoldToken } from './derive-rows.js';

export interface Verdicts {
  readonly yes: ReadonlySet<number>;
  readonly maybe: ReadonlySet<number>;
}

/** A number that is higher than the number of records of any product. */
const recordsOfProduct = 65_536;

/** Combines the numbers of a product and of one of its records into one number. */
export function pairOf(product: number, record: number): number {
  return product * recordsOfProduct + record;
}

/** Returns products by their keys. A product is represented by its record 0. */
export async function named(store: IndexStore, keys: readonly string[]): Promise<Verdicts> {
  const all = await store.byId(keys.map((key) => key.slice(key.indexOf('/') + 1)));
  const rows = all.filter(({ state }) => state !== 'gone');
  return { yes: new Set(rows.map(({ number }) => pairOf(number, 0))), maybe: new Set() };
}

/** Returns the records that have one of the tokens. */
export async function bearing(
  store: IndexStore,
  { name }: RecordColumn,
  tokens: readonly string[],
): Promise<Verdicts> {
  const found = await store.tokens(name, [...new Set(tokens), untoldToken]);
  const untoldAt = new Set(tokens).size;
  const [yes, maybe] = [new Set<number>(), new Set<number>()];
  for (let at = 0; at < found.length; at += 3) {
    const pair = pairOf(found[at] ?? 0, found[at + 1] ?? 0);
    (found[at + 2] === untoldAt ? maybe : yes).add(pair);
  }
  return { yes, maybe };
}

/** Returns the records whose shapes in a column a test has accepted or could not decide. */
export async function shapedAs(store: IndexStore, column: string, { yes, maybe }: Tested): Promise<Verdicts> {
  return {
    yes: pairs(await store.postings(column, yes)),
    maybe: pairs(await store.postings(column, maybe)),
  };
}

function pairs(postings: Int32Array): ReadonlySet<number> {
  const all = new Set<number>();
  for (let at = 0; at < postings.length; at += 2) all.add(pairOf(postings[at] ?? 0, postings[at + 1] ?? 0));
  return all;
}

/**
 * Converts results for records to results for products. A product meets the condition if at least one of its records
 * does. Otherwise it may meet it if one of its records may.
 */
export function productsIn({ yes, maybe }: Verdicts): Verdicts {
  const product = (pair: number): number => Math.floor(pair / recordsOfProduct);
  const met = new Set([...yes].map(product));
  return { yes: met, maybe: new Set([...maybe].map(product).filter((each) => !met.has(each))) };
}

/** Returns the members of `left` that are in any of the `others`. */
export function among(
  left: ReadonlySet<number>,
  ...others: readonly ReadonlySet<number>[]
): ReadonlySet<number> {
  const found = new Set<number>();
  for (const each of left) if (others.some((other) => other.has(each))) found.add(each);
  return found;
}
