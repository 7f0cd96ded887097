/**
 * Finds the products that meet a filter, in the requested order, by the columns of the index. Also counts the
 * products for which the result is unknown, because they lack data.
 */
import type { Matching, Match } from './matching.js';
import type { Order } from './order.js';
import type { IndexMatches, IndexQuery } from './query.js';
import type { IndexStore } from './store/index-store.js';

export interface FindOptions {
  readonly match: Match;
  readonly order: Order;
  readonly store: Pick<IndexStore, 'byId'>;
}

export async function find(query: IndexQuery, { match, order, store }: FindOptions): Promise<IndexMatches> {
  const { yes, open, stranger } = await without(query.except, await match(query.filter), store);
  const rows = await order.rows(yes, query);
  return { ...rows, total: yes.size, untold: open.size - yes.size, stranger };
}

async function without(
  id: string | undefined,
  matching: Matching,
  store: FindOptions['store'],
): Promise<Matching> {
  const [product] = id === undefined ? [] : await store.byId([id]);
  if (!product) return matching;
  const others = (all: ReadonlySet<number>): ReadonlySet<number> =>
    new Set([...all].filter((each) => each !== product.number));
  return { ...matching, yes: others(matching.yes), open: others(matching.open) };
}
