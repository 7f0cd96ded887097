/** Reads again, behind the answers, what was answered from the index and is no longer fresh. */
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Key } from '../catalogue/graph/key.js';
import type { Pace } from './pace.js';
import { readWhole } from './read-whole.js';

export interface Renewal {
  /** Products that were held, and are not fresh. */
  note(products: Iterable<Key>): void;
  stop(): Promise<void>;
}

export interface RenewalOptions {
  readonly catalogue: Catalogue;
  readonly pace: Pace;
  /** Most that wait: others are noted again when they are asked for again. @default 500 */
  readonly most?: number;
  /** Milliseconds in which a product is read again once, at most. */
  readonly freshMs: number;
}

export function createRenewal({ catalogue, pace, freshMs, most = 500 }: RenewalOptions): Renewal {
  const stopping = new AbortController();
  const { signal } = stopping;
  const waiting = new Set<Key>();
  const renewedAt = new Map<Key, number>();
  let working: Promise<void> | undefined;

  function isDue(product: Key): boolean {
    return Date.now() - (renewedAt.get(product) ?? Number.NEGATIVE_INFINITY) >= freshMs;
  }

  async function work(): Promise<void> {
    for (const product of waiting) {
      waiting.delete(product);
      await pace.turn(signal);
      if (signal.aborted) return;
      const { requests } = await readWhole(catalogue, product, signal);
      pace.spent(requests);
    }
  }

  /** What was read a while ago may be read again, and need not be known any longer. */
  function forgetOld(): void {
    for (const product of renewedAt.keys()) if (isDue(product)) renewedAt.delete(product);
  }

  return {
    note(products) {
      forgetOld();
      for (const product of products) {
        if (signal.aborted || waiting.size >= most || !isDue(product)) continue;
        renewedAt.set(product, Date.now());
        waiting.add(product);
      }
      if (waiting.size > 0) working ??= work().finally(() => (working = undefined));
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
