/**
 * Computes data from all rows of the index, and caches them. After a write the data are computed again, but not after
 * each one of many writes.
 */
import type { IndexStore } from './store/index-store.js';
import { unhurried } from './time-limit.js';

export interface Latest<Made> {
  /**
   * Returns current data. If computing them takes long, returns the previous data until then. All callers share one
   * computation.
   */
  current(): Promise<Made>;
  /** Returns the cached data if they are recent enough; otherwise undefined. */
  ready(): Promise<Made | undefined>;
  /** Returns data computed from the current rows, however long this takes. */
  renewed(): Promise<Made>;
}

interface Snapshot<Made> {
  readonly made: Made;
  readonly generation: number;
  readonly madeAt: number;
  readonly tookMs: number;
}

/** If computing the data takes more milliseconds than this, callers get the previous data until it ends. */
const longMs = 100;
/** While there are many writes, slow data are computed for at most this share of the time. */
const share = 0.05;
/** Maximum age in milliseconds of outdated data that are returned. */
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
          // This caller does not need the error. A later caller gets it.
          made.catch(() => undefined);
          return before.made;
        }
        // The computation may have begun before the last write, so its result is checked again.
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

/** Whether the data are up to date, or recent in proportion to the time that it takes to compute them. */
function isGood(snapshot: Snapshot<unknown>, generation: number): boolean {
  const { tookMs } = snapshot;
  const leastAge = tookMs > longMs ? tookMs / share : 0;
  return snapshot.generation >= generation || ageOf(snapshot) < leastAge;
}

function ageOf({ madeAt }: Snapshot<unknown>): number {
  return performance.now() - madeAt;
}
