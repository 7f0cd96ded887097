/**
 * Sorts products of the index by values in their records or by ids. It sorts only as many products as the query
 * requests.
 */
import { sorts, type SortValue } from '../facts/sorts.js';
import { compareIds } from '../fhir/id-order.js';
import { sortColumn } from './columns.js';
import { untoldShape } from './shapes.js';
import { eachRow } from './store/each-row.js';
import type { IndexStore } from './store/index-store.js';
import type { IndexMatches, IndexQuery, IndexRow } from './query.js';

export type Rows = Pick<IndexMatches, 'rows' | 'hasNext' | 'isPlaceLost'>;

/** The requested order of products, their ranks, and which products share a row. */
export interface Grouping extends Pick<IndexQuery, 'sort' | 'first' | 'after'> {
  /**
   * Returns the rank of a product. Lower ranks come first. Products with equal rank are sorted by `sort`, or by name.
   */
  readonly rankOf?: (product: number) => number;
  /**
   * Returns the group of a product. Products of one group share a row. Undefined for a product that has a row for
   * itself.
   */
  readonly groupOf?: ((product: number) => number | undefined) | undefined;
}

export interface Groups extends Omit<Rows, 'rows'> {
  /** The groups. Each is represented by its first product in the order. */
  readonly groups: readonly Group[];
}

export interface Group extends IndexRow {
  readonly product: number;
  /** The ids of the other products in the group, in order. */
  readonly folded: readonly string[];
}

export interface Order {
  /** Returns the rows of some products. Products of one group share a row. */
  groups(products: ReadonlySet<number>, grouping: Grouping): Promise<Groups>;
  /** Returns one row for each of some products, which are given by their numbers. */
  rows(products: ReadonlySet<number>, query: Pick<IndexQuery, 'sort' | 'first' | 'after'>): Promise<Rows>;
}

/** Returns a number below 0 if the first product comes before the second. */
type Compare = (a: number, b: number) => number;

export function createOrder(store: IndexStore): Order {
  /** The ids of products, by their numbers in the index. A product's number never changes. */
  const ids = new Map<number, string>();
  const values = createValues(store);

  async function learnIds(products: ReadonlySet<number>): Promise<void> {
    const unknown = [...products].filter((product) => !ids.has(product));
    if (unknown.length === 0) return;
    for (const { number, id } of await store.rows(unknown)) ids.set(number, id);
  }

  const idOf = (product: number): string => ids.get(product) ?? '';

  /** Returns a function that compares products, and one that decides whether a product comes after the cursor. */
  async function orderOf(
    products: ReadonlySet<number>,
    { sort, after, rankOf }: Pick<Grouping, 'sort' | 'after' | 'rankOf'>,
  ): Promise<Ordering> {
    await learnIds(products);
    const order = after?.order;
    const rank = (product: number): number =>
      product === here ? (order?.rank ?? 0) : (rankOf?.(product) ?? 0);
    const nameOf = (product: number): string => (product === here ? (after?.id ?? '') : idOf(product));
    const { valueOf, compareValues } = await valuesBy(products, sort);
    const sortedBy = (product: number): SortValue | undefined =>
      product === here ? order?.value : valueOf(product);
    const compare: Compare = (a, b) =>
      rank(a) - rank(b) || compareValues(sortedBy(a), sortedBy(b)) || compareIds(nameOf(a), nameOf(b));
    const place = after && (order ? here : [...products].find((product) => idOf(product) === after.id));
    const rowOf = (product: number): IndexRow => {
      const value = valueOf(product);
      return {
        id: idOf(product),
        order: { ...(rankOf && { rank: rank(product) }), ...(value !== undefined && { value }) },
      };
    };
    return {
      compare,
      rowOf,
      isPlaceLost: after !== undefined && place === undefined,
      behind: (rows) => (place === undefined ? rows : rows.filter((row) => compare(row, place) > 0)),
    };
  }

  /** Returns the values to sort by, and a function that compares them. Products without a value come last. */
  async function valuesBy(
    products: ReadonlySet<number>,
    sort: IndexQuery['sort'],
  ): Promise<{
    valueOf(product: number): SortValue | undefined;
    compareValues(one: SortValue | undefined, other: SortValue | undefined): number;
  }> {
    if (!sort) return { valueOf: () => undefined, compareValues: () => 0 };
    const told = await values.of(products, sort.by);
    const collator = new Intl.Collator(sort.language, { numeric: true });
    const direction = sort.isDescending ? -1 : 1;
    const { compare } = sorts[sort.by];
    const byOrder = (a: SortValue, b: SortValue): number =>
      direction * compare(a as never, b as never, collator);
    // A product with several values is sorted by the value that comes first in the order.
    const first = new Map(
      [...products].map((product) => [product, leastOf(told.get(product) ?? [], byOrder)]),
    );
    return {
      valueOf: (product) => first.get(product),
      compareValues: (one, other) =>
        one === undefined || other === undefined
          ? Number(one === undefined) - Number(other === undefined)
          : byOrder(one, other),
    };
  }

  return {
    async groups(products, { sort = byName, first, after, rankOf, groupOf }) {
      const by = { sort, ...(after && { after }), ...(rankOf && { rankOf }) };
      const { compare, rowOf, behind, isPlaceLost } = await orderOf(products, by);
      if (isPlaceLost) return { groups: [], hasNext: false, isPlaceLost };
      const members = membersOf(products, groupOf, compare);
      const heads = leastFew(behind([...members.keys()]), first + 1, compare);
      const groups = heads.slice(0, first).map((product): Group => {
        const [, ...others] = (members.get(product) ?? []).toSorted(compare);
        return { ...rowOf(product), product, folded: others.map(idOf) };
      });
      return { groups, hasNext: heads.length > first, isPlaceLost };
    },
    async rows(products, { first, ...by }) {
      const { compare, rowOf, behind, isPlaceLost } = await orderOf(products, by);
      if (isPlaceLost) return { rows: [], hasNext: false, isPlaceLost };
      const rows = leastFew(behind([...products]), first + 1, compare);
      return { rows: rows.slice(0, first).map(rowOf), hasNext: rows.length > first, isPlaceLost };
    },
  };
}

