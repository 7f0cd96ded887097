/**
 * Requests the children of a record at the same time as the record. This is possible because a reverse search needs
 * only the record's key. It saves a wave of requests, and never adds a request. Example: for `product(id:) { packages
 * }`, the read of the product and the search for its packages are in one wave. One search serves many parents. So a
 * search is sent early only if no later wave must send the same search for other parents.
 */
import type { FilterPart } from '../../facts/filter.js';
import type { Key } from '../graph/key.js';
import { parts, type Bundled, type Link, type Reverse } from '../graph/link.js';
import { links } from '../graph/links.js';
import { follow, type Fetches } from '../known/follow.js';
import type { Known } from '../known/known.js';
import { isRoot, type Selection } from '../question/selection.js';
import { linksOf, sortLinks } from '../search/subjects.js';

/** A selection, with the records from which its link is followed. */
export interface Step {
  readonly selection: Selection;
  readonly parents: readonly Key[];
}

/** One reverse search for one parent. */
interface Asked {
  readonly question: Reverse | Bundled;
  readonly parent: Key;
}

/** A selection below records that this wave reads, with the searches that need only the keys of these records. */
interface ByKey {
  readonly selection: Selection;
  readonly asked: readonly Asked[];
  /** Whether the searches are needed only if the records do not state the value. */
  readonly isPerhaps: boolean;
}

/**
 * Requests the children of records that this wave reads. If a later wave needs the same search too, the search is
 * left to that wave.
 * @param steps selections below the records that this wave reads
 * @param others selections whose rows are still unknown; their searches are sent in a later wave
 */
export function fetchByKey(
  steps: readonly Step[],
  others: readonly Selection[],
  known: Known,
  ask: Pick<Fetches, 'children'>,
): void {
  const all = steps.map((step) => askedByKey(step, known));
  let early = all.filter(({ asked, isPerhaps }) => asked.length > 0 && !isPerhaps);
  const later = new Set<string>();
  for (const selection of others) addQuestions(selection, later);
  addLater(all, early, later);
  // Postponing a search may postpone others, so this repeats until nothing changes.
  for (let before = -1; before !== early.length && later.size > 0;) {
    before = early.length;
    early = early.filter(({ selection }) => {
      const questions = addQuestions(selection, new Set());
      const isFree = ![...questions].some((question) => later.has(question));
      if (!isFree) for (const question of questions) later.add(question);
      return isFree;
    });
  }
  for (const { asked } of early) for (const { question, parent } of asked) ask.children(question, parent);
}

/** Adds the searches of the selections that are not sent early. */
function addLater(all: readonly ByKey[], early: readonly ByKey[], later: Set<string>): void {
  if (early.length === all.length) return;
  const named = new Set<string>();
  for (const { asked } of early) for (const each of asked) named.add(nameOf(each));
  for (const each of all) {
    if (early.includes(each)) continue;
    const { selection, asked } = each;
    // Another selection may request the same search for the same record early. It is not sent again.
    const isAsked = asked.length > 0 && asked.every((one) => named.has(nameOf(one)));
    if (isAsked) addQuestionsBelow(selection, later);
    else addQuestions(selection, later);
  }
}

function askedByKey({ selection, parents }: Step, known: Known): ByKey {
  const asked: Asked[] = [];
  if (isRoot(selection.link)) return { selection, asked, isPerhaps: false };
  const link: Link = links[selection.link];
  const isPerhaps = link.kind === 'unless';
  const noting: Fetches = {
    children: (question, parent) => void asked.push({ question, parent }),
    read() {},
  };
  for (const parent of parents)
    if (known.reading(parent) === undefined) follow(isPerhaps ? link.link : link, parent, known, noting);
  return { selection, asked, isPerhaps };
}

function nameOf({ question, parent }: Asked): string {
  return `${question.asks} of ${parent}`;
}

/** Adds the names of all searches for a selection and the selections below it, in whatever wave. */
function addQuestions(selection: Selection, names: Set<string>): ReadonlySet<string> {
  const { link, args } = selection;
  if (!isRoot(link)) addQuestionsOf(links[link], names);
  else if (args.search) {
    for (const part of Object.keys(args.search.filter) as FilterPart[])
      for (const each of linksOf(part)) addQuestionsOf(each, names);
    for (const each of sortLinks(args.search)) addQuestionsOf(each, names);
  }
  return addQuestionsBelow(selection, names);
}

function addQuestionsBelow({ below }: Selection, names: Set<string>): ReadonlySet<string> {
  for (const selections of below.values()) for (const selection of selections) addQuestions(selection, names);
  return names;
}

function addQuestionsOf(link: Link, names: Set<string>): void {
  for (const part of parts(link)) if (part.kind === 'reverse') names.add(part.asks);
}
