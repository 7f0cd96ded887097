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
  const all = steps.map(({ selection, parents }) => ({
    selection,
    ...togetherOf(parents.map((parent) => askedByKey(selection, parent, known))),
  }));
  let early = all.filter(({ asked }) => asked.length > 0);
  const named = new Set(early.flatMap(({ asked }) => asked.map(nameOf)));
  const later = new Set(others.flatMap(questionsIn));
  for (const { selection, asked, perhaps } of all) {
    if (asked.length > 0) continue;
    // Another selection may already have requested the same search for the same record. Then it is not sent again.
    const isAsked = perhaps.length > 0 && perhaps.every((each) => named.has(nameOf(each)));
    for (const question of isAsked ? questionsBelow(selection) : questionsIn(selection)) later.add(question);
  }
  // If one search is postponed, others may have to be postponed too, so this repeats until nothing changes.
  for (let before = -1; before !== early.length;) {
    before = early.length;
    early = early.filter(({ selection }) => {
      const questions = questionsIn(selection);
      if (!questions.some((question) => later.has(question))) return true;
      for (const question of questions) later.add(question);
      return false;
    });
  }
  for (const { asked } of early) for (const { question, parent } of asked) ask.children(question, parent);
}

interface ByKey {
  /** Searches that are always needed. */
  readonly asked: readonly Asked[];
  /** Searches that are needed only if the record itself does not state the value. */
  readonly perhaps: readonly Asked[];
}

function togetherOf(each: readonly ByKey[]): ByKey {
  return {
    asked: each.flatMap(({ asked }) => asked),
    perhaps: each.flatMap(({ perhaps }) => perhaps),
  };
}

function askedByKey({ link: name }: Selection, parent: Key, known: Known): ByKey {
  if (isRoot(name) || known.reading(parent) !== undefined) return { asked: [], perhaps: [] };
  const link = links[name];
  const asked: Asked[] = [];
  follow(link.kind === 'unless' ? link.link : link, parent, known, {
    children: (question, of) => asked.push({ question, parent: of }),
    read() {},
  });
  return link.kind === 'unless' ? { asked: [], perhaps: asked } : { asked, perhaps: [] };
}

function nameOf({ question, parent }: Asked): string {
  return `${question.asks} of ${parent}`;
}

/** Returns the names of all searches for a selection and the selections below it, in any wave. */
function questionsIn({ link, args: { search }, below }: Selection): readonly string[] {
  const looksAt = search
    ? [...(Object.keys(search.filter) as FilterPart[]).flatMap(linksOf), ...sortLinks(search)]
    : [];
  const followed = isRoot(link) ? looksAt : [links[link]];
  return [...followed.flatMap(questionsOf), ...questionsBelow({ below })];
}

function questionsBelow({ below }: Pick<Selection, 'below'>): readonly string[] {
  return [...below.values()].flat().flatMap(questionsIn);
}

function questionsOf(link: Link): readonly string[] {
  return parts(link).flatMap((part) => (part.kind === 'reverse' ? [part.asks] : []));
}
