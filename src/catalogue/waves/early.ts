/**
 * Asks for the children of a record together with the record itself: a reverse search needs the record's key alone. That
 * saves a wave, and never adds a request. An example: `product(id:) { packages }` sends the read of the product and the
 * search for its packages in one wave.
 *
 * One search serves many parents. So a search is sent early only where no later wave has to send the same search for
 * other parents: else there would be two.
 */
import type { FilterPart } from '../../facts/filter.js';
import type { Key } from '../graph/key.js';
import { parts, type Bundled, type Link, type Reverse } from '../graph/link.js';
import { links } from '../graph/links.js';
import { follow, type Fetches } from '../known/follow.js';
import type { Known } from '../known/known.js';
import { isRoot, type Selection } from '../question/selection.js';
import { linksOf, sortLinks } from '../search/subjects.js';

/** A selection, and the records that it is to be followed from. */
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
 * Asks for the children of records that are being read in this wave. A search that a later wave needs as well is left to
 * that wave.
 * @param steps selections below the records that are being read
 * @param others selections whose rows are not known yet, so that their searches come in a later wave
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
    // The same search for the same record may be early already, by another selection. It is not sent again.
    const isAsked = perhaps.length > 0 && perhaps.every((each) => named.has(nameOf(each)));
    for (const question of isAsked ? questionsBelow(selection) : questionsIn(selection)) later.add(question);
  }
  // A search that is put off may need others that were early: repeated until nothing changes.
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
  /** Searches that are needed whatever the record says. */
  readonly asked: readonly Asked[];
  /** Searches that are needed unless the record itself has the answer. */
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

/** Names of all searches for a selection and the selections below it, whenever they are sent. */
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
