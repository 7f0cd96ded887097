/**
 * Derives data from all rows of the index, and caches it. The data is derived again after a write, but not after every
 * write of a long series.
 */
import type { IndexStore } from './store/index-store.js';
import { unhurried } from './time-limit.js';

export interface Latest<Made> {
  /**
   * Returns current data. If deriving it takes long, returns the previous data meanwhile. All callers share one run.
   */
  current(): Promise<Made>;
  /** Returns the cached data if it is recent enough; undefined if it would have to be derived first. */
  ready(): Promise<Made | undefined>;
  /** Returns data that is derived from the current rows, however long that takes. */
  renewed(): Promise<Made>;
}

interface Snapshot<Made> {
  readonly made: Made;
  readonly generation: number;
  readonly madeAt: number;
  readonly tookMs: number;
}

/** Milliseconds. If deriving the data takes longer, callers get the previous data meanwhile. */
const longMs = 100;
/** The share of the time that deriving slow data may take during many writes. */
const share = 0.05;
/** Milliseconds. Outdated data that is older than this is never returned. */
const mostAgeMs = 600_000;

export function createLatest<Made>(
  store: Pick<IndexStore, 'generation'>,
  make: () => Promise<Made>,
): Latest<Made> {
  let latest: Snapshot<Made> | undefined;
  let next: Promise<Snapshot<Made>> | undefined;

  async function snapshot(generation: number): Promise<Snapshot<Made>> {
    const began = performance.now();
    const made = await make();
    const madeAt = performance.now();
    return { made, generation, madeAt, tookMs: madeAt - began };
  }

  function making(generation: number): Promise<Snapshot<Made>> {
    next ??= snapshot(generation)
      .then((made) => (latest = made))
      .finally(() => (next = undefined));
    return next;
  }

  return {
    async current() {
      const generation = await store.generation();
      for (;;) {
        const before = latest;
        if (before && isGood(before, generation)) return before.made;
        const made = unhurried(() => making(generation));
        if (before && before.tookMs > longMs && ageOf(before) <= mostAgeMs) {
          // This caller ignores the error. A later caller gets it.
          made.catch(() => undefined);
          return before.made;
        }
        // The run may have begun before the last write, so its result is checked again.
        await made;
      }
    },
    async renewed() {
      const generation = await store.generation();
      while (!latest || latest.generation < generation) await making(generation);
      return latest.made;
    },
    async ready() {
      const generation = await store.generation();
      return latest && isGood(latest, generation) ? latest.made : undefined;
    },
  };
}

/** Whether data is of the current generation, or recent in proportion to the time that deriving it took. */
function isGood(snapshot: Snapshot<unknown>, generation: number): boolean {
  const { tookMs } = snapshot;
  const leastAge = tookMs > longMs ? tookMs / share : 0;
  return snapshot.generation >= generation || ageOf(snapshot) < leastAge;
}

function ageOf({ madeAt }: Snapshot<unknown>): number {
  return performance.now() - madeAt;
}
