/**
 * Fetches the records of one operation in waves. A wave follows each selection as far as its records are read, and
 * fetches the records that are missing. This is repeated until nothing is missing.
 */
import { inOrder, isOfType, ROOT, typeOf, type Key } from '../graph/key.js';
import { links } from '../graph/links.js';
import { fetchNothing, follow } from '../known/follow.js';
import type { Known } from '../known/known.js';
import type { Ledger } from '../profiles/ledger.js';
import { fetchByKey, type Step } from './early.js';
import { list } from './list.js';
import { isRoot, searchQuestion, type ProductSearch, type Selection } from '../question/selection.js';
import { rowsForeseen } from '../search/matches.js';
import { createNextFetches, type Loaders, type NextFetches } from '../known/next-fetches.js';

export interface RunOptions {
  readonly known: Known;
  readonly loaders: Loaders;
  readonly ledger: Ledger;
  /** The number of upstream requests that are expected after the operation's root searches. */
  readonly planned: number;
  /** Whether children are requested as soon as the key of their parent is known, without waiting for the parent. */
  readonly asksByKey: boolean;
}

/**
 * Keys of records that were read because other records refer to them. They are grouped by the two types:
 * `Organization of RegulatedAuthorization`.
 */
export type ReadFor = ReadonlyMap<string, ReadonlySet<Key>>;

/**
 * Fetches all records that `selections` need. Afterwards `known` contains every list of the operation. The requests
 * of a wave depend only on the responses of earlier waves, never on their timing.
 */
export async function run(
  selections: readonly Selection[],
  { known, loaders, ledger, planned, asksByKey }: RunOptions,
): Promise<ReadFor> {
  const readFor = new Map<string, Set<Key>>();
  let frontier: readonly Step[] = selections.map((selection) => ({ selection, parents: [ROOT] }));
  for (let wave = 0; ; wave += 1) {
    const wanted = createNextFetches();
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
    // The children of a record are searched by its key, so they are requested at the same time as the record.
    if (early.length > 0) fetchByKey(early, others, known, wanted);
    if (wanted.isEmpty) return readFor;
    // Reserves one request for each link that must still be followed. In the first wave, it reserves the number that
    // the plan computed.
    ledger.keepBack(wave === 0 ? planned : linksBelow(blocked));
    note(wanted, readFor);
    await loaders.load(wanted);
    frontier = blocked;
  }
}

/** Returns the keys of the rows of the lists, if they are known before the records are read; otherwise undefined. */
function namedBy(selection: Selection, parents: readonly Key[], known: Known): readonly Key[] | undefined {
  const all = new Set<Key>();
  for (const parent of parents) {
    const named = namedBelow(selection, parent, known);
    if (!named) return undefined;
    for (const key of named) all.add(key);
  }
  return [...all];
}

function namedBelow({ link, args }: Selection, parent: Key, known: Known): readonly Key[] | undefined {
  if (link === 'resources') return args.within === undefined ? (args.keys ?? []) : undefined;
  if (link === 'products' && parent === ROOT && args.search) return foundBy(args.search, known);
  // With a filter or a cursor, the rows depend on the content of the records.
  if (isRoot(link) || args.where || args.after) return undefined;
  const relation = follow(links[link], parent, known, fetchNothing);
  if (!relation) return undefined;
  return args.first === undefined ? relation.refs : inOrder([...relation.refs]).slice(0, args.first);
}

/** Returns those products of a search whose keys are known before they are read, such as ids in the filter. */
function foundBy(search: ProductSearch, known: Known): readonly Key[] | undefined {
  const rows = known.rootList(searchQuestion(search));
  return rows && 'satisfied' in rows ? rowsForeseen(rows, search, known) : undefined;
}

function note({ reads }: NextFetches, readFor: Map<string, Set<Key>>): void {
  for (const [key, { from }] of reads) {
    let before: Key | undefined;
    for (const parent of from) {
      // Most records that refer to the same key have the same type, so the type is checked only once.
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
  const counted = new Set<Selection>();
  let count = 0;
  for (const { selection } of steps) {
    if (!counted.has(selection)) count += countBelow(selection);
    counted.add(selection);
  }
  return count;
}

function countBelow({ below }: Selection): number {
  let count = 0;
  for (const selections of below.values())
    for (const selection of selections) count += 1 + countBelow(selection);
  return count;
}

function stepsBelow({ below }: Selection, found: readonly Key[]): Step[] {
  const steps: Step[] = [];
  for (const [type, selections] of below) {
    const parents = found.filter((key) => isOfType(key, type));
    if (parents.length > 0) for (const selection of selections) steps.push({ selection, parents });
  }
  return steps;
}
