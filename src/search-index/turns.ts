/** Processes long lists piece by piece, so that other calls can run in between. */
import { setImmediate } from 'node:timers/promises';
import { checkTime } from './time-limit.js';

/** Milliseconds for which one piece is processed. */
const stretchMs = 10;

/**
 * @param mostMs milliseconds of processing after which it stops
 * @returns whether all items were processed
 * @throws OVERLOADED, as `checkTime` does
 */
export async function eachInTurn<Item>(
  items: Iterable<Item>,
  act: (item: Item) => void,
  mostMs = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  let usedMs = 0;
  let began = performance.now();
  for (const item of items) {
    act(item);
    const stretch = performance.now() - began;
    if (stretch < stretchMs) continue;
    usedMs += stretch;
    if (usedMs > mostMs) return false;
    await setImmediate();
    checkTime();
    began = performance.now();
  }
  return true;
}
