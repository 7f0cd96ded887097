/**
 * Searches for terms of any kind. If the upstream supports several values, one search contains all terms of a kind.
 */
import type { TermWay } from '../../question/term.js';
import { isPmsError, type PmsError } from '../../../errors.js';
import { mustSplit } from '../../../fhir/client.js';
import { chunksThatFit, type SearchParameter } from '../../../fhir/search.js';
import {
  idsToRead,
  insideWays,
  isSubstanceName,
  recordsToRead,
  termSearches,
  type SubstanceCodes,
  type TermSearch,
} from '../../lookup/kinds.js';
import { namingsIn, termOf, type Naming, type Term } from '../../lookup/namings.js';
import { bestOf, isOpen, waysNeeded } from '../../lookup/openness.js';
import { nameTiers, wordsToSearch } from '../../lookup/words.js';
import { mostCandidates } from '../../search/ways.js';
import type { Key } from '../../graph/key.js';
import { isHeld, wayOfTerm, type Known, type TermFinds } from '../../known/known.js';
import { Spent } from '../ledger.js';
import { complete, type State, earlier } from '../../graph/relation.js';
import { createSearchSender } from '../search-sender.js';
import { paged, readRecords, together, TooMany, type Records } from './candidates.js';
import { cut } from '../pages.js';
import type { Operation } from '../profile.js';

interface Found {
  readonly way: TermWay;
  readonly keys: readonly Key[];
  /** Undefined if the upstream does not support this search. */
  readonly state: State | undefined;
  /** Terms with too many matches. */
  readonly tooMany: readonly string[];
  readonly staleSince?: Date | undefined;
}

/**
 * Returns all matches of the terms that the searches of this upstream find. If there are few products and some terms
 * need it, it also returns all products.
 * @param readsMany whether one request reads several records by id
 */
export async function findTerms(
  texts: readonly string[],
  at: Operation,
  readsMany: boolean,
): Promise<TermFinds | PmsError> {
  const { features, known, figures } = at;
  const codesOf: SubstanceCodes = (name) => figures.substances.codesOf(name);
  try {
    const terms = texts.map((text) => termOf(text, isSubstanceName(text) ? codesOf(text) : []));
    const first = await Promise.all(termSearches.map((search) => findBy(search, texts, codesOf, at)));
    const wanted = neededFor(terms, first, known);
    const isWanted = wanted.some((way) =>
      // A record that is read by its id also shows its product.
      way === 'record' ? !readsMany : ofProducts.has(way) || insideWays.has(way),
    );
    const all = isWanted ? await readAllProducts(at) : undefined;
    const isAll = all?.state.kind === 'complete';
    // A scan of all products also finds names that contain the words in another order.
    const searched = isAll ? first : [...first, ...(await findScattered(terms, first, at))];
    const ways = waysOf(searched);
    const open = new Set([...ways.open, ...(isAll ? ofProducts : [])]);
    const lacking = new Set([...ways.lacking].filter((way) => !open.has(way)));
    const parts = [...searched, ...(all ? [all] : [])];
    return {
      found: [
        ...new Set([
          ...(open.has('id') ? [] : idsToRead(texts, readsMany)),
          ...recordsToRead(texts),
          ...parts.flatMap(({ keys }) => keys),
        ]),
      ],
      open,
      lacking,
      tooMany: new Set([...ways.tooMany].filter((each) => !isAll || !isOfProducts(each))),
      codes: new Map(terms.map(({ text, codes }) => [text, [...codes]])),
      all: isAll ? all.keys : undefined,
      staleSince: parts.map(({ staleSince }) => staleSince).reduce(earlier, undefined),
      states: parts.flatMap(({ state }) => state ?? []),
      looksInto:
        features.has('everything') && neededFor(terms, searched, known).some((way) => insideWays.has(way)),
    };
  } catch (error) {
    if (!isPmsError(error)) throw error;
    return error;
  }
}

type Ways = Pick<TermFinds, 'open' | 'lacking' | 'tooMany'>;

