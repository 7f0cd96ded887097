/** What is worked out of all rows of the index: made anew after a write, but not all the time while much is written. */
import type { IndexStore } from './store/index-store.js';

export interface Latest<Made> {
  /** The latest, made if need be: once, however many ask. */
  current(): Promise<Made>;
  /** The latest where it is good as it is; undefined where it is yet to be made. */
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
  let done: Snapshot<Made> | undefined;

  /** Undefined where it is not good any more. */
  async function fresh(before: Snapshot<Made> | undefined): Promise<Snapshot<Made> | undefined> {
    return before && (isYoung(before) || before.generation === (await store.generation()))
      ? before
      : undefined;
  }

  async function snapshot(): Promise<Snapshot<Made>> {
    const generation = await store.generation();
    const begun = performance.now();
    const made = await make();
    const madeAt = performance.now();
    done = { made, generation, madeAt, tookMs: madeAt - begun };
    return done;
  }

  return {
    async current() {
      for (;;) {
        const seen = latest;
        const found = await fresh(await latest?.catch(() => undefined));
        if (found) return found.made;
        // Somebody else may have begun meanwhile.
        if (latest !== seen) continue;
        latest = snapshot();
        return (await latest).made;
      }
    },
    ready: async () => (await fresh(done))?.made,
  };
}

function isYoung({ madeAt, tookMs }: Snapshot<unknown>): boolean {
  return tookMs > longMs && performance.now() - madeAt < leastAgeMs;
}
