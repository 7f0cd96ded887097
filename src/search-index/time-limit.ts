/**
 * Limits the time of a query in the thread of the index. The time is checked between the steps of a query, because a
 * step cannot be interrupted. The queries of several clients alternate. If n queries run at the same time, each has n
 * times the limit.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { PmsError } from '../errors.js';

interface Query {
  readonly limitMs: number;
  readonly began: number;
  /** Milliseconds that do not count towards the limit. */
  spared: number;
  /** The largest number of queries that ran at the same time, including this one. */
  most: number;
}

const current = new AsyncLocalStorage<Query>();
const underWay = new Set<Query>();

/** Runs a query. When its time limit has passed, the next `checkTime` rejects it with OVERLOADED. */
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

/**
 * Checks the time of the current query. It is called wherever a query can stop.
 * @throws OVERLOADED if the time limit has passed
 */
export function checkTime(): void {
  const query = current.getStore();
  if (!query) return;
  const { limitMs, began, spared, most } = query;
  if (performance.now() - began - spared <= limitMs * most) return;
  throw tooLong();
}

/** Whether the caller is a query with a time limit. */
export function isHurried(): boolean {
  return current.getStore() !== undefined;
}

/** Returns the error for a query that takes too long. */
export function tooLong(): PmsError {
  return new PmsError(
    'OVERLOADED',
    'The index takes too long for this query. Request less data in one operation, or narrow the filter.',
  );
}

/**
 * Computes data that all queries share. This is never stopped, and its time does not count towards the limit of the
 * query.
 */
export async function unhurried<Made>(make: () => Promise<Made>): Promise<Made> {
  const query = current.getStore();
  const began = performance.now();
  try {
    return await current.exit(make);
  } finally {
    if (query) query.spared += performance.now() - began;
  }
}
