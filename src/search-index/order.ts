/** Puts the products of the index in order: by their ids, or by what their records tell. */
import { sorts, type SortValue } from '../facts/sorts.js';
import { compareIds } from '../fhir/id-order.js';
import { sortColumn } from './columns.js';
import { untoldShape } from './shapes.js';
import type { IndexStore } from './store/index-store.js';
import type { IndexQuery } from './query.js';

export interface Order {
  /** Ids of products, given by their numbers; in the order of their ids where no other is asked for. */
  sorted(products: readonly number[], sort: IndexQuery['sort']): Promise<readonly string[]>;
}

export function createOrder(store: IndexStore): Order {
  /** A number is one product's for ever. */
  const ids = new Map<number, string>();

  async function idsOf(products: readonly number[]): Promise<void> {
    const unknown = products.filter((product) => !ids.has(product));
    if (unknown.length === 0) return;
    for (const { number, id } of await store.rows(unknown)) ids.set(number, id);
  }

  async function valuesOf(
    products: readonly number[],
    { by }: NonNullable<IndexQuery['sort']>,
  ): Promise<ReadonlyMap<number, readonly SortValue[]>> {
    const { told, shapes } = await store.told(sortColumn(by).name, products);
    const texts = new Map(shapes.map(({ number, shape }) => [number, shape === untoldShape ? '[]' : shape]));
    const values = new Map<number, readonly SortValue[]>();
    for (let at = 0; at < told.length; at += 3)
      values.set(told[at] ?? 0, JSON.parse(texts.get(told[at + 2] ?? 0) ?? '[]') as SortValue[]);
    return values;
  }

  return {
    async sorted(products, sort) {
      await idsOf(products);
      const byId = products
        .map((product) => ({ product, id: ids.get(product) ?? '' }))
        .sort((a, b) => compareIds(a.id, b.id));
      if (!sort) return byId.map(({ id }) => id);
      const values = await valuesOf(products, sort);
      const collator = new Intl.Collator(sort.language, { numeric: true });
      const direction = sort.isDescending ? -1 : 1;
      const { compare } = sorts[sort.by];
      const byOrder = (a: SortValue, b: SortValue): number =>
        direction * compare(a as never, b as never, collator);
      return byId
        .map(({ product, id }) => ({ id, value: [...(values.get(product) ?? [])].sort(byOrder)[0] }))
        .sort((a, b) => {
          if (a.value === undefined || b.value === undefined)
            return Number(a.value === undefined) - Number(b.value === undefined);
          return byOrder(a.value, b.value);
        })
        .map(({ id }) => id);
    },
  };
}
