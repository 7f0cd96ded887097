/** Runs the waves of one operation: follows each selection as far as its records are known, fetches the rest, and repeats. */
import { inOrder, isOfType, ROOT, typeOf, type Key } from '../graph/key.js';
import { links } from '../graph/links.js';
import { fetchNothing, follow } from '../known/follow.js';
import type { Known } from '../known/known.js';
import type { Ledger } from '../profiles/ledger.js';
import { fetchByKey, type Step } from './early.js';
import { list } from './list.js';
import { isRoot, searchQuestion, type ProductSearch, type Selection } from '../question/selection.js';
import { rowsForeseen } from '../search/matches.js';
import { createWanted, type Loaders, type NextFetches } from '../known/next-fetches.js';

export interface RunOptions {
  readonly known: Known;
  readonly loaders: Loaders;
  readonly ledger: Ledger;
  /** Requests that come after those at the operation's root. */
  readonly planned: number;
  /** Whether children are asked for as soon as the key of their parent is known. */
  readonly asksByKey: boolean;
}

/** Keys of records that were read because others refer to them. The name of each group is `Type of Type`: `Organization of RegulatedAuthorization`. */
export type ReadFor = ReadonlyMap<string, ReadonlySet<Key>>;

/**
 * Fetches all records that `selections` need. Afterwards `known` has every list of the operation. The questions of a wave
 * depend on the answers of the waves before it, and never on timing.
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
    // The children of a record are found by its key alone, so they are asked for together with it.
    if (early.length > 0) fetchByKey(early, others, known, wanted);
    if (wanted.isEmpty) return readFor;
    // Keeps one request back for each link still to come. At first the plan says how many.
    ledger.keepBack(wave === 0 ? planned : linksBelow(blocked));
    note(wanted, readFor);
    await loaders.load(wanted);
    frontier = blocked;
  }
}

/** Returns the keys of the rows that the lists will show, where these are known before the records are read. */
function namedBy(selection: Selection, parents: readonly Key[], known: Known): readonly Key[] | undefined {
  const named = parents.map((parent) => namedBelow(selection, parent, known));
  return named.includes(undefined) ? undefined : [...new Set(named.flatMap((keys) => keys ?? []))];
}

function namedBelow({ link, args }: Selection, parent: Key, known: Known): readonly Key[] | undefined {
  if (link === 'resources') return args.within === undefined ? (args.keys ?? []) : undefined;
  if (link === 'products' && parent === ROOT && args.search) return foundBy(args.search, known);
  // The records decide which of them are shown.
  if (isRoot(link) || args.where || args.after) return undefined;
  const relation = follow(links[link], parent, known, fetchNothing);
  if (!relation) return undefined;
  return args.first === undefined ? relation.refs : inOrder([...relation.refs]).slice(0, args.first);
}

/** Ids that a filter names, say, or products that a search for other records has led to. */
function foundBy(search: ProductSearch, known: Known): readonly Key[] | undefined {
  const rows = known.rootList(searchQuestion(search));
  return rows && 'satisfied' in rows ? rowsForeseen(rows, search, known) : undefined;
}

function note({ reads }: NextFetches, readFor: Map<string, Set<Key>>): void {
  for (const [key, { from }] of reads) {
    let before: Key | undefined;
    for (const parent of from) {
      // Most records that refer to it are of one type.
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
