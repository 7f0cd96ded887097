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
  /** Drops the one that is kept: the index was emptied. */
  forget(): void;
}

interface Made extends Snapshot {
  readonly generation: number;
  readonly madeAt: number;
  readonly tookMs: number;
}

interface Making {
  readonly generation: number;
  readonly made: Promise<Made>;
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
  let next: Making | undefined;

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
    const made = make(generation);
    const one: Making = { generation, made };
    next = one;
    const isNext = (): boolean => next === one;
    made.then(
      (snapshot) => {
        if (!isNext()) return;
        latest = snapshot;
        next = undefined;
      },
      () => {
        if (isNext()) next = undefined;
      },
    );
    return made;
  }

  return {
    forget() {
      latest = undefined;
      next = undefined;
    },
    async current() {
      const generation = await store.generation();
      if (latest?.generation === generation) return latest;
      if (next && latest && !isTooOld(latest)) return isQuick(latest) ? fresh(generation, next) : latest;
      if (next) return fresh(generation, next);
      if (!latest || isQuick(latest)) return making(generation);
      if (isYoung(latest)) return latest;
      const [before, made] = [latest, making(generation)];
      if (isTooOld(before)) return made;
      // Whoever asks after it is made learns what has failed.
      made.catch(() => undefined);
      return before;
    },
  };

  /** What is being made, unless something was written since: then another, where that takes no time. */
  async function fresh(generation: number, { generation: of, made }: Making): Promise<Snapshot> {
    const snapshot = await made;
    return of === generation || !isQuick(snapshot) ? snapshot : making(generation);
  }
}

function isQuick({ tookMs }: Made): boolean {
  return tookMs <= longMs;
}

function isYoung({ madeAt, tookMs }: Made): boolean {
  return performance.now() - madeAt < Math.max(leastAgeMs, tookMs / share);
}

function isTooOld({ madeAt }: Made): boolean {
  return performance.now() - madeAt > mostAgeMs;
}
