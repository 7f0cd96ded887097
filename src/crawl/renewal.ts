/**
 * Renews products of the index in the background, after a response used their records although they were no longer
 * fresh.
 */
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Key } from '../catalogue/graph/key.js';
import type { Capabilities } from '../catalogue/plan/capabilities.js';
import type { Proving } from '../catalogue/upstream/proving.js';
import { isPmsError } from '../errors.js';
import type { Pace } from './pace.js';
import { readWhole } from './read-whole.js';
import { atOnceIn, settleWay, wayOf, type Way } from './way.js';

export interface Renewal {
  /** Queues products of the index that are no longer fresh, to be read again. */
  note(products: Iterable<Key>): void;
  stop(): Promise<void>;
}

export interface RenewalOptions {
  readonly catalogue: Catalogue;
  /** The upstream's features. They determine how the details of products are read. */
  readonly capabilities: Pick<Capabilities, 'features'>;
  /** Probes the features that are not known yet. */
  readonly proving?: Pick<Proving, 'settle'> | undefined;
  readonly pace: Pace;
  /**
   * Maximum number of products in the queue. If the queue is full, a product is queued the next time that it is used.
   * @default 500
   */
  readonly most?: number;
  /** Milliseconds during which a product is read again at most once. */
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
      // If details of one product cannot be read, details of other products may be missing too. So each product is then
      // read alone.
      if (products.length > 1) for (const product of left) await read([product], way);
    }
    waiting.clear();
  }

  /**
   * Reads products in one operation.
   * @returns the products that could not be read
   */
  async function read(products: readonly Key[], way: Way): Promise<readonly Key[]> {
    await pace.turn(signal);
    if (signal.aborted) return [];
    const { of, requests } = await readWhole(catalogue, products, { way, signal });
    pace.spent(requests);
    return products.filter((product) => of.get(product) !== 'read');
  }

  /** Forgets products that were read a while ago, so that they may be read again. */
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

/** Ignores errors of the upstream, because an upstream that does not respond proves nothing about its features. */
function unlessUnanswered(error: unknown): void {
  if (!isPmsError(error)) throw error;
}