/** The number that represents the cursor's position in comparisons. No product has this number. */
const here = -1;

interface Ordering {
  readonly compare: Compare;
  readonly isPlaceLost: boolean;
  rowOf(product: number): IndexRow;
  /** Returns the products after the cursor. Without a cursor, returns all products. */
  behind(products: readonly number[]): readonly number[];
}

const byName = { by: 'NAME', isDescending: false, language: 'en' } as const;

/** Returns the products of each group. The key is the group's first product in the order. */
function membersOf(
  products: ReadonlySet<number>,
  groupOf: Grouping['groupOf'],
  compare: Compare,
): ReadonlyMap<number, readonly number[]> {
  if (!groupOf) return new Map([...products].map((product) => [product, [product]]));
  const groups = new Map<number, number[]>();
  const members = new Map<number, readonly number[]>();
  for (const product of products) {
    const group = groupOf(product);
    const others = group === undefined ? undefined : groups.get(group);
    if (others) others.push(product);
    else if (group === undefined) members.set(product, [product]);
    else groups.set(group, [product]);
  }
  for (const group of groups.values())
    members.set(
      group.reduce((head, product) => (compare(product, head) < 0 ? product : head)),
      group,
    );
  return members;
}

function leastOf(
  values: readonly SortValue[],
  compare: (a: SortValue, b: SortValue) => number,
): SortValue | undefined {
  let least: SortValue | undefined;
  for (const value of values) if (least === undefined || compare(value, least) < 0) least = value;
  return least;
}

/** Returns the first `most` products in order. If there are many products, most are skipped after one comparison. */
function leastFew(products: Iterable<number>, most: number, compare: Compare): readonly number[] {
  const few: number[] = [];
  for (const product of products) {
    const last = few.at(-1);
    if (few.length === most && last !== undefined && compare(product, last) >= 0) continue;
    let at = few.length;
    while (at > 0 && compare(product, few[at - 1] ?? product) < 0) at -= 1;
    few.splice(at, 0, product);
    if (few.length > most) few.pop();
  }
  return few;
}

/** Caches the values to sort by, until the next write. */
function createValues(store: IndexStore): {
  of(
    products: ReadonlySet<number>,
    by: NonNullable<IndexQuery['sort']>['by'],
  ): Promise<ReadonlyMap<number, readonly SortValue[]>>;
} {
  const known = new Map<string, Map<number, readonly SortValue[]>>();
  let generation: number | undefined;
  return {
    async of(products, by) {
      const now = await store.generation();
      if (now !== generation) known.clear();
      generation = now;
      const values = known.get(by) ?? new Map<number, readonly SortValue[]>();
      known.set(by, values);
      const unknown = [...products].filter((product) => !values.has(product));
      if (unknown.length === 0) return values;
      const told = new Map<number, readonly SortValue[]>();
      await eachRow(store, sortColumn(by).name, unknown, (product, _record, shape) => {
        if (shape !== untoldShape) told.set(product, JSON.parse(shape) as SortValue[]);
      });
      // All values are added at the same time. Otherwise a concurrent call would treat a product that is not read yet
      // as one without values.
      for (const product of unknown) values.set(product, told.get(product) ?? []);
      return values;
    },
  };
}
