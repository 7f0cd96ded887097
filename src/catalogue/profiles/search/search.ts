/**
 * The profile for upstreams with R5 search. One search finds the children of many parents, and all its pages are
 * read.
 */
import { nameOf, type Page } from '../../../fhir/bundle.js';
import { isFhirId } from '../../../fhir/reference.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { idSearch } from '../../lookup/kinds.js';
import { groupBy } from '../../graph/group.js';
import { idOf, typeOf, type Key } from '../../graph/key.js';
import { isHeld, type Missing } from '../../known/known.js';
import type { Reverse } from '../../graph/link.js';
import {
  complete,
  cutRelation,
  failedRelation,
  nothing,
  type Relation,
  type State,
  staleSince,
} from '../../graph/relation.js';
import { createChunks, type SearchedPages } from './chunks.js';
import { dropped, ignored } from '../ignored.js';
import { createNaming, type Naming } from '../naming.js';
import { cut, cutAt, isCutAs } from '../pages.js';
import type { OpenProfile, Operation, Profile } from '../profile.js';
import { unaskable } from '../reading.js';
import { createReads } from './reads.js';
import { priceSearch } from './price.js';

export const search: Profile = {
  name: 'search',
  hasBundles: false,
  asksByKey: true,
  price: (_selections, measures, foreseen) => priceSearch(measures, foreseen),
  open: openSearch,
};

export function openSearch(at: Operation): OpenProfile {
  const { known, features, figures } = at;
  const chunks = createChunks(at);
  const { eachChunk, searchToEnd } = chunks;
  const reads = createReads(at, chunks);

  return {
    readsMany: () => features.has(idSearch),

    async children(question, parents) {
      if (question.kind === 'bundled') return new Map(parents.map((parent) => [parent, nothing]));
      const found = new Map<Key, Relation>();
      const asked: Key[] = [];
      for (const parent of parents)
        if (isFhirId(idOf(parent))) asked.push(parent);
        else found.set(parent, cutRelation([], 'UNREADABLE_ENTRIES', parent));
      await eachChunk(question.type, question.parameter, asked, (chunk) => searchFor(question, chunk, found));
      learnFanOut(question, found);
      return found;
    },

    async read(wanted) {
      const missing = new Map<Key, Missing>();
      const asked: Key[] = [];
      for (const key of wanted.keys())
        if (isFhirId(idOf(key))) asked.push(key);
        else missing.set(key, unaskable(key));
      const types = groupBy(asked, typeOf);
      await Promise.all([...types].map(([type, keys]) => reads.ofType(type, keys, missing)));
      return missing;
    },
  };

  /**
   * Searches for the children of a chunk of parents. If a child refers to no parent, the lists of all parents are
   * incomplete. Then the chunk is split in half, until only one parent is left. In a search for a single parent,
   * every child belongs to it.
   */
  async function searchFor(
    question: Reverse,
    chunk: readonly Key[],
    found: Map<Key, Relation>,
  ): Promise<void> {
    const naming = createNaming(question, chunk);
    const answer = await searchToEnd(question.type, question.parameter, chunk, (page) =>
      refuseIfIgnored(question, naming, page),
    );
    relate(chunk, question, naming, answer, found);
    const isLost = (parent: Key): boolean => isLacking(found.get(parent));
    if (chunk.length < 2 || !chunk.every(isLost) || !at.ledger.mayPage()) return;
    const middle = Math.ceil(chunk.length / 2);
    await Promise.all(
      [chunk.slice(0, middle), chunk.slice(middle)].map((half) => searchFor(question, half, found)),
    );
  }

  /** Assigns the records that were found to the parents that they refer to. */
  function relate(
    parents: readonly Key[],
    question: Reverse,
    naming: Naming,
    { pages, state }: SearchedPages,
    found: Map<Key, Relation>,
  ): void {
    if (state.kind === 'failed') {
      for (const parent of parents) found.set(parent, failedRelation(state.error));
      return;
    }
    const keys = new Set<Key>();
    for (const page of pages) {
      for (const resource of page.resources) keys.add(known.hold(resource, page));
      for (const resource of page.included) known.hold(resource, page);
    }
    const since = staleSince(pages);
    // A record without an id makes only the lists of its own parents incomplete. An entry that refers to no parent
    // makes all lists incomplete.
    const isNameless = isCutAs(state, 'UNREADABLE_ENTRIES');
    const lacking = isNameless ? lackingIn(pages, question, naming) : new Map<Key, State>();
    const children = new Map<Key, Key[]>();
    for (const parent of parents) {
      const refs: Key[] = [];
      children.set(parent, refs);
      const own = isNameless ? (lacking.get(parent) ?? complete) : state;
      found.set(parent, { refs, unresolved: [], state: own, staleSince: since });
    }
    for (const key of keys) {
      // If a record came twice, the references of the newer copy are used.
      const reading = known.reading(key);
      if (!isHeld(reading)) continue;
      const named = naming.parentsOf(reading.resource);
      for (const parent of named) {
        const refs = children.get(parent);
        if (refs && refs.at(-1) !== key) refs.push(key);
      }
      if (named.length > 0) continue;
      // The upstream found the record for one of the parents, but the record refers to no parent.
      for (const parent of naming.parentsAt(reading.resource)) {
        const relation = found.get(parent);
        if (relation?.state.kind === 'complete') found.set(parent, { ...relation, state: cutAt(key) });
      }
    }
  }

  function learnFanOut(question: Reverse, found: ReadonlyMap<Key, Relation>): void {
    figures.sawKeys([...found.keys()]);
    for (const [type, parents] of groupBy(found.keys(), typeOf)) {
      const name = `${question.asks} of ${type}`;
      const counts: number[] = [];
      let isShort = false;
      for (const parent of parents) {
        const { refs, state } = found.get(parent) ?? nothing;
        if (state.kind === 'complete') counts.push(refs.length);
        isShort ||= state.kind === 'cut';
      }
      if (isShort) figures.forgetChildren(name);
      else if (counts.length === parents.length) figures.sawChildren(name, counts);
    }
  }
}

/** Returns the state of each parent's list that lacks entries because they have no id. */
function lackingIn(pages: readonly Page[], question: Reverse, naming: Naming): Map<Key, State> {
  const lacking = new Map<Key, State>();
  for (const { resource, isIncluded } of pages.flatMap(({ unidentified }) => unidentified)) {
    if (isIncluded || (resource && resource.resourceType !== question.type)) continue;
    if (resource)
      for (const parent of naming.parentsAt(resource)) lacking.set(parent, cutAt(nameOf(resource)));
    else for (const parent of naming.parents) lacking.set(parent, cut('UNREADABLE_ENTRIES'));
  }
  return lacking;
}

function isLacking(relation: Relation | undefined): boolean {
  return relation !== undefined && isCutAs(relation.state, 'UNREADABLE_ENTRIES');
}

/**
 * @throws UPSTREAM_UNSUPPORTED if all references of an entry lead to other parents, or if the `self` link lacks the
 * parameter
 */
function refuseIfIgnored(question: Reverse, naming: Naming, page: Page): void {
  const isForeign = (child: FhirResource): boolean =>
    child.resourceType !== question.type || naming.namesOthersOnly(child);
  if (dropped(question.parameter, page) || page.resources.some(isForeign))
    throw ignored(`the search parameter "${question.parameter}" of ${question.type}`);
}
