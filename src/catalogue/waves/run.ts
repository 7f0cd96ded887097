/** The waves of one operation: follow every selection as far as is known, fetch what is not, and again. */
import { inOrder, isOfType, ROOT, typeOf, type Key } from '../graph/key.js';
import { links } from '../graph/links.js';
import { follow, type Ask } from '../known/follow.js';
import type { Known } from '../known/known.js';
import type { Ledger } from '../profiles/ledger.js';
import { askByKey, type Step } from './early.js';
import { list } from './list.js';
import { isRoot, type Selection } from '../question/selection.js';
import { createWanted, type Loaders, type Wanted } from '../known/wanted.js';

export interface RunOptions {
  readonly known: Known;
  readonly loaders: Loaders;
  readonly ledger: Ledger;
  /** Requests that come after those at the operation's root. */
  readonly planned: number;
  /** Whether children are asked for as soon as the key of their parent is known. */
  readonly asksByKey: boolean;
}

/** Keys that had to be read because resources of a type refer to them, by `Type of Type`. */
export type ReadFor = ReadonlyMap<string, ReadonlySet<Key>>;

/**
 * Fetches all that `selections` need. What is asked in a wave depends on what the waves before it found, never on
 * timing; afterwards every list of the operation can be read from `known`.
 */
export async function run(
  selections: readonly Selection[],
  { known, loaders, ledger, planned, asksByKey }: RunOptions,
): Promise<ReadFor> {
  const readFor = new Map<string, Set<Key>>();
  let frontier: readonly Step[] = selections.map((selection) => ({ selection, parents: [ROOT] }));
  for (let wave = 0; ; wave += 1) {
    const wanted = createWanted();
    const blocked: Step[] = [];
    const steps = [...frontier];
    const early: Step[] = [];
    const others: Selection[] = [];
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
      if (waiting.length === 0 || !asksByKey) continue;
      const named = namedBy(selection, waiting, known);
      if (named) early.push(...stepsBelow(selection, named));
      else others.push(selection);
    }
    // What belongs to a record is found by its key alone: it is asked for together with the record.
    if (early.length > 0) askByKey(early, others, known, wanted);
    if (wanted.isEmpty) return readFor;
    // One for each link still to come; before anything is known, what the plan foresees.
    ledger.keepBack(wave === 0 ? planned : linksBelow(blocked));
    note(wanted, readFor);
    await loaders.load(wanted);
    frontier = blocked;
  }
}

const askNobody: Ask = { children() {}, read() {} };

/** The rows of lists whose keys are known before the records are read: those that they will show, and no others. */
function namedBy(selection: Selection, parents: readonly Key[], known: Known): readonly Key[] | undefined {
  const named = parents.map((parent) => namedBelow(selection, parent, known));
  return named.includes(undefined) ? undefined : [...new Set(named.flatMap((keys) => keys ?? []))];
}

function namedBelow({ link, args }: Selection, parent: Key, known: Known): readonly Key[] | undefined {
  if (link === 'resources') return args.within === undefined ? (args.keys ?? []) : undefined;
  // Which of them are shown depends on what the records say.
  if (isRoot(link) || args.where || args.after) return undefined;
  const relation = follow(links[link], parent, known, askNobody);
  if (!relation) return undefined;
  return args.first === undefined ? relation.refs : inOrder([...relation.refs]).slice(0, args.first);
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
