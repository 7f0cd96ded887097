/**
 * The profile of an upstream that includes: products come with what belongs to them in one search. What does not come so,
 * or is not known to have come whole, is searched for.
 */
import { isPmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import { groupBy } from '../../graph/group.js';
import { idOf, keyOf, typeOf, type Key } from '../../graph/key.js';
import { isHeld, type Missing } from '../../known/known.js';
import type { Reverse } from '../../graph/link.js';
import { completeRelation, type Relation } from '../../graph/relation.js';
import { isFhirId } from '../../../fhir/reference.js';
import type { ResourceType } from '../../../fhir/resources.js';
import { searchQuestion, type ProductSearch } from '../../question/selection.js';
import { staleSince } from '../../graph/stale.js';
import { createAsk } from '../ask.js';
import { askedOf, includesOf, type Includes } from './reach.js';
import { createNaming } from '../naming.js';
import { refuseIfOthers, unreadIn } from '../reading.js';
import { bringing, findProducts } from '../products.js';
import { groupName, type Group } from './group.js';
import { createSearchProfile } from '../search.js';
import type { Operation, Profile } from '../profile.js';

const productType = 'MedicinalProductDefinition';

/** The children that one page brought to parents of one type, while it is not known whether they are all. */
interface Unverified {
  readonly group: Group;
  readonly children: ReadonlyMap<Key, ReadonlySet<Key>>;
  /** All that could be parents on that page. */
  readonly page: ReadonlySet<Key>;
  readonly entries: number;
  readonly url: string;
  /** When the page was fetched, where it is a stale copy. */
  readonly staleSince: Date | undefined;
}

export function createIncludeProfile(at: Operation): Profile {
  const { known, features, figures, client } = at;
  const search = createSearchProfile(at);
  const ask = createAsk(at);
  const proven = new Map<string, Map<Key, Relation>>();
  const unverified = new Map<string, Unverified[]>();

  return {
    async products(asked) {
      const includes = includesWith(asked);
      if (includes.parameters.length === 0) return search.products(asked);
      const { parameters, types } = includes;
      const found = await findProducts(asked, at, {
        parameters,
        types,
        visit: (page) => takeIn(page, includes),
      });
      if (!isRefused(found)) return found;
      giveUp(includes);
      return search.products(asked);
    },

    brings(asked) {
      const { parameters, types } = includesWith(asked);
      return bringing(at, { parameters, types });
    },

    terms: (terms) => search.terms(terms),

    async children(question, parents) {
      const found = new Map<Key, Relation>();
      const brought = proven.get(question.asks);
      for (const parent of parents) {
        const relation = brought?.get(parent);
        if (relation) found.set(parent, relation);
      }
      const left = parents.filter((parent) => !found.has(parent));
      if (left.length === 0) return found;
      const pages = unverified.get(question.asks) ?? [];
      unverified.delete(question.asks);
      // Asked of all that a page brought, one search verifies the page.
      const all = new Set([...left, ...pages.flatMap(({ children }) => [...children.keys()])]);
      const answers = await search.children(question, [...all]);
      for (const page of pages) verify(page, answers);
      for (const [parent, relation] of answers) found.set(parent, relation);
      return found;
    },

    async read(reads) {
      const deep = groupBy(
        [...reads].flatMap(([key, read]) => (read.deep && isFhirId(idOf(key)) ? [key] : [])),
        typeOf,
      );
      const missing = new Map<Key, Missing>();
      const left = new Map(reads);
      await Promise.all(
        [...deep].map(async ([type, keys]) => {
          const unread = await readWith(type, keys);
          if (!unread) return;
          for (const key of keys) left.delete(key);
          for (const [key, why] of unread) missing.set(key, why);
        }),
      );
      for (const [key, why] of left.size > 0 ? await search.read(left) : []) missing.set(key, why);
      for (const key of reads.keys()) if (isHeld(known.reading(key))) figures.sawBeyond(typeOf(key));
      return missing;
    },
  };

  /** What comes with the rows of a search. */
  function includesWith(asked: ProductSearch): Includes {
    const selections = at.selections.filter(
      ({ args }) => args.search && searchQuestion(args.search) === searchQuestion(asked),
    );
    const below = selections.flatMap((selection) => selection.below.get(productType) ?? []);
    return includesOf(new Map([[productType, below]]), features);
  }

  /** Resources by their ids, with what is asked of them; undefined where they must be read without. */
  async function readWith(type: ResourceType, keys: readonly Key[]): Promise<Map<Key, Missing> | undefined> {
    const includes = includesOf(askedOf(type, at.selections), features);
    if (includes.parameters.length === 0) return undefined;
    const parameters = [
      { name: '_id' as const, values: keys.map(idOf) },
      { name: '_count' as const, values: [keys.length] },
      ...includes.parameters,
    ];
    const types = [type, ...includes.types];
    if (!client.fits(type, ask.parameters(type, parameters, types))) return undefined;
    const ids = new Set(keys.map(idOf));
    return unreadIn(
      keys,
      at,
      type,
      parameters,
      () => ask.search(type, parameters, types),
      (page) => {
        refuseIfOthers(type, ids, page);
        for (const resource of page.resources) known.hold(resource, page);
        takeIn(page, includes);
      },
      () => giveUp(includes),
    );
  }

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
          const children = childrenIn(question, parents, included.get(question.type) ?? [], page);
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
    if (figures.isIncludeProven(groupName(group), entries, url)) settle(name, brought);
    else unverified.set(name, [...(unverified.get(name) ?? []), brought]);
  }

  function childrenIn(
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
      for (const parent of naming.parentsOf(reading.resource)) children.get(parent)?.add(key);
    }
    // What came along without an id its parents are searched for.
    for (const { resource } of unidentified) {
      if (resource.resourceType !== question.type) continue;
      for (const parent of naming.parentsAt(resource)) children.delete(parent);
    }
    return children;
  }

  function settle(name: string, { children, staleSince: since }: Unverified): void {
    const relations = proven.get(name) ?? new Map<Key, Relation>();
    for (const [parent, refs] of children) relations.set(parent, completeRelation([...refs], since));
    proven.set(name, relations);
    for (const [type, parents] of groupBy(children.keys(), typeOf))
      figures.sawChildren(
        `${name} of ${type}`,
        parents.map((parent) => children.get(parent)?.size ?? 0),
      );
  }

  /**
   * What a search found, and an include did not bring, tells that includes end somewhere before. That nothing is
   * missing proves something only by children which no other include of the page can have brought.
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
    figures.sawIncludeWhole(groupName(group), entries, url);
    features.note(`revinclude ${name}`, 'seen');
  }

  /** Which of them was refused is not told. */
  function giveUp({ promises, parameters }: Includes): void {
    for (const { question } of promises)
      features.note(`revinclude ${question.type}:${question.parameter}`, 'refuted');
    for (const { name, values } of parameters)
      if (name === '_include') features.note(`include ${String(values[0])}` as never, 'refuted');
  }
}

function isRefused(found: unknown): boolean {
  return isPmsError(found) && found.code === 'UPSTREAM_UNSUPPORTED' && found.status !== undefined;
}
