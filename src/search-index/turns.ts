/** Long lists are gone through piece by piece: whoever else asks has their turn meanwhile. */
import { setImmediate } from 'node:timers/promises';
import { checkTime } from './time-limit.js';

/** Milliseconds at a stretch. */
const stretchMs = 10;

/**
 * @param mostMs after which it ends, wherever it is
 * @returns whether it came to the end
 * @throws as `checkTime` does
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
