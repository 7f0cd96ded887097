/** All that may be suggested, of now: made anew when products have come. */
import type { IndexStore } from '../store/index-store.js';
import type { Substances } from '../substances.js';
import { atcEntries, type AtcEntry } from './atc-entries.js';
import { holderEntries } from './holder-entries.js';
import { readSaidTexts } from './said-texts.js';
import { substanceEntries } from './substance-entries.js';
import { createTextTable, type TextTable } from './text-table.js';

export interface Snapshot {
  readonly table: TextTable;
  /** By their codes. */
  readonly atc: readonly AtcEntry[];
}

export interface Snapshots {
  /** Of now; where it takes long to make, the one before, while the next is being made. */
  current(): Promise<Snapshot>;
}

interface Made extends Snapshot {
  readonly generation: number;
  readonly madeAt: number;
  readonly tookMs: number;
}

/** What takes this long nobody waits for: the one before will do. */
const longMs = 100;
/** While much is written, such a one is made no more than once in this time, and takes no more than its share of it. */
const leastAgeMs = 60_000;
const share = 0.05;
/** What is older is too old to be suggested from. */
const mostAgeMs = 600_000;

export function createSnapshots(store: IndexStore, substances: Substances): Snapshots {
  let latest: Made | undefined;
  let next: Promise<Made> | undefined;

  async function make(generation: number): Promise<Made> {
    const began = performance.now();
    const said = await readSaidTexts(store);
    const atc = await atcEntries(store);
    const { entries, tails } = said.names;
    const others = [
      ...substanceEntries(await substances.called()),
      ...atc,
      ...(await holderEntries(store, said.holders)),
    ];
    const table = await createTextTable([...entries, ...others], tails);
    const madeAt = performance.now();
    return { table, atc, generation, madeAt, tookMs: madeAt - began };
  }

  function making(generation: number): Promise<Made> {
    next ??= make(generation)
      .then((made) => (latest = made))
      .finally(() => (next = undefined));
    return next;
  }

  return {
    async current() {
      const generation = await store.generation();
      if (latest?.generation === generation) return latest;
      const before = latest;
      if (!before || before.tookMs <= longMs) return making(generation);
      const age = performance.now() - before.madeAt;
      if (age < Math.max(leastAgeMs, before.tookMs / share)) return before;
      const made = making(generation);
      if (age > mostAgeMs) return made;
      // Whoever asks after it is made learns what has failed.
      made.catch(() => undefined);
      return before;
    },
  };
}
