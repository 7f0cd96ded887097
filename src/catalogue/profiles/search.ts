/** The profile of an upstream that speaks R5 search: the children of many parents in one question, read to the last page. */
import { isPmsError, PmsError } from '../../errors.js';
import { mustSplit } from '../../fhir/client.js';
import type { Page } from '../../fhir/bundle.js';
import { isFhirId } from '../../fhir/reference.js';
import type { FhirResource, ResourceType } from '../../fhir/resources.js';
import { chunksThatFit, type SearchParameterName } from '../../fhir/search.js';
import { idSearch } from '../lookup/kinds.js';
import { groupBy } from '../graph/group.js';
import { idOf, typeOf, type Key } from '../graph/key.js';
import { isHeld, type Missing } from '../known/known.js';
import { Spent } from './ledger.js';
import type { Reverse } from '../graph/link.js';
import {
  complete,
  cutRelation,
  failedRelation,
  nothing,
  type Relation,
  type State,
} from '../graph/relation.js';
import { staleSince } from '../graph/stale.js';
import { dropped, ignored } from './ignored.js';
import { createAsk } from './ask.js';
import { createNaming, type Naming } from './naming.js';
import { cut, cutAt, isCutAs, readToEnd, unread } from './pages.js';
import { bringing, findProducts } from './products.js';
import { refuseIfOthers, unaskable, whyMissing, withoutDoubt } from './reading.js';
import type { Operation, Profile } from './profile.js';
import { findTerms } from './lookups.js';

/** Rows of child searches asked for on a page: servers with a lower maximum lower it, and say so by `next`. */
const pageSize = 500;
/** How often a question is cut anew because it was too long for something on the way. */
const mostSplits = 12;

