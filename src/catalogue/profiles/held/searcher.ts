/** The searcher of the index. It finds products by any filter field, in any sort order, and by terms of any kind. */
import { isPmsError, PmsError } from '../../../errors.js';
import type { Coverage } from '../../../search-index/coverage.js';
import type { IndexMatches, IndexPlace, PlaceOrder } from '../../../search-index/query.js';
import type { ClientIndex, SearchIndex } from '../../../search-index/search-index.js';
import { resourceKey } from '../../../fhir/reference.js';
import { idKeyOf, isSubstanceName } from '../../lookup/kinds.js';
import { codesIn, foldingsOf, termOf, type Term } from '../../lookup/namings.js';
import { partsToFind } from '../../lookup/words.js';
import { namesOf } from '../../search/judge.js';
import { directSearch, isOrderedHere, mostCandidates } from '../../search/ways.js';
import { idOf, isHashed, type Key } from '../../graph/key.js';
import { complete, untold, type State } from '../../graph/relation.js';
import { keyOfSubstance } from '../../graph/substance-key.js';
import {
  isHeld,
  wayOfTerm,
  type Known,
  type RootList,
  type TermFinds,
  type ValuePage,
} from '../../known/known.js';
import type { ValueQuestion, Position, ProductSearch } from '../../question/selection.js';
import { indexName, indexQuestion, leadsToProducts, type IndexQuestions } from '../../question/to-index.js';
import type { TermWay } from '../../question/term.js';
import type { OpenSearcher, Searcher } from '../searchers/searcher.js';
import type { Population } from '../foreseen.js';
import type { Operation } from '../profile.js';
import type { BringProducts, BringRows } from './bring.js';
import { findChanges } from './changes.js';
import { recordToken, termToken, untoldTermOf, wordToken } from './tokens.js';

const productType = 'MedicinalProductDefinition';

export interface IndexSearcherOptions {
  readonly index: Pick<SearchIndex, 'askedBy' | 'coverage' | 'fault'>;
  /** Milliseconds during which products of the index are used while the upstream is available. */
  readonly maxAgeMs: number;
  /** Milliseconds during which products of the index count as fresh. */
  readonly freshMs: number;
  /** Whether the index rows have the form that this version of the program reads. */
  readonly isTold: () => boolean;
}

/**
 * Creates the searcher of the index. If the index contains all products, it answers searches in place of the
 * upstream. The exception is a search that the upstream can answer directly, because its results are more recent.
 */
export function createIndexSearcher({ index, maxAgeMs, freshMs, isTold }: IndexSearcherOptions): Searcher {
  const isWhole = (): boolean => isTold() && index.coverage.complete && ageOf(index.coverage) <= maxAgeMs;
  return {
    name: indexName,
    // While the database of the index cannot be used, searches that only the index supports fail with its error.
    supports: ({ called }) =>
      called === undefined ? isTold() && index.coverage.products > 0 : isTold() || index.fault !== undefined,
    // If freshness is 0, every search that the upstream can answer goes to the upstream.
    isPreferred: (search, { features }) =>
      search?.called === undefined &&
      freshMs > 0 &&
      isWhole() &&
      // A search by `ids` without a sort order lists the products in the order of the ids. The upstream's searcher does
      // this, and takes the records from the index if possible.
      (!search ||
        ((!search.filter.ids || search.sort !== undefined) &&
          (isOrderedHere(search) || directSearch(search, features) === undefined))),
    priceProducts: ({ first }) => [{ ...heldProducts(first, first), isHeld: freshMs > 0 }],
    priceValue: (question, first) => (leadsToProducts(question) ? [heldProducts(first, first)] : []),
    priceTerms: (terms) => [heldProducts(terms.length, mostCandidates)],
    open: (at) =>
      openSearcher(at, index.askedBy(at.askedBy), isWhole, {
        since: () => index.coverage.since,
        oldSince: () => staleSince(index.coverage, freshMs),
      }),
  };
}

/** The products come from the index. Neither they nor their details need upstream requests. */
function heldProducts(usual: number, most: number): Population {
  return { name: 'held', type: productType, usual, most, wave: 1, inHand: true, isHeld: true };
}

