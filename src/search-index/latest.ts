/**
 * Data that is derived from all rows of the index. It is made anew after a write, but not constantly during many
 * writes.
 */
import type { IndexStore } from './store/index-store.js';
import { unhurried } from './time-limit.js';

export interface Latest<Made> {
  /**
   * Returns current data. Where making it takes long, returns the previous data meanwhile. All callers share one run.
   */
  current(): Promise<Made>;
  /** Returns the latest data if it is good enough; undefined where it would have to be made. */
  ready(): Promise<Made | undefined>;
  /** Returns data of the current rows, however long that takes. */
  renewed(): Promise<Made>;
}

interface Snapshot<Made> {
  readonly made: Made;
  readonly generation: number;
  readonly madeAt: number;
  readonly tookMs: number;
}

/** Data that takes longer than this is not waited for: the previous data serves. */
const longMs = 100;
/** The share of the time that making such data may take during many writes. */
const share = 0.05;
/** Older data than this is never returned. */
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
          // A later caller gets the error.
          made.catch(() => undefined);
          return before.made;
        }
        // The run may have begun before the last write.
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

/** Whether it is of the current generation, or young in proportion to the time that it took. */
function isGood(snapshot: Snapshot<unknown>, generation: number): boolean {
  const { tookMs } = snapshot;
  const leastAge = tookMs > longMs ? tookMs / share : 0;
  return snapshot.generation >= generation || ageOf(snapshot) < leastAge;
}

function ageOf({ madeAt }: Snapshot<unknown>): number {
  return performance.now() - madeAt;
}