export function createSearchProfile(at: Operation): Profile {
  const { client, known, features, figures } = at;
  const ask = createAsk(at);

  return {
    products: (search) => findProducts(search, at),
    brings: () => bringing(at),
    terms: (terms) => findTerms(terms, at, features.has(idSearch)),

    async children(question, parents) {
      if (question.kind === 'bundled') return new Map(parents.map((parent) => [parent, nothing]));
      const found = new Map<Key, Relation>();
      for (const parent of parents)
        if (!isFhirId(idOf(parent))) found.set(parent, cutRelation([], 'UNREADABLE_ENTRIES', parent));
      const asked = parents.filter((parent) => !found.has(parent));
      await eachChunk(question.type, question.parameter, asked, async (chunk) => {
        const naming = createNaming(question, chunk);
        const answer = await searchToEnd(question.type, question.parameter, chunk, (page) =>
          refuseIfIgnored(question, naming, page),
        );
        relate(chunk, question, naming, answer, found);
      });
      learnFanOut(question, found);
      return found;
    },

    async read(reads) {
      const missing = new Map<Key, Missing>();
      for (const key of reads.keys()) if (!isFhirId(idOf(key))) missing.set(key, unaskable(key));
      const asked = [...reads.keys()].filter((key) => !missing.has(key));
      const types = groupBy(asked, typeOf);
      await Promise.all([...types].map(([type, keys]) => readOfType(type, keys, missing)));
      return missing;
    },
  };

  /** Sends one search for as many values as a request takes, and several at once where one does not take them all. */
  async function eachChunk(
    type: ResourceType,
    name: SearchParameterName,
    keys: readonly Key[],
    send: (chunk: readonly Key[]) => Promise<void>,
    splits = 0,
  ): Promise<void> {
    const takesMany = features.evidence('or') !== 'refuted';
    const chunks = takesMany
      ? chunksThatFit(keys, (chunk) => client.fits(type, ask.parameters(type, valueOf(name, chunk))))
      : keys.map((key) => [key]);
    await Promise.all(
      chunks.map(async (chunk) => {
        try {
          await send(chunk);
        } catch (error) {
          if (!mustSplit(error) || splits === mostSplits) throw error;
          if (error.status !== undefined && [403, 404, 405, 501].includes(error.status))
            features.note('post-search', 'refuted');
          await eachChunk(type, name, chunk, send, splits + 1);
        }
      }),
    );
  }

  interface Found {
    readonly pages: readonly Page[];
    readonly state: State;
  }

  async function searchToEnd(
    type: ResourceType,
    name: SearchParameterName,
    chunk: readonly Key[],
    check: (page: Page) => void,
  ): Promise<Found> {
    const pages: Page[] = [];
    if (!features.has(`search ${type}?${name}`))
      return { pages, state: { kind: 'failed', error: notSearchable(type) } };
    try {
      const state = await readToEnd(
        () => ask.search(type, valueOf(name, chunk)),
        at,
        (page) => {
          check(page);
          figures.sawPage(page.resources.length, pageSize, page.next === undefined);
          pages.push(page);
        },
      );
      features.note(`search ${type}?${name}`, 'seen');
      const found = (): number =>
        new Set(pages.flatMap(({ resources }) => resources.map(({ id }) => id))).size;
      return { pages, state: await withoutDoubt(state, found, at, type, valueOf(name, chunk)) };
    } catch (error) {
      if (error instanceof Spent) return { pages, state: cut(error.reason) };
      if (!isPmsError(error) || mustSplit(error)) throw error;
      ask.learnFrom(error, type, name);
      return { pages: [], state: { kind: 'failed', error } };
    }
  }

  /** Tells of each parent which of the records name it that came. */
  function relate(
    parents: readonly Key[],
    question: Reverse,
    naming: Naming,
    { pages, state }: Found,
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
    // A record without an id is missing from the lists of its own parents alone.
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
      // Of a record that came twice the newer copy says where it belongs.
      const reading = known.reading(key);
      if (!isHeld(reading)) continue;
      for (const parent of naming.parentsOf(reading.resource)) {
        const refs = children.get(parent);
        if (refs && refs.at(-1) !== key) refs.push(key);
      }
    }
  }

  function lackingIn(pages: readonly Page[], question: Reverse, naming: Naming): Map<Key, State> {
    const lacking = new Map<Key, State>();
    for (const { resource, isIncluded } of pages.flatMap(({ unidentified }) => unidentified)) {
      if (isIncluded || resource.resourceType !== question.type) continue;
      for (const parent of naming.parentsAt(resource)) lacking.set(parent, cutAt(resource));
    }
    return lacking;
  }

  function learnFanOut(question: Reverse, found: ReadonlyMap<Key, Relation>): void {
    figures.sawKeys([...found.keys()]);
    for (const [type, parents] of groupBy(found.keys(), typeOf)) {
      const relations = parents.flatMap((parent) => found.get(parent) ?? []);
      const name = `${question.asks} of ${type}`;
      const isShort = relations.some(({ state }) => state.kind === 'cut');
      if (isShort) figures.forgetChildren(name);
      else if (relations.every(({ state }) => state.kind === 'complete'))
        figures.sawChildren(
          name,
          relations.map(({ refs }) => refs.length),
        );
    }
  }

  async function readOfType(
    type: ResourceType,
    keys: readonly Key[],
    missing: Map<Key, Missing>,
  ): Promise<void> {
    const [only] = keys;
    const isOne = keys.length === 1 && type === 'MedicinalProductDefinition' && features.has('read');
    if (isOne && only !== undefined && (await readOne(only, missing))) return;
    if (!features.has(`search ${type}?_id`) && features.has('read'))
      return readEach(await unseenOf(keys, missing), missing);
    await eachChunk(type, '_id', keys, async (chunk) => {
      const ids = new Set(chunk.map(idOf));
      const { pages, state } = await searchToEnd(type, '_id', chunk, (page) =>
        refuseIfOthers(type, ids, page),
      );
      for (const page of pages) for (const resource of page.resources) known.hold(resource, page);
      for (const key of chunk) if (!isHeld(known.reading(key))) missing.set(key, whyMissing(state));
    });
  }

  /** Without those that were seen in a product's bundle: there they are found again, and hardly by themselves. */
  async function unseenOf(keys: readonly Key[], missing: Map<Key, Missing>): Promise<readonly Key[]> {
    if (!features.has('everything')) return keys;
    const seen = await at.whereabouts.find(keys);
    for (const key of seen.keys()) missing.set(key, notSearchable(typeOf(key)));
    return keys.filter((key) => !seen.has(key));
  }

  /** One by one, where no search takes ids; what is not found may be of a type that is not read like that. */
  async function readEach(keys: readonly Key[], missing: Map<Key, Missing>): Promise<void> {
    await Promise.all(
      keys.map(async (key) => {
        await readOne(key, missing);
        const isTold = typeOf(key) === 'MedicinalProductDefinition' && features.isProven('read');
        if (missing.get(key) === 'absent' && !isTold) missing.set(key, notSearchable(typeOf(key)));
      }),
    );
  }

  /** Whether that settles it: where nothing was ever read by its id, that it is not found says nothing. */
  async function readOne(key: Key, missing: Map<Key, Missing>): Promise<boolean> {
    try {
      const found = await client.read(typeOf(key), idOf(key));
      if (found) {
        known.hold(found.resource, found);
        if (typeOf(key) === 'MedicinalProductDefinition') features.note('read', 'seen');
      } else missing.set(key, 'absent');
      return found !== undefined || features.isProven('read');
    } catch (error) {
      if (!isPmsError(error)) throw error;
      missing.set(key, unread(error));
      return error.code !== 'UPSTREAM_UNSUPPORTED';
    }
  }
}

function valueOf(
  name: SearchParameterName,
  keys: readonly Key[],
): readonly {
  readonly name: SearchParameterName;
  readonly values: readonly (string | number)[];
}[] {
  return [
    { name, values: name === '_id' ? keys.map(idOf) : keys },
    { name: '_count', values: [pageSize] },
  ];
}

function notSearchable(type: ResourceType): PmsError {
  return new PmsError('UPSTREAM_UNSUPPORTED', `The upstream cannot be searched for ${type} in this way.`);
}

/** @throws UPSTREAM_UNSUPPORTED when an entry names other parents only, or `self` shows that the parameter was dropped */
function refuseIfIgnored(question: Reverse, naming: Naming, page: Page): void {
  const isForeign = (child: FhirResource): boolean =>
    child.resourceType !== question.type || naming.namesOthersOnly(child);
  if (dropped(question.parameter, page) || page.resources.some(isForeign))
    throw ignored(`which ${question.type} belongs to what`);
}
