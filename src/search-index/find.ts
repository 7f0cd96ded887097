/** Finds products by the columns of the index: all that meet a filter, in order, and how many do not tell. */
import type { Match } from './matching.js';
import type { Order } from './order.js';
import type { IndexMatches, IndexQuery } from './query.js';

export interface FindOptions {
  readonly match: Match;
  readonly order: Order;
}

export async function find(query: IndexQuery, { match, order }: FindOptions): Promise<IndexMatches> {
  const { yes, open, stranger } = await match(query.filter);
  const rows = await order.rows(yes, query);
  return { ...rows, total: yes.size, untold: open.size - yes.size, stranger };
}
