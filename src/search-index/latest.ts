/** What is worked out of all rows of the index: made anew after a write, but not all the time while much is written. */
import type { IndexStore } from './store/index-store.js';
import { unhurried } from './time-limit.js';

export interface Latest<Made> {
  /** Of now; where it takes long to make, the one before, while the next is being made: once, however many ask. */
  current(): Promise<Made>;
  /** The latest where it is good as it is; undefined where it would have to be made. */
  ready(): Promise<Made | undefined>;
  /** Of now, however long that takes. */
  renewed(): Promise<Made>;
}

interface Snapshot<Made> {
  readonly made: Made;
  readonly generation: number;
  readonly madeAt: number;
  readonly tookMs: number;
}

/** What takes this long nobody waits for: the one before will do. */
const longMs = 100;
/** While much is written, such a one is made no more than once in this time, and takes no more than its share of it. */
const leastAgeMs = 60_000;
const share = 0.05;
/** What is older is too old. */
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
          // Whoever asks after it is made learns what has failed.
          made.catch(() => undefined);
          return before.made;
        }
        // It may have been begun before the last write.
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

/** Whether it is of this generation, or young for what it took to make. */
function isGood(snapshot: Snapshot<unknown>, generation: number): boolean {
  const { tookMs } = snapshot;
  const leastAge = tookMs > longMs ? Math.max(leastAgeMs, tookMs / share) : 0;
  return snapshot.generation >= generation || ageOf(snapshot) < leastAge;
}

function ageOf({ madeAt }: Snapshot<unknown>): number {
  return performance.now() - madeAt;
}
