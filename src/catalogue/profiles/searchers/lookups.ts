/** Searches for terms of any kind: all terms of one kind in one search, where the upstream takes several values. */
import type { TermWay } from '../../question/term.js';
import { isPmsError, type PmsError } from '../../../errors.js';
import { mustSplit } from '../../../fhir/client.js';
import { chunksThatFit, type SearchParameter } from '../../../fhir/search.js';
import { bundledWays, idsToRead, termSearches, waysToAny, type TermSearch } from '../../lookup/kinds.js';
import { mostCandidates } from '../../search/ways.js';
import type { Key } from '../../graph/key.js';
import type { TermFinds } from '../../known/known.js';
import { Spent } from '../ledger.js';
import { complete, type State } from '../../graph/relation.js';
import { earlier } from '../../graph/stale.js';
import { createAsk } from '../ask.js';
import { paged, readRecords, together, TooMany, type Records } from './candidates.js';
import { cut } from '../pages.js';
import type { Operation } from '../profile.js';

interface Found {
  readonly way: TermWay;
  readonly keys: readonly Key[];
  /** Undefined where the upstream has no such search. */
  readonly state: State | undefined;
  readonly staleSince?: Date | undefined;
}

/**
 * All that the searches of this upstream find for the terms.
 * @param readsMany whether several are read by their ids at once
 */
export async function findTerms(
  terms: readonly string[],
  at: Operation,
  readsMany: boolean,
): Promise<TermFinds | PmsError> {
  const { features } = at;
  try {
    const searched = await Promise.all(termSearches.map((search) => findBy(search, terms, at)));
    const closed: ReadonlySet<TermWay> = new Set(
      searched.filter(({ state }) => state === undefined).map(({ way }) => way),
    );
    const isNeeded = terms.flatMap(waysToAny).some((way) => ofProducts.has(way) && closed.has(way));
    const all = isNeeded ? await readAllProducts(at) : undefined;
    const gone = all?.state.kind === 'complete' ? [...ofProducts] : [];
    const open = new Set([
      ...searched.filter(({ state }) => state?.kind === 'complete').map(({ way }): TermWay => way),
      ...gone,
    ]);
    const ids = open.has('id') ? [] : idsToRead(terms, readsMany);
    const lacking = new Set([...closed].filter((way) => !open.has(way)));
    return {
      found: [...new Set([...ids, ...searched.flatMap(({ keys }) => keys), ...(all?.keys ?? [])])],
      open,
      lacking,
      staleSince: [...searched, ...(all ? [all] : [])]
        .map(({ staleSince }) => staleSince)
        .reduce(earlier, undefined),
      states: [...searched, ...(all ? [all] : [])].flatMap(({ state }) => state ?? []),
      looksInto:
        features.has('everything') &&
        terms.flatMap(waysToAny).some((way) => bundledWays.has(way) && lacking.has(way)),
    };
  } catch (error) {
    if (!isPmsError(error)) throw error;
    return error;
  }
}

/** What products tell themselves: where they are few enough, all of them are read instead. */
const ofProducts: ReadonlySet<TermWay> = new Set(['id', 'identifier', 'atc', 'name']);

/** Undefined where there are too many, or they cannot be listed. */
async function readAllProducts(at: Operation): Promise<Records | undefined> {
  if ((at.figures.products ?? 0) > mostCandidates) return undefined;
  try {
    const all = await readRecords(productType, [], mostCandidates, at, () => true);
    if (all.state.kind === 'complete') at.figures.sawProducts(all.keys.length);
    return all;
  } catch (error) {
    const isNoList = error instanceof TooMany || (isPmsError(error) && error.code === 'UPSTREAM_UNSUPPORTED');
    if (isNoList) return undefined;
    throw error;
  }
}

const productType = 'MedicinalProductDefinition';

async function findBy(search: TermSearch, terms: readonly string[], at: Operation): Promise<Found> {
  const { way, type, parameter } = search;
  const { features } = at;
  const values = [...new Set(terms.flatMap(search.values))];
  if (values.length === 0) return { way, keys: [], state: complete };
  const isOffered =
    way === 'name'
      ? features.evidence(`search ${type}?${parameter}`) !== 'refuted'
      : features.has(`search ${type}?${parameter}`);
  if (!isOffered) return { way, keys: [], state: undefined };
  const isContained = way === 'name' && !features.has('name-is-contains');
  const asked: Asked = (some) => ({
    name: parameter,
    ...(isContained ? { modifier: 'contains' as const } : {}),
    values: some,
  });
  try {
    return { way, ...(await readChunks(values, search, asked, at)) };
  } catch (error) {
    if (error instanceof Spent) return { way, keys: [], state: cut(error.reason) };
    if (!isPmsError(error) || error.code !== 'UPSTREAM_UNSUPPORTED') throw error;
    return { way, keys: [], state: undefined };
  }
}

type Asked = (some: readonly string[]) => SearchParameter;

async function readChunks(
  values: readonly string[],
  search: TermSearch,
  asked: Asked,
  at: Operation,
  splits = 0,
): Promise<Records> {
  const chunks = chunksOf(values, search, asked, at);
  return together(
    await Promise.all(
      chunks.map(async (chunk) => {
        try {
          return await readChunk(search, chunk, asked, at);
        } catch (error) {
          if (!mustSplit(error) || splits === mostSplits) throw error;
          return readChunks(chunk, search, asked, at, splits + 1);
        }
      }),
    ),
  );
}

/** How often a question is cut anew because it was too long for something on the way. */
const mostSplits = 12;

/** Several terms may find too much together, and each of them little. */
async function readChunk(
  search: TermSearch,
  values: readonly string[],
  asked: Asked,
  at: Operation,
): Promise<Records> {
  try {
    return await readRecords(search.type, [asked(values)], mostCandidates, at, () => true);
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    if (values.length === 1 || !search.findsMany) return { keys: [], state: cut('TOO_MANY') };
    const middle = Math.ceil(values.length / 2);
    const halves = [values.slice(0, middle), values.slice(middle)];
    return together(await Promise.all(halves.map((half) => readChunk(search, half, asked, at))));
  }
}

/** What EMA's API is known to take is one name; R5 takes several. */
function chunksOf(
  values: readonly string[],
  { type }: TermSearch,
  asked: Asked,
  at: Operation,
): readonly (readonly string[])[] {
  const ask = createAsk(at);
  if (!at.features.has('or')) return values.map((value) => [value]);
  return chunksThatFit(values, (some) => at.client.fits(type, ask.parameters(type, paged([asked(some)]))));
}
