/** Puts the products of the index in order: by what their records tell, or by their ids; no more of them than are wanted. */
import { sorts, type SortValue } from '../facts/sorts.js';
import { compareIds } from '../fhir/id-order.js';
import { sortColumn } from './columns.js';
import { untoldShape } from './shapes.js';
import { eachRow } from './store/each-row.js';
import type { IndexStore } from './store/index-store.js';
import type { IndexQuery } from './query.js';

export interface Rows {
  /** Ids, in order. */
  readonly ids: readonly string[];
  readonly hasNext: boolean;
  /** Whether the product to go on after is no longer among them. */
  readonly isPlaceLost: boolean;
}

/** How products are ranked and folded, beside their order. */
export interface Grouping extends Pick<IndexQuery, 'sort' | 'first' | 'after'> {
  /** Comes before the order, which is that of names where none is asked for: the lower the better. */
  readonly rankOf?: (product: number) => number;
  /** Products of one group are one row; undefined for one that stands alone. */
  readonly groupOf?: ((product: number) => number | undefined) | undefined;
}

export interface Groups extends Omit<Rows, 'ids'> {
  /** Each with the one that comes first at its head. */
  readonly groups: readonly (readonly { readonly product: number; readonly id: string }[])[];
}

export interface Order {
  /** Some of the products, several to a row. */
  groups(products: ReadonlySet<number>, grouping: Grouping): Promise<Groups>;
  /** Some of the products, given by their numbers. */
  rows(products: ReadonlySet<number>, query: Pick<IndexQuery, 'sort' | 'first' | 'after'>): Promise<Rows>;
}

/** Less than 0 where the first comes before the second. */
type Compare = (a: number, b: number) => number;

export function createOrder(store: IndexStore): Order {
  /** A number is one product's for ever. */
  const ids = new Map<number, string>();
  const values = createValues(store);

  async function learnIds(products: ReadonlySet<number>): Promise<void> {
    const unknown = [...products].filter((product) => !ids.has(product));
    if (unknown.length === 0) return;
    for (const { number, id } of await store.rows(unknown)) ids.set(number, id);
  }

  const idOf = (product: number): string => ids.get(product) ?? '';
  const byId: Compare = (a, b) => compareIds(idOf(a), idOf(b));

  async function compareBy(products: ReadonlySet<number>, sort: IndexQuery['sort']): Promise<Compare> {
    if (!sort) return byId;
    const told = await values.of(products, sort.by);
    const collator = new Intl.Collator(sort.language, { numeric: true });
    const direction = sort.isDescending ? -1 : 1;
    const { compare } = sorts[sort.by];
    const byOrder = (a: SortValue, b: SortValue): number =>
      direction * compare(a as never, b as never, collator);
    // Of several values the one that comes first counts.
    const first = new Map(
      [...products].map((product) => [product, leastOf(told.get(product) ?? [], byOrder)]),
    );
    return (a, b) => {
      const [one, other] = [first.get(a), first.get(b)];
      const isOneOut = one === undefined || other === undefined;
      const difference = isOneOut
        ? Number(one === undefined) - Number(other === undefined)
        : byOrder(one, other);
      return difference || byId(a, b);
    };
  }

  return {
    async groups(products, { sort = byName, first, after, rankOf, groupOf }) {
      await learnIds(products);
      const inOrder = await compareBy(products, sort);
      const compare: Compare = rankOf ? (a, b) => rankOf(a) - rankOf(b) || inOrder(a, b) : inOrder;
      const members = membersOf(products, groupOf, compare);
      const place =
        after === undefined ? undefined : [...products].find((product) => idOf(product) === after);
      if (after !== undefined && place === undefined)
        return { groups: [], hasNext: false, isPlaceLost: true };
      const heads = [...members.keys()];
      const behind = place === undefined ? heads : heads.filter((head) => compare(head, place) > 0);
      const rows = leastFew(behind, first + 1, compare);
      const groups = rows
        .slice(0, first)
        .map((head) =>
          (members.get(head) ?? []).toSorted(compare).map((product) => ({ product, id: idOf(product) })),
        );
      return { groups, hasNext: rows.length > first, isPlaceLost: false };
    },
    async rows(products, { sort, first, after }) {
      await learnIds(products);
      const compare = await compareBy(products, sort);
      const place =
        after === undefined ? undefined : [...products].find((product) => idOf(product) === after);
      if (after !== undefined && place === undefined) return { ids: [], hasNext: false, isPlaceLost: true };
      const behind =
        place === undefined ? products : [...products].filter((product) => compare(product, place) > 0);
      const rows = leastFew(behind, first + 1, compare);
      return { ids: rows.slice(0, first).map(idOf), hasNext: rows.length > first, isPlaceLost: false };
    },
  };
}

const byName = { by: 'NAME', isDescending: false, language: 'en' } as const;

/** Products by the one of their group that comes first. */
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

/** The first few in order: most of many are passed over after one comparison. */
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

/** What products are put in order by, until something is written. */
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
      // All at once: whoever asks meanwhile is not to take what was not read yet for what tells nothing.
      for (const product of unknown) values.set(product, told.get(product) ?? []);
      return values;
    },
  };
}
