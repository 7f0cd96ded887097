/** The route of an upstream that speaks R5 search: the children of many parents in one question, read to the last page. */
import { isPmsError, PmsError } from '../../errors.js';
import { isPostRefused } from '../../fhir/client.js';
import type { Page } from '../../fhir/bundle.js';
import { parseReference } from '../../fhir/reference.js';
import type { FhirResource, ResourceType } from '../../fhir/resources.js';
import { chunksThatFit, type SearchParameter, type SearchParameters } from '../../fhir/search.js';
import { questionOf } from '../follow.js';
import { groupBy } from '../group.js';
import { idOf, keyOf, typeOf, type Key } from '../key.js';
import { isHeld } from '../known.js';
import { LedgerSpent } from '../ledger.js';
import type { Reverse } from '../link.js';
import { nothing, type State } from '../relation.js';
import { dropped, ignored } from './ignored.js';
import { cut, readToEnd, unread } from './pages.js';
import { findProducts } from './products.js';
import type { Operation, Route } from './route.js';

/** Rows of child searches asked for on a page: servers with a lower maximum lower it, and say so by `next`. */
const pageSize = 500;

export function createSearchRoute(at: Operation): Route {
  const { client, known } = at;

  return {
    products: (search) =>
      findProducts(
        search,
        [
          ...(search.name === undefined
            ? []
            : [{ name: 'name', modifier: 'contains', values: [search.name] } as const]),
          ...(search.withTotal ? [{ name: '_total', values: ['accurate'] } as const] : []),
          { name: '_count', values: [search.first] },
        ],
        at,
      ),

    async children(question, parents) {
      if (question.kind === 'bundled') {
        for (const parent of parents) known.settleChildren(questionOf(question), parent, nothing);
        return;
      }
      await eachChunk(question.type, question.parameter, parents, async (chunk, parameters) => {
        const found = await searchToEnd(question.type, parameters, (page) =>
          refuseIfIgnored(question, chunk, page),
        );
        settleChildren(question, chunk, found);
      });
    },

    async read(reads) {
      const types = groupBy(reads.keys(), typeOf);
      await Promise.all([...types].map(([type, ofType]) => readOfType(type, ofType)));
    },
  };

  /** Sends one search for as many values as a request takes, and several at once where one does not take them all. */
  async function eachChunk(
    type: ResourceType,
    name: SearchParameter['name'],
    values: readonly Key[],
    ask: (chunk: readonly Key[], parameters: SearchParameters) => Promise<void>,
  ): Promise<void> {
    const parameters = (chunk: readonly Key[]): SearchParameters => [
      { name, values: name === '_id' ? chunk.map(idOf) : chunk },
      { name: '_count', values: [pageSize] },
    ];
    const chunks = chunksThatFit(values, (chunk) => client.fits(type, parameters(chunk)));
    await Promise.all(
      chunks.map(async (chunk) => {
        try {
          await ask(chunk, parameters(chunk));
        } catch (error) {
          if (!isPostRefused(error)) throw error;
          await eachChunk(type, name, chunk, ask);
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
    parameters: SearchParameters,
    check: (page: Page) => void,
  ): Promise<Found> {
    const pages: Page[] = [];
    try {
      const first = await client.search(type, parameters);
      const state = await readToEnd(first, at, (page) => {
        check(page);
        pages.push(page);
      });
      return { pages, state };
    } catch (error) {
      if (error instanceof LedgerSpent) return { pages, state: cut('BUDGET') };
      if (!isPmsError(error) || isPostRefused(error)) throw error;
      return { pages: [], state: { kind: 'failed', error } };
    }
  }

  function settleChildren(question: Reverse, parents: readonly Key[], { pages, state }: Found): void {
    const children = new Map<Key, Set<Key>>(parents.map((parent) => [parent, new Set()]));
    const byId = groupBy(parents, idOf);
    const keys = new Set<Key>();
    for (const page of pages) {
      for (const resource of page.resources) keys.add(known.hold(resource, page));
      for (const resource of page.included) known.hold(resource, page);
    }
    for (const key of keys) {
      // Of a record that came twice the newer copy says where it belongs.
      const reading = known.reading(key);
      if (!isHeld(reading)) continue;
      for (const parent of parentsNamed(question, reading.resource, byId)) children.get(parent)?.add(key);
    }
    for (const [parent, refs] of children) {
      known.settleChildren(questionOf(question), parent, { refs: [...refs], unresolved: [], state });
    }
  }

  async function readOfType(type: ResourceType, keys: readonly Key[]): Promise<void> {
    const [only] = keys;
    if (only !== undefined && keys.length === 1 && type === 'MedicinalProductDefinition')
      return readOne(only);
    await eachChunk(type, '_id', keys, async (chunk, parameters) => {
      const asked = new Set(chunk);
      const { pages, state } = await searchToEnd(type, parameters, (page) => refuseIfOthers(asked, page));
      for (const page of pages) for (const resource of page.resources) known.hold(resource, page);
      for (const key of chunk) known.settleReading(key, whyMissing(state));
    });
  }

  async function readOne(key: Key): Promise<void> {
    try {
      const found = await client.read(typeOf(key), idOf(key));
      if (found) known.hold(found.resource, found);
      else known.settleReading(key, 'absent');
    } catch (error) {
      if (!isPmsError(error)) throw error;
      known.settleReading(key, unread(error));
    }
  }
}

/** What a search that was read to its end does not have does not exist; else that is not known. */
function whyMissing(state: State): 'absent' | PmsError {
  if (state.kind === 'complete') return 'absent';
  return state.kind === 'failed' ? state.error : unread(new LedgerSpent());
}

/** @throws UPSTREAM_UNSUPPORTED when an entry names other parents only, or `self` shows that the parameter was dropped */
function refuseIfIgnored(question: Reverse, parents: readonly Key[], page: Page): void {
  const refusal = (): PmsError => ignored(`which ${question.type} belongs to what`);
  if (dropped(question.parameter, page.self)) throw refusal();
  const byId = groupBy(parents, idOf);
  for (const resource of page.resources) {
    if (resource.resourceType !== question.type) throw refusal();
    const references = question
      .names(resource)
      .map((reference) => parseReference(reference, question.parents));
    const allResolve = references.length > 0 && references.every(({ kind }) => kind === 'literal');
    if (allResolve && parentsNamed(question, resource, byId).length === 0) throw refusal();
  }
}

function refuseIfOthers(asked: ReadonlySet<Key>, page: Page): void {
  const isForeign = page.resources.some((resource) => !asked.has(keyOf(resource)));
  if (isForeign || dropped('_id', page.self)) throw ignored('which records were asked for');
}

/** The parents, of those asked for, that a child names. A bare id is taken for any parent that has it. */
function parentsNamed(
  question: Reverse,
  child: FhirResource,
  byId: ReadonlyMap<string, readonly Key[]>,
): readonly Key[] {
  return question.names(child).flatMap((reference) => {
    const named = parseReference(reference, question.parents);
    if (named.kind !== 'literal' && named.kind !== 'untyped') return [];
    const candidates = byId.get(named.id) ?? [];
    return named.kind === 'untyped' ? candidates : candidates.filter((key) => typeOf(key) === named.type);
  });
}