function openSearcher(
  { known, figures, bring, bringRows, onHeld }: Operation,
  index: ClientIndex,
  isWhole: () => boolean,
  { since, oldSince }: Readonly<Record<'since' | 'oldSince', () => Date | undefined>>,
): OpenSearcher {
  const finding = { index, bring, bringRows, isWhole, known, oldSince };
  /** Returns an error of the index as a value, so that only fields that need the index fail. */
  async function orError<Found>(find: () => Promise<Found | PmsError>): Promise<Found | PmsError> {
    try {
      const found = await find();
      if (!isPmsError(found)) onHeld(since());
      return found;
    } catch (error) {
      if (isPmsError(error)) return error;
      throw error;
    }
  }
  return {
    products: (search) => orError(() => (search.called ? findCalled : findRows)(search, finding)),
    terms: (texts) => orError(() => findTerms(texts, { ...finding, figures })),
    value: (question) => orError(() => answer(question, finding)),
  };
}

/** @throws UPSTREAM_UNSUPPORTED if the query is of an unknown kind */
async function answer(question: ValueQuestion, finding: ValueFinding): Promise<ValuePage> {
  const { index, isWhole } = finding;
  const asked = indexQuestion(question);
  switch (asked?.name) {
    case 'substances':
      return substances(asked.query, finding);
    case 'facets': {
      const { called, ...query } = asked.query;
      const facets = await index.facets({ ...query, ...called });
      await index.current();
      return { ...valuesOf(facets, isWhole()), staleSince: finding.oldSince() };
    }
    case 'suggestions':
      // Suggestions are never exhaustive, so they always count as complete.
      return valuesOf(await index.suggest(asked.query), true);
    case 'changes':
      return findChanges(asked.query, finding);
    default:
      throw new PmsError('UPSTREAM_UNSUPPORTED', 'The index of products does not support this query.');
  }
}

type ValueFinding = Pick<Finding, 'index' | 'isWhole' | 'oldSince' | 'known' | 'bringRows'>;

async function substances(
  query: IndexQuestions['substances'],
  { index, isWhole, oldSince }: Pick<ValueFinding, 'index' | 'isWhole' | 'oldSince'>,
): Promise<ValuePage> {
  const matches = await index.substances(query);
  // The coverage is read after the search, because another process may have deleted products that the search found.
  await index.current();
  const { rows, hasNext, total } = matches;
  const state = stateOf(matches, isWhole());
  return {
    kind: 'page',
    rows: rows.map((row) => ({ key: keyOfSubstance(row.told) ?? '', value: row, place: row.place })),
    hasNext,
    total: state.kind === 'complete' ? total : null,
    state,
    staleSince: oldSince(),
  };
}

function valuesOf(values: readonly unknown[], isWhole: boolean): ValuePage {
  const rows = values.map((value) => ({ key: '', value, place: undefined }));
  return { kind: 'page', rows, hasNext: false, total: null, state: stateOf({ untold: 0 }, isWhole) };
}

interface Finding {
  readonly index: ClientIndex;
  readonly bring: BringProducts;
  readonly bringRows: BringRows;
  readonly isWhole: () => boolean;
  readonly known: Known;
  /** Returns the time at which the index was last complete and current, if that state is no longer fresh. */
  readonly oldSince: () => Date | undefined;
}

/**
 * Returns the time at which the index was last complete and current, if that state is no longer fresh. Products may
 * have changed since then.
 */
function staleSince(coverage: Coverage, freshMs: number): Date | undefined {
  return ageOf(coverage) >= freshMs ? coverage.since : undefined;
}

function ageOf({ since }: Coverage): number {
  return since ? Date.now() - since.getTime() : Number.POSITIVE_INFINITY;
}

async function findRows(
  search: ProductSearch,
  { index, bringRows, isWhole, known, oldSince }: Finding,
): Promise<RootList | PmsError> {
  const { filter, except, sort, first, after, withTotal } = search;
  const matches = await index.find({
    filter,
    first,
    ...(except !== undefined && { except: idOf(except) }),
    ...(sort && { sort }),
    ...(after && { after: placeOf(after) }),
  });
  await index.current();
  const { rows, total, hasNext, isPlaceLost, stranger } = matches;
  if (stranger) return unknown(stranger);
  if (isPlaceLost) return placeLost();
  const all = rows.map(({ id, order }) => ({ key: resourceKey(productType, id), order }));
  await bringRows(all.map(({ key }) => key));
  const found = all.filter(({ key }) => isHeld(known.reading(key)));
  // If a row has no record, the record was deleted in the meantime or is damaged.
  const state = stateOf(matches, isWhole() && found.length === all.length);
  const isCounted = withTotal && state.kind === 'complete';
  return {
    refs: found.map(({ key }) => key),
    positions: found.map((row) => positionAfter(row, sort)),
    hasNext: hasNext && found.length > 0,
    total: isCounted ? total : null,
    state,
    staleSince: oldSince(),
  };
}

