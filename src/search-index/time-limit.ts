/**
 * How long a query may keep the thread of the index: looked at between its steps, for nothing else can end them. Those of
 * several clients take turns there, and each has as much time again for every other one that is under way.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { PmsError } from '../errors.js';

interface Query {
  readonly limitMs: number;
  readonly began: number;
  /** Milliseconds that it was not in a hurry. */
  spared: number;
  /** Most queries that were under way together with it. */
  most: number;
}

const current = new AsyncLocalStorage<Query>();
const underWay = new Set<Query>();

/** Rejects with OVERLOADED at the first `checkTime` after its time is over. */
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

/** To be called wherever a query can stop. @throws OVERLOADED where it has to */
export function checkTime(): void {
  const query = current.getStore();
  if (!query) return;
  const { limitMs, began, spared, most } = query;
  if (performance.now() - began - spared <= limitMs * most) return;
  throw new PmsError(
    'OVERLOADED',
    'The index takes too long for this: ask for less at once, or more precisely.',
  );
}

/** For what is made for all who ask: it comes to its end, and is nobody's time. */
export async function unhurried<Made>(make: () => Promise<Made>): Promise<Made> {
  const query = current.getStore();
  const began = performance.now();
  try {
    return await current.exit(make);
  } finally {
    if (query) query.spared += performance.now() - began;
  }
}
