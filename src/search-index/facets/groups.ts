/**
 * Groups products that have the same values in all their records. Such a group is also called a kind. The products of
 * a group are counted together.
 */
import { pairOf } from '../verdicts.js';
import type { Rows } from './rows.js';

export interface Groups {
  /** The numbers of the products, each once. */
  readonly products: Int32Array;
  /** The kind (group number) of each product, in the order of `products`. */
  readonly kinds: Int32Array;
  /** The sets of values that the products of a group have, by the group's number. */
  readonly sets: readonly (readonly number[])[];
}

export interface Grouping {
  /** Adds all rows of some products. */
  take(rows: Rows): void;
  groups(): Groups;
}

/** @param records the records whose values count; undefined for all records */
export function groupsOf(rows: Rows, records: ReadonlySet<number> | undefined): Groups {
  const grouping = createGrouping(records);
  grouping.take(rows);
  return grouping.groups();
}

export function createGrouping(counting?: ReadonlySet<number>): Grouping {
  const byContent = new Map<string, number>();
  const kinds: (readonly number[])[] = [];
  const grouped: { readonly products: number[]; readonly kinds: number[] } = { products: [], kinds: [] };

  function kindOf(told: readonly number[]): number {
    const content = told.join(' ');
    const before = byContent.get(content);
    if (before !== undefined) return before;
    byContent.set(content, kinds.length);
    return kinds.push(told) - 1;
  }

  function put(product: number, told: number[]): void {
    if (told.length === 0) return;
    grouped.products.push(product);
    grouped.kinds.push(kindOf(told.length > 1 ? told.sort((a, b) => a - b) : told));
  }

  return {
    take({ products, records, sets }) {
      let told: number[] = [];
      for (let at = 0; at < products.length; at += 1) {
        const [product = 0, record = 0, set = 0] = [products[at], records[at], sets[at]];
        const isIt = !counting || counting.has(pairOf(product, record));
        if (isIt && !told.includes(set)) told.push(set);
        if (products[at + 1] === product) continue;
        put(product, told);
        told = [];
      }
    },
    groups: () => ({
      products: Int32Array.from(grouped.products),
      kinds: Int32Array.from(grouped.kinds),
      sets: kinds,
    }),
  };
}