function waysOf(searched: readonly Found[]): Ways {
  const closed = new Set(
    searched.filter(({ state }) => state?.kind !== 'complete' && !isTooMany(state)).map(({ way }) => way),
  );
  const open = searched.map(({ way }) => way).filter((way) => !closed.has(way) && !neverOpen.has(way));
  return {
    open: new Set(open),
    lacking: new Set(searched.filter(({ state }) => state === undefined).map(({ way }) => way)),
    tooMany: new Set(searched.flatMap(({ way, tooMany }) => tooMany.map((text) => wayOfTerm(way, text)))),
  };
}

/**
 * Kinds of terms that searches never find completely. For example, no search finds reference substances of strengths.
 */
const neverOpen: ReadonlySet<TermWay> = new Set(['substance', 'part']);

/** Whether the result is incomplete only because single terms have too many matches, which `tooMany` lists. */
function isTooMany(state: State | undefined): boolean {
  return state?.kind === 'cut' && state.reason === 'TOO_MANY';
}

/**
 * Kinds of terms that match product records themselves. If there are few products, all of them are read instead of a
 * search.
 */
const ofProducts: ReadonlySet<TermWay> = new Set(['id', 'identifier', 'atc', 'name']);

function isOfProducts(wayAndTerm: string): boolean {
  return [...ofProducts].some((way) => wayAndTerm.startsWith(wayOfTerm(way, '')));
}

/** Returns the kinds of terms that are still undecided after the searches. */
function neededFor(terms: readonly Term[], searched: readonly Found[], known: Known): readonly TermWay[] {
  const ways = waysOf(searched);
  return terms.flatMap((term) =>
    waysNeeded(term.text, bestIn(term, searched, known)).filter(
      (way) => way !== 'id' && !isOpen(way, term.text, ways),
    ),
  );
}

function bestIn(term: Term, searched: readonly Found[], known: Known): readonly Naming[] {
  const keys = new Set(searched.flatMap(({ keys: found }) => found));
  const named = [...keys].flatMap((key) => {
    const reading = known.reading(key);
    const [naming] = isHeld(reading) ? namingsIn(reading.resource, term) : [];
    return naming ? [{ naming }] : [];
  });
  return bestOf(named).map(({ naming }) => naming);
}

/** Reads all products; returns undefined if there are too many of them, or if they cannot be listed. */
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

async function findBy(
  search: TermSearch,
  terms: readonly string[],
  codesOf: SubstanceCodes,
  at: Operation,
): Promise<Found> {
  const { way, narrower } = search;
  const found = await findValues(search, terms, (term) => search.values(term, codesOf), at);
  const wide = found.tooMany.filter((term) => narrower && isNarrower(narrower(term), search, term));
  if (!narrower || wide.length === 0) return found;
  const narrow = await findValues(search, wide, narrower, at);
  const tooMany = [...found.tooMany.filter((term) => !wide.includes(term)), ...narrow.tooMany];
  const { keys, state, staleSince } = together([recordsOf(found), recordsOf(narrow)]);
  return {
    way,
    keys,
    state: tooMany.length === 0 && isTooMany(state) ? complete : state,
    tooMany,
    staleSince,
  };
}

function recordsOf({ keys, state = complete, staleSince }: Found): Records {
  return { keys, state, staleSince };
}

function isNarrower(values: readonly string[], search: TermSearch, term: string): boolean {
  const wide = search.values(term, () => []);
  return values.every((value) => !wide.includes(value));
}

/**
 * Finds names that contain the words in another order, or with other words between them. It searches by one word
 * after the other, until a word finds few enough names.
 */