/**
 * Finds products by the words that people use for them. Each row states why it matched, and which products are
 * grouped into it.
 */
async function findCalled(
  search: ProductSearch,
  { index, bringRows, isWhole, known, oldSince }: Finding,
): Promise<RootList | PmsError> {
  const { filter, sort, first, after, called, withTotal } = search;
  const { text, typos = true, collapse } = called ?? {};
  const matches = await index.search({
    filter,
    first,
    typos,
    ...(text !== undefined && { text }),
    ...(collapse && { collapse }),
    ...(sort && { sort }),
    ...(after && { after: placeOf(after) }),
  });
  await index.current();
  const { total, hasNext, isPlaceLost, stranger, didYouMean } = matches;
  if (stranger) return unknown(stranger);
  if (isPlaceLost) return placeLost();
  const all = matches.rows.map(({ id, order, folded, match }) => ({
    key: resourceKey(productType, id),
    order,
    folded: folded.map((each): Key => resourceKey(productType, each)),
    match,
  }));
  await bringRows(all.flatMap(({ key, folded }) => [key, ...folded]));
  const rows = all.filter(({ key }) => isHeld(known.reading(key)));
  const state = stateOf(matches, isWhole() && rows.length === all.length);
  return {
    refs: rows.map(({ key }) => key),
    positions: rows.map((row) => positionAfter(row, sort)),
    hasNext: hasNext && rows.length > 0,
    total: withTotal && state.kind === 'complete' ? total : null,
    state,
    staleSince: oldSince(),
    called: {
      matches: rows.map(({ match }) => match),
      folded: rows.map(({ folded }) => folded),
      products: total,
      didYouMean,
    },
  };
}

/**
 * Returns the cursor position after a row. The position contains the row's sort value. If the list changes, the next
 * page continues from that value.
 */
function positionAfter(
  { key, order }: { readonly key: Key; readonly order: PlaceOrder },
  sort: ProductSearch['sort'],
): Position {
  const last = { brings: '', link: '', skip: 0, last: key, order };
  return sort ? { ...last, language: sort.language } : last;
}

/** If the cursor contains only a hash of the id, the sort value cannot be used. */
function placeOf({ last, order }: Position): IndexPlace {
  return { id: idOf(last), order: isHashed(last) ? undefined : order };
}

function stateOf({ untold: count }: Pick<IndexMatches, 'untold'>, isWhole: boolean): State {
  if (!isWhole) return { kind: 'cut', reason: 'NOT_ALL_HELD' };
  return count > 0 ? { ...untold, count } : complete;
}

function placeLost(): PmsError {
  return new PmsError(
    'BAD_CURSOR',
    'The row that this cursor points to no longer exists. Start the list again without "after".',
  );
}

function unknown(parts: NonNullable<IndexMatches['stranger']>): PmsError {
  return new PmsError(
    'BAD_USER_INPUT',
    `${namesOf(parts)} matches no term that this service knows, and none of the products that it checked. Check the spelling, or give the code.`,
  );
}

/**
 * The kinds of terms that match a product record itself. Terms of other kinds match the records that belong to the
 * product.
 */
const ownWays: readonly TermWay[] = ['id', 'identifier', 'atc', 'name'];
/**
 * The kinds of terms that the index finds completely, because its rows contain every such number. Bar codes and
 * substances, for instance, match in other forms too.
 */
const toldWays: readonly TermWay[] = [...ownWays, 'part', 'record'];
const allWays: readonly TermWay[] = [
  ...ownWays,
  'authorization',
  'procedure',
  'package',
  'carrier',
  'substance',
  'part',
  'record',
];

