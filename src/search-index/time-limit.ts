/**
 * Limits the time that a query may take in the thread of the index. It is checked between steps, since a step cannot be
 * interrupted. Queries of several clients take turns, and each gets as much time again for every other one under way.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { PmsError } from '../errors.js';

interface Query {
  readonly limitMs: number;
  readonly began: number;
  /** Milliseconds that do not count. */
  spared: number;
  /** The highest number of queries that were under way together, this one included. */
  most: number;
}

const current = new AsyncLocalStorage<Query>();
const underWay = new Set<Query>();

/** Runs a query, which rejects with OVERLOADED at the first `checkTime` after its limit. */
export async function withinTime<Found>(limitMs: number, find: () => Promise<Found>): Promise<Found> {
  const query: Query = { limitMs, began: performance.now(), spared: 0, most: 0 };
  underWay.add(query);
  for (const each of underWay) each.most = Math.max(each.most, underWay.size);
  try {
    return await current.run(query, find);
  } finally {
    underWay.delete(query);
  }
}

/** Call it wherever a query can stop. @throws OVERLOADED where its time is over */
export function checkTime(): void {
  const query = current.getStore();
  if (!query) return;
  const { limitMs, began, spared, most } = query;
  if (performance.now() - began - spared <= limitMs * most) return;
  throw new PmsError(
    'OVERLOADED',
    'The index takes too long for this question. Ask for less at once, or narrow the filter.',
  );
}

/** Makes data that all queries share. It always runs to its end, and its time does not count against the query. */
export async function unhurried<Made>(make: () => Promise<Made>): Promise<Made> {
  const query = current.getStore();
  const began = performance.now();
  try {
    return await current.exit(make);
  } finally {
    if (query) query.spared += performance.now() - began;
  }
}