async function findScattered(
  terms: readonly Term[],
  searched: readonly Found[],
  at: Operation,
): Promise<readonly Found[]> {
  const search = termSearches.find(({ way }) => way === 'name');
  const names = searched.find(({ way }) => way === 'name');
  if (!search || names?.state?.kind !== 'complete') return [];
  const words = new Map(
    terms.flatMap((term): readonly (readonly [string, readonly string[]])[] => {
      const [probe = ''] = search.values(term.text, () => []);
      const isNamed = bestIn(term, searched, at.known).some(({ tier }) => tier <= nameTiers.further);
      const given = isNamed ? [] : wordsToSearch(probe);
      return given.length > 0 ? [[term.text, given]] : [];
    }),
  );
  const found: Found[] = [];
  let open = [...words.keys()];
  for (let turn = 0; open.length > 0; turn += 1) {
    const values = (term: string): readonly string[] => words.get(term)?.slice(turn, turn + 1) ?? [];
    const left = open.filter((term) => values(term).length > 0);
    const each = await findValues(search, left, values, at);
    const isLast = each.tooMany.every((term) => words.get(term)?.[turn + 1] === undefined);
    // The next word may match fewer products.
    found.push(
      isLast ? each : { ...each, tooMany: [], state: isTooMany(each.state) ? complete : each.state },
    );
    open = isLast ? [] : [...each.tooMany];
  }
  return found;
}

async function findValues(
  search: TermSearch,
  terms: readonly string[],
  valuesOf: (term: string) => readonly string[],
  at: Operation,
): Promise<Found> {
  const { way, type, parameter } = search;
  const { features } = at;
  const values = [...new Set(terms.flatMap(valuesOf))];
  const nothing = { way, keys: [], tooMany: [] };
  if (values.length === 0) return { ...nothing, state: complete };
  const isOffered =
    way === 'name'
      ? features.evidence(`search ${type}?${parameter}`) !== 'refuted'
      : features.has(`search ${type}?${parameter}`);
  if (!isOffered) return { ...nothing, state: undefined };
  const isContained = way === 'name' && !features.has('name-is-contains');
  const asked: ParameterOf = (some) => ({
    name: parameter,
    ...(isContained ? { modifier: 'contains' as const } : {}),
    values: some,
  });
  try {
    const { tooMany, ...found } = await readChunks(values, search, asked, at);
    return {
      way,
      ...found,
      tooMany: terms.filter((term) => valuesOf(term).some((each) => tooMany.includes(each))),
    };
  } catch (error) {
    if (error instanceof Spent) return { ...nothing, state: cut(error.reason) };
    if (!isPmsError(error) || error.code !== 'UPSTREAM_UNSUPPORTED') throw error;
    return { ...nothing, state: undefined };
  }
}

type ParameterOf = (some: readonly string[]) => SearchParameter;

interface Chunk extends Records {
  /** Values with more matches than the service examines. */
  readonly tooMany: readonly string[];
}

function allOf(chunks: readonly Chunk[]): Chunk {
  return { ...together(chunks), tooMany: chunks.flatMap(({ tooMany }) => tooMany) };
}

async function readChunks(
  values: readonly string[],
  search: TermSearch,
  asked: ParameterOf,
  at: Operation,
  splits = 0,
): Promise<Chunk> {
  const chunks = chunksOf(values, search, asked, at);
  return allOf(
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

/** Maximum number of times that a search is split because a server or proxy refused its length. */
const mostSplits = 12;

/**
 * Searches by several values. If they match too many records together, the values are split in half and searched
 * again, because a single value may match few.
 */
async function readChunk(
  search: TermSearch,
  values: readonly string[],
  asked: ParameterOf,
  at: Operation,
): Promise<Chunk> {
  try {
    return {
      ...(await readRecords(search.type, [asked(values)], mostCandidates, at, () => true)),
      tooMany: [],
    };
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    if (values.length === 1 || !search.findsMany)
      return { keys: [], state: cut('TOO_MANY'), tooMany: values };
    const middle = Math.ceil(values.length / 2);
    const halves = [values.slice(0, middle), values.slice(middle)];
    return allOf(await Promise.all(halves.map((half) => readChunk(search, half, asked, at))));
  }
}

/**
 * Splits values into one group per search. EMA's API is known to accept only one name per search. R5 allows several.
 */
function chunksOf(
  values: readonly string[],
  { type }: TermSearch,
  asked: ParameterOf,
  at: Operation,
): readonly (readonly string[])[] {
  const ask = createSearchSender(at);
  if (!at.features.has('or')) return values.map((value) => [value]);
  return chunksThatFit(values, (some) => at.client.fits(type, ask.parameters(type, paged([asked(some)]))));
}
