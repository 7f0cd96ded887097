/** The waves of one operation: follow every selection as far as is known, fetch what is not, and again. */
import { isOfType, ROOT, typeOf, type Key } from '../graph/key.js';
import type { Known } from '../known/known.js';
import type { Ledger } from '../profiles/ledger.js';
import { list } from './list.js';
import type { Selection } from '../question/selection.js';
import { createWanted, type Loaders, type Wanted } from '../known/wanted.js';

interface Step {
  readonly selection: Selection;
  readonly parents: readonly Key[];
}

export interface RunOptions {
  readonly known: Known;
  readonly loaders: Loaders;
  readonly ledger: Ledger;
  /** Requests that come after those at the operation's root. */
  readonly planned: number;
}

/** Keys that had to be read because resources of a type refer to them, by `Type of Type`. */
export type ReadFor = ReadonlyMap<string, ReadonlySet<Key>>;

/**
 * Fetches all that `selections` need. What is asked in a wave depends on what the waves before it found, never on
 * timing; afterwards every list of the operation can be read from `known`.
 */
export async function run(
  selections: readonly Selection[],
  { known, loaders, ledger, planned }: RunOptions,
): Promise<ReadFor> {
  const readFor = new Map<string, Set<Key>>();
  let frontier: readonly Step[] = selections.map((selection) => ({ selection, parents: [ROOT] }));
  for (let wave = 0; ; wave += 1) {
    const wanted = createWanted();
    const blocked: Step[] = [];
    const steps = [...frontier];
    for (const step of steps) {
      const { selection, parents } = step;
      const isDeep = selection.below.size > 0;
      const waiting: Key[] = [];
      const found = new Set<Key>();
      for (const parent of parents) {
        const rows = list(selection.link, parent, selection.args, known, wanted, isDeep);
        if (!rows) waiting.push(parent);
        else if (isDeep) for (const ref of rows.refs) found.add(ref);
      }
      if (waiting.length > 0) blocked.push({ selection, parents: waiting });
      if (found.size > 0) steps.push(...stepsBelow(selection, [...found]));
    }
    if (wanted.isEmpty) return readFor;
    // One for each link still to come; before anything is known, what the plan foresees.
    ledger.keepBack(wave === 0 ? planned : linksBelow(blocked));
    note(wanted, readFor);
    await loaders.load(wanted);
    frontier = blocked;
  }
}

function note({ reads }: Wanted, readFor: Map<string, Set<Key>>): void {
  for (const [key, { from }] of reads) {
    let before: Key | undefined;
    for (const parent of from) {
      // Most that refer to it are of one type.
      if (before !== undefined && isOfType(parent, typeOf(before))) continue;
      before = parent;
      const name = `${typeOf(key)} of ${typeOf(parent)}`;
      const keys = readFor.get(name);
      if (keys) keys.add(key);
      else readFor.set(name, new Set([key]));
    }
  }
}

function linksBelow(steps: readonly Step[]): number {
  const count = ({ below }: Selection): number =>
    [...below.values()].flat().reduce((links, selection) => links + 1 + count(selection), 0);
  const selections = new Set(steps.map(({ selection }) => selection));
  return [...selections].reduce((links, selection) => links + count(selection), 0);
}

function stepsBelow({ below }: Selection, found: readonly Key[]): Step[] {
  return [...below].flatMap(([type, selections]) => {
    const parents = found.filter((key) => isOfType(key, type));
    return parents.length > 0 ? selections.map((selection) => ({ selection, parents })) : [];
  });
}
