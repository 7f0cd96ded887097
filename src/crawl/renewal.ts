/** Reads again, behind the answers, what was answered from the index and is no longer fresh. */
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Key } from '../catalogue/graph/key.js';
import type { Capabilities } from '../catalogue/plan/capabilities.js';
import type { Proving } from '../catalogue/upstream/proving.js';
import { isPmsError } from '../errors.js';
import type { Pace } from './pace.js';
import { readWhole } from './read-whole.js';
import { atOnceIn, settleWay, wayOf, type Way } from './way.js';

export interface Renewal {
  /** Products that were held, and are not fresh. */
  note(products: Iterable<Key>): void;
  stop(): Promise<void>;
}

export interface RenewalOptions {
  readonly catalogue: Catalogue;
  /** Says how what belongs to products is read. */
  readonly capabilities: Pick<Capabilities, 'features'>;
  /** Finds out what is not known yet of that. */
  readonly proving?: Pick<Proving, 'settle'> | undefined;
  readonly pace: Pace;
  /** Most that wait: others are noted again when they are asked for again. @default 500 */
  readonly most?: number;
  /** Milliseconds in which a product is read again once, at most. */
  readonly freshMs: number;
}

export function createRenewal({
  catalogue,
  capabilities: { features },
  proving,
  pace,
  freshMs,
  most = 500,
}: RenewalOptions): Renewal {
  const stopping = new AbortController();
  const { signal } = stopping;
  const waiting = new Set<Key>();
  const renewedAt = new Map<Key, number>();
  let working: Promise<void> | undefined;

  function isDue(product: Key): boolean {
    return Date.now() - (renewedAt.get(product) ?? Number.NEGATIVE_INFINITY) >= freshMs;
  }

  async function work(): Promise<void> {
    if (proving) await settleWay(features, proving).catch(unlessUnanswered);
    for (let way = wayOf(features); way && waiting.size > 0 && !signal.aborted; way = wayOf(features)) {
      const products = [...waiting].slice(0, atOnceIn(way, features));
      for (const product of products) waiting.delete(product);
      const left = await read(products, way);
      // What cannot be read of one may be missing from others.
      if (products.length > 1) for (const product of left) await read([product], way);
    }
    waiting.clear();
  }

  /** @returns those that could not be read */
  async function read(products: readonly Key[], way: Way): Promise<readonly Key[]> {
    await pace.turn(signal);
    if (signal.aborted) return [];
    const { of, requests } = await readWhole(catalogue, products, { way, signal });
    pace.spent(requests);
    return products.filter((product) => of.get(product) !== 'read');
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

/** An upstream that does not answer says nothing of what it can do. */
function unlessUnanswered(error: unknown): void {
  if (!isPmsError(error)) throw error;
}