async function findTerms(
  texts: readonly string[],
  { index, bring, isWhole, known, figures, oldSince }: Finding & { readonly figures: Operation['figures'] },
): Promise<TermFinds> {
  const found = new Set<Key>();
  const bearing = new Set<Key>();
  const tooMany = new Set<string>();
  const codes = new Map<string, readonly string[]>();
  const untold = await productsUntold(index);
  await bring(untold.keys, Number.POSITIVE_INFINITY);
  for (const key of untold.keys) {
    found.add(key);
    if (known.bundle(key)) bearing.add(key);
  }
  for (const text of texts) {
    const own = isSubstanceName(text) ? figures.substances.codesOf(text) : [];
    const term = termOf(text, own);
    const first = await productsNamed(term, index);
    await bring(first.keys, Number.POSITIVE_INFINITY);
    // A record with the name of the substance may also state its code. The code then finds further records.
    const told = codesToldBy(first.keys, term, known);
    const more = told.length > 0 ? await productsNamed(termOf(text, [...own, ...told]), index) : first;
    await bring(more.keys, Number.POSITIVE_INFINITY);
    for (const key of more.keys) found.add(key);
    for (const key of more.bearing) if (known.bundle(key)) bearing.add(key);
    codes.set(text, [...own, ...told]);
    // A name without letters and digits contains no words that can be searched.
    if (term.name && partsToFind(term.name).length === 0) tooMany.add(wayOfTerm('name', text));
    for (const way of more.isCut ? allWays : untold.cut) tooMany.add(wayOfTerm(way, text));
  }
  await index.current();
  const keys = [...found].filter((key) => isHeld(known.reading(key)));
  const isAll = isWhole();
  return {
    found: keys,
    all: isAll ? keys : undefined,
    bearing: [...bearing],
    open: new Set(isAll ? toldWays : []),
    lacking: new Set(),
    tooMany,
    codes,
    states: [complete],
    looksInto: true,
    staleSince: oldSince(),
  };
}

/** Maximum number of products with unreadable names or numbers that are checked for terms. */
const mostUntold = 50;

interface Untold {
  readonly keys: readonly Key[];
  /** The kinds of terms for which there are more unreadable products than this limit. */
  readonly cut: readonly TermWay[];
}

/** Returns the products whose names or numbers cannot be read. They may match any term of that kind. */
async function productsUntold(index: ClientIndex): Promise<Untold> {
  const of = (ways: readonly TermWay[]): Promise<readonly string[]> =>
    index.bearing([{ kind: termToken, values: ways.map(untoldTermOf) }], mostUntold);
  const keysOf = (ids: readonly string[]): readonly Key[] => ids.map((id) => resourceKey(productType, id));
  const ids = await of(allWays);
  if (ids.length <= mostUntold) return { keys: keysOf(ids), cut: [] };
  const byWay = await Promise.all(allWays.map(async (way) => ({ way, ids: await of([way]) })));
  const whole = byWay.filter((each) => each.ids.length <= mostUntold);
  const cut = byWay.flatMap((each) => (each.ids.length > mostUntold ? [each.way] : []));
  return { keys: keysOf([...new Set(whole.flatMap((each) => each.ids))]), cut };
}

interface Named {
  readonly keys: readonly Key[];
  /** The products in which the term is a complete value, not words in a name. */
  readonly bearing: readonly Key[];
  readonly isCut: boolean;
}

async function productsNamed(term: Term, index: ClientIndex): Promise<Named> {
  const words = term.name ? partsToFind(term.name) : [];
  const [byFolding, byId, byName] = await Promise.all([
    index.bearing([{ kind: termToken, values: foldingsOf(term) }], mostCandidates),
    term.key === undefined ? [] : index.bearing([{ kind: recordToken, values: [term.key] }], mostCandidates),
    words.length > 0
      ? index.bearing(
          words.map(({ word, isBeginning }) => ({ kind: wordToken, values: [word], isBeginning })),
          mostCandidates,
        )
      : [],
  ]);
  const bearing = [...byFolding, ...byId].map((each): Key => resourceKey(productType, each));
  const ids = new Set([...byFolding, ...byId, ...byName]);
  const id = idKeyOf(term.text);
  const keys = [...ids].map((each): Key => resourceKey(productType, each));
  const isCut = keys.length > mostCandidates;
  const all = [...new Set([...(id === undefined ? [] : [id]), ...keys.slice(0, mostCandidates)])];
  return { keys: all, bearing: bearing.filter((each) => all.includes(each)), isCut };
}

function codesToldBy(products: readonly Key[], term: Term, known: Known): readonly string[] {
  if (term.substance === undefined) return [];
  const codes = products.flatMap((product) =>
    [...(known.bundle(product)?.keys ?? [])].flatMap((key) => {
      const reading = known.reading(key);
      return isHeld(reading) ? codesIn(reading.resource, term) : [];
    }),
  );
  return [...new Set(codes)].filter((code) => !term.codes.has(code));
}
