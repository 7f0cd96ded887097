/** What is asked for together with its record, by the key alone: a wave less, and never a request more. */
import type { FilterPart } from '../../facts/filter.js';
import type { Key } from '../graph/key.js';
import { parts, type Bundled, type Link, type Reverse } from '../graph/link.js';
import { links } from '../graph/links.js';
import { follow, type Ask } from '../known/follow.js';
import type { Known } from '../known/known.js';
import { isRoot, type Selection } from '../question/selection.js';
import { linksOf, sortLinks } from '../search/subjects.js';

/** What will be asked of records that are not yet read. */
export interface Step {
  readonly selection: Selection;
  readonly parents: readonly Key[];
}

interface Asked {
  readonly question: Reverse | Bundled;
  readonly parent: Key;
}

/**
 * Asks for the children of records that are not yet read, as far as their keys tell whom to ask. What is asked of other
 * records a wave later waits for these: it is one question for all of them.
 * @param steps below what is being read
 * @param others of which it is not known yet what they lead to
 */
export function askByKey(
  steps: readonly Step[],
  others: readonly Selection[],
  known: Known,
  ask: Pick<Ask, 'children'>,
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
    // What is asked of the same records early is not asked again.
    const isAsked = perhaps.length > 0 && perhaps.every((each) => named.has(nameOf(each)));
    for (const question of isAsked ? questionsBelow(selection) : questionsIn(selection)) later.add(question);
  }
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

/** What a record's key tells to ask; or may, where the record tells whether to. */
interface ByKey {
  readonly asked: readonly Asked[];
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

/** What is or will be asked for a selection, with all that is below it. */
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
