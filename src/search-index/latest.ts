/** What is worked out of all rows of the index: made anew after a write, but not all the time while much is written. */
import type { IndexStore } from './store/index-store.js';

export interface Latest<Made> {
  /** The latest, made if need be: once, however many ask. */
  current(): Promise<Made>;
  /** The latest where it is good as it is; undefined where it would have to be made. */
  ready(): Promise<Made | undefined>;
}

interface Snapshot<Made> {
  readonly made: Made;
  readonly generation: number;
  readonly madeAt: number;
  readonly tookMs: number;
}

/** While much is written, what takes this long is worked out anew no more than once a minute. */
const longMs = 100;
const leastAgeMs = 60_000;

export function createLatest<Made>(
  store: Pick<IndexStore, 'generation'>,
  make: () => Promise<Made>,
): Latest<Made> {
  let latest: Promise<Snapshot<Made>> | undefined;

  async function fresh(): Promise<Snapshot<Made> | undefined> {
    const [generation, before] = [await store.generation(), await latest?.catch(() => undefined)];
    return before && (before.generation === generation || isYoung(before)) ? before : undefined;
  }

  async function snapshot(): Promise<Snapshot<Made>> {
    const generation = await store.generation();
    const begun = performance.now();
    const made = await make();
    const madeAt = performance.now();
    return { made, generation, madeAt, tookMs: madeAt - begun };
  }

  return {
    async current() {
      for (;;) {
        const seen = latest;
        const found = await fresh();
        if (found) return found.made;
        // Somebody else may have begun meanwhile.
        if (latest !== seen) continue;
        latest = snapshot();
        return (await latest).made;
      }
    },
    ready: async () => (await fresh())?.made,
  };
}

function isYoung({ madeAt, tookMs }: Snapshot<unknown>): boolean {
  return tookMs > longMs && performance.now() - madeAt < leastAgeMs;
}
