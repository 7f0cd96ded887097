/** The data in memory for suggestions. They are computed again after products have been written. */
import { createLatest, type Latest } from '../latest.js';
import type { IndexStore } from '../store/index-store.js';
import type { Substances } from '../substances.js';
import { atcEntries, type AtcEntry } from './atc-entries.js';
import { holderEntries } from './holder-entries.js';
import { readNamesAndHolders } from './names-and-holders.js';
import { substanceEntries } from './substance-entries.js';
import { createTextTable, type TextTable } from './text-table.js';

export interface Snapshot {
  readonly table: TextTable;
  /** The ATC classes, sorted by code. */
  readonly atc: readonly AtcEntry[];
}

export function createSnapshots(store: IndexStore, substances: Substances): Latest<Snapshot> {
  return createLatest(store, async () => {
    const { names, holders } = await readNamesAndHolders(store);
    const atc = await atcEntries(store);
    const others = [
      ...substanceEntries(await substances.called()),
      ...atc,
      ...(await holderEntries(store, holders)),
    ];
    return { table: await createTextTable([...names.entries, ...others], names.tails), atc };
  });
}
