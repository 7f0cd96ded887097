/**
 * Collects included records, and checks whether they are complete: by the number of entries on the page, or by a
 * search.
 */
import type { Page } from '../../../fhir/bundle.js';
import { groupBy } from '../../graph/group.js';
import { keyOf, typeOf, type Key } from '../../graph/key.js';
import type { Bundled, Reverse } from '../../graph/link.js';
import { completeRelation, type Relation, staleSince } from '../../graph/relation.js';
import { isHeld, type Known } from '../../known/known.js';
import { createNaming } from '../naming.js';
import type { Operation } from '../profile.js';
import { groupName, type Group } from './group.js';
import type { Includes } from './reach.js';

/** The children that a page included for parents of one type, before it is checked whether they are complete. */
export interface Unverified {
  readonly group: Group;
  readonly children: ReadonlyMap<Key, ReadonlySet<Key>>;
  /** All records of the page. Each may be a parent. */
  readonly page: ReadonlySet<Key>;
  readonly entries: number;
  readonly url: string;
  /** When the upstream sent the page, if the page is a stale copy. */
  readonly staleSince: Date | undefined;
}

export interface Brought {
  /** Stores the included records of a page. */
  takeIn(page: Page, includes: Includes): void;
  /** Returns the children of the parents whose lists are known to be complete. */
  proven(question: Reverse | Bundled, parents: readonly Key[]): ReadonlyMap<Key, Relation>;
  /** Returns the pages whose children must still be checked, each page once. */
  unverified(question: Reverse | Bundled): readonly Unverified[];
  verify(page: Unverified, answers: ReadonlyMap<Key, Relation>): void;
}

export function createBrought({ known, features, figures, given }: Operation): Brought {
  const whole = new Map<string, Map<Key, Relation>>();
  const open = new Map<string, Unverified[]>();

  return {
    takeIn,
    proven({ asks }, parents) {
      const relations = whole.get(asks);
      return new Map(
        parents.flatMap((parent) => {
          const relation = relations?.get(parent);
          return relation ? [[parent, relation]] : [];
        }),
      );
    },
    unverified({ asks }) {
      const pages = open.get(asks) ?? [];
      open.delete(asks);
      return pages;
    },
    verify,
  };

  function takeIn(page: Page, { promises }: Includes): void {
    for (const resource of page.included) known.hold(resource, page);
    const matches = groupBy(page.resources.map(keyOf), typeOf);
    const included = groupBy(page.included.map(keyOf), typeOf);
    const all = new Set([...page.resources, ...page.included].map(keyOf));
    const since = staleSince([page]);
    for (const { question, ofMatches, ofIncluded } of promises) {
      for (const type of question.parents) {
        const takeInOf = (parents: readonly Key[] | undefined, isIncluded: boolean): void => {
          if (!parents) return;
          const children = childrenIn(known, question, parents, included.get(question.type) ?? [], page);
          const group = { question, type, isIncluded };
          keep({
            group,
            children,
            page: all,
            entries: page.included.length,
            url: page.url,
            staleSince: since,
          });
        };
        if (ofMatches) takeInOf(matches.get(type), false);
        if (ofIncluded) takeInOf(included.get(type), true);
      }
    }
  }

  function keep(brought: Unverified): void {
    const name = brought.group.question.asks;
    const { group, entries, url } = brought;
    if (given.isIncludeProven({ group: groupName(group), entries, url })) settle(name, brought);
    else open.set(name, [...(open.get(name) ?? []), brought]);
  }

  function settle(name: string, { children, staleSince: since }: Unverified): void {
    const relations = whole.get(name) ?? new Map<Key, Relation>();
    for (const [parent, refs] of children) relations.set(parent, completeRelation([...refs], since));
    whole.set(name, relations);
    for (const [type, parents] of groupBy(children.keys(), typeOf))
      figures.sawChildren(
        `${name} of ${type}`,
        parents.map((parent) => children.get(parent)?.size ?? 0),
      );
  }

  /**
   * Compares included children with those that a search finds. If only the search found a child, the upstream
   * truncates includes. If no child is missing, completeness is proved only by children that no other include of the
   * page can have returned.
   */
  function verify(
    { group, children, page, entries, url }: Unverified,
    answers: ReadonlyMap<Key, Relation>,
  ): void {
    const relations = [...children.keys()].map((parent) => answers.get(parent));
    if (!relations.every((relation) => relation?.state.kind === 'complete')) return;
    const isWhole = [...children].every(([parent, brought]) =>
      answers.get(parent)?.refs.every((ref) => brought.has(ref)),
    );
    const { question, isIncluded } = group;
    const name = `${question.type}:${question.parameter}` as const;
    if (!isWhole) {
      features.note(isIncluded ? `revinclude:iterate ${name}` : `revinclude ${name}`, 'refuted');
      return;
    }
    const naming = createNaming(question, page);
    const isOfGroup = (parent: Key): boolean => typeOf(parent) === group.type && children.has(parent);
    const bearsWitness = (child: Key): boolean => {
      const reading = known.reading(child);
      return isHeld(reading) && naming.parentsOf(reading.resource).every(isOfGroup);
    };
    if (![...children.values()].some((refs) => [...refs].some(bearsWitness))) return;
    given.sawIncludeWhole({ group: groupName(group), entries, url });
    features.note(`revinclude ${name}`, 'seen');
  }
}

/**
 * Returns the children that a page includes for each parent. Parents are left out if the page may contain more of
 * their children, without a reference to the parent.
 */
function childrenIn(
  known: Known,
  question: Reverse,
  parents: readonly Key[],
  included: readonly Key[],
  { unidentified }: Page,
): ReadonlyMap<Key, ReadonlySet<Key>> {
  const children = new Map<Key, Set<Key>>(parents.map((parent) => [parent, new Set()]));
  const naming = createNaming(question, parents);
  for (const key of included) {
    const reading = known.reading(key);
    if (!isHeld(reading)) continue;
    const named = naming.parentsOf(reading.resource);
    for (const parent of named) children.get(parent)?.add(key);
    const isLost = named.length === 0 && !naming.isOfOthers(reading.resource);
    if (isLost) for (const parent of parents) children.delete(parent);
  }
  // If an included record has no id or is malformed, the children of its parents must be searched.
  for (const { resource } of unidentified) {
    if (resource && resource.resourceType !== question.type) continue;
    for (const parent of resource ? naming.parentsAt(resource) : parents) children.delete(parent);
  }
  return children;
}
