/**
 * Fetches the candidates of a product search: records whose products contain all results. It uses the search that
 * finds the fewest records.
 */
import { isPmsError, type PmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import { unlessOdd } from '../../../fhir/elements.js';
import type { Test } from '../../../facts/fact.js';
import type { Verdict } from '../../../facts/verdict.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { chunksThatFit, type SearchParameters } from '../../../fhir/search.js';
import type { Finding } from '../../search/pushes.js';
import { namesOf } from '../../search/judge.js';
import { tooMany } from '../../search/matches.js';
import { criteriaOf, isName, mostCandidates, type Driver } from '../../search/ways.js';
import { keyOf, type Key } from '../../graph/key.js';
import type { Candidates } from '../../known/known.js';
import { Spent } from '../ledger.js';
import { complete, type State, earlier, staleSince } from '../../graph/relation.js';
import type { ProductSearch } from '../../question/selection.js';
import { createSearchSender } from '../search-sender.js';
import { checkOf, dropped, ignored } from '../ignored.js';
import { cut } from '../pages.js';
import { readSurely } from '../reading.js';
import { notSearchable as notSearchableType } from '../search/chunks.js';
import type { Operation } from '../profile.js';

const productType = 'MedicinalProductDefinition';
const pageSize = 500;
/**
 * Maximum number of records that are read to find candidate products. A product has several such records, one for
 * each package, item and so on.
 */
const mostFound = 4 * mostCandidates;

/** Thrown if a search finds more records than the service examines. Then another search for candidates is tried. */
export class TooMany extends Error {}

/**
 * Returns the result of the first search for candidates that works and does not find too many records. If it finds
 * nothing, but records may use another spelling, the next search is tried.
 */
export async function findCandidates(
  search: ProductSearch,
  drivers: readonly Driver[],
  at: Operation,
): Promise<Candidates | PmsError> {
  let refusal: PmsError | undefined;
  let isTooMany = false;
  let unfound: Candidates | undefined;
  for (const driver of drivers) {
    try {
      const candidates = await driveOnce(driver, search, at);
      if (!candidates.mayBeSpelledOtherwise) return candidates;
      unfound ??= candidates;
    } catch (error) {
      if (error instanceof TooMany) isTooMany = true;
      else if (!isPmsError(error)) throw error;
      else if (error.code === 'UPSTREAM_UNSUPPORTED') refusal = error;
      else return unfound ?? error;
    }
  }
  if (unfound) return unfound;
  return isTooMany || !refusal ? tooMany(search) : refusal;
}

/** The searches for candidates of each operation, running or finished. */
const driven = new WeakMap<Operation, Map<string, Promise<Candidates>>>();

/** Runs a search for candidates once for all product searches of an operation that need it. */
function driveOnce(driver: Driver, search: ProductSearch, at: Operation): Promise<Candidates> {
  const { satisfied, findings, keys, products } = driver;
  const asked = satisfied.map((part) => [part, search.filter[part]]);
  // Product names are tested as soon as a page arrives. So a search with other names cannot use the same candidates.
  const named = products ? criteriaOf(search).parts.filter(({ part }) => isName(part)) : [];
  const names = named.map((criterion) => [criterion.part, criterion.asked]);
  const question = JSON.stringify([asked, findings, keys, products, names]);
  const before = driven.get(at) ?? new Map<string, Promise<Candidates>>();
  driven.set(at, before);
  const candidates = before.get(question) ?? drive(driver, search, at);
  before.set(question, candidates);
  return candidates;
}

async function drive(driver: Driver, search: ProductSearch, at: Operation): Promise<Candidates> {
  const { keys, products, unfound, isSpelled } = driver;
  const parts = products
    ? [await readProducts(products, search, at)]
    : await Promise.all(driver.findings.map((finding) => readFinding(finding, driver, search, at)));
  const found = together(parts);
  return {
    found: [...new Set([...keys, ...found.keys])],
    // If some records do not state the searched value, the products are tested again with their details.
    satisfied: found.isOpen ? [] : driver.satisfied,
    staleSince: found.staleSince,
    state: found.state.kind === 'complete' && unfound ? notSearchable(driver, unfound) : found.state,
    mayBeSpelledOtherwise: isSpelled && found.keys.length === 0,
  };
}

function notSearchable({ satisfied }: Driver, unfound: string): State {
  const message = `The upstream’s searches by ${namesOf(satisfied)} do not find ${unfound}. Products with such records may be missing from the list.`;
  return { kind: 'cut', reason: 'NOT_ALL_SEARCHABLE', message };
}

/** The records that a search found, and whether they are complete. */
export interface Records {
  readonly keys: readonly Key[];
  readonly state: State;
  /** When the upstream sent the oldest stale page. */
  readonly staleSince?: Date | undefined;
  /** Whether some records do not state the value, so that it is unknown whether they match. */
  readonly isOpen?: boolean;
}

async function readProducts(
  parameters: SearchParameters,
  search: ProductSearch,
  at: Operation,
): Promise<Records> {
  const isAll = parameters.length === 0;
  const check = checkOf(criteriaOf(search).parts, parameters);
  const read = await readRecords(productType, parameters, mostCandidates, at, check);
  if (isAll && read.state.kind === 'complete') at.figures.sawProducts(read.keys.length);
  return read;
}

async function readFinding(
  { type, parameter, expects }: Finding,
  { satisfied }: Driver,
  search: ProductSearch,
  at: Operation,
): Promise<Records> {
  const { client } = at;
  const ask = createSearchSender(at);
  const criterion = criteriaOf(search).parts.find(({ part }) => satisfied.includes(part));
  let isOpen = false;
  const chunks = chunksThatFit(parameter.values, (values) =>
    client.fits(type, ask.parameters(type, paged([{ ...parameter, values }]))),
  );
  const reads = await Promise.all(
    chunks.map((values) =>
      readRecords(type, [{ ...parameter, values }], mostFound, at, (resource) => {
        if (!criterion?.test) return true;
        const { part, test } = criterion;
        // A search of organizations by name also matches the beginning of a name. Other searches match only complete
        // values.
        const told = (by: Test): Verdict => unlessOdd(() => by(resource, keyOf(resource)));
        const isExpected = type === 'Organization' || told(expects ?? test) !== false;
        if (!isExpected) throw ignored(`"filter.${part}"`, parameter.name);
        const verdict = told(test);
        isOpen ||= verdict === undefined;
        return verdict !== false;
      }),
    ),
  );
  return { ...together(reads), isOpen };
}

/** Merges the results of several searches. The merged state is the first incomplete state. */
export function together(parts: readonly Records[]): Records {
  return {
    keys: parts.flatMap(({ keys }) => keys),
    state: parts.map(({ state }) => state).find(({ kind }) => kind !== 'complete') ?? complete,
    staleSince: parts.map(({ staleSince: since }) => since).reduce(earlier, undefined),
    isOpen: parts.some((part) => part.isOpen),
  };
}

/** Adds a high `_count`. The upstream may still return shorter pages. */
export function paged(parameters: SearchParameters): SearchParameters {
  return [...parameters, { name: '_count', values: [pageSize] }];
}

/** @throws TooMany if the search finds more than `most` records */
export async function readRecords(
  type: Finding['type'],
  parameters: SearchParameters,
  most: number,
  at: Operation,
  isWanted: (resource: FhirResource) => Verdict,
): Promise<Records> {
  const { known, figures, features } = at;
  const ask = createSearchSender(at);
  await refuseUnproven(type, parameters, at);
  let keys = new Set<Key>();
  let seen = new Set<Key>();
  let last = 0;
  let oldest: Date | undefined;
  const given = paged(parameters);
  const visit = (page: Page, reading: number): void => {
    // Only the records of the last attempt are current.
    if (reading !== last) [keys, seen, last] = [new Set(), new Set(), reading];
    for (const { name } of parameters)
      if (dropped(name, page)) throw ignored(`the search parameter "${name}"`, name);
    figures.sawPage(page.resources.length, pageSize, page.next === undefined);
    if (type === productType && parameters.length === 0 && page.total !== undefined)
      figures.sawProducts(page.total);
    if ((page.total ?? 0) > most) throw new TooMany();
    oldest = earlier(oldest, staleSince([page]));
    for (const resource of page.resources) {
      if (resource.resourceType !== type) throw ignored('the resource type of the search');
      seen.add(keyOf(resource));
      // A record that is not known to match is included, and is tested again later.
      if (isWanted(resource) !== false) keys.add(known.hold(resource, page));
    }
    if (seen.size > most) throw new TooMany();
  };
  try {
    const counted = { type, asked: given, found: () => seen.size };
    const state = await readSurely(() => ask.search(type, given), at, visit, counted);
    for (const { name } of parameters) features.note(`search ${type}?${name}`, 'seen');
    return { keys: [...keys], state, staleSince: oldest };
  } catch (error) {
    if (error instanceof Spent) return { keys: [...keys], state: cut(error.reason) };
    if (isPmsError(error)) for (const { name } of parameters) ask.learnFrom(error, type, name);
    throw error;
  }
}

/**
 * Waits for the probes of parameters that are not proved yet.
 * @throws UPSTREAM_UNSUPPORTED if a probe refutes one of them
 */
async function refuseUnproven(
  type: Finding['type'],
  parameters: SearchParameters,
  { features }: Operation,
): Promise<void> {
  for (const { name } of parameters) {
    const feature = `search ${type}?${name}` as const;
    const settling = features.settled(feature);
    if (!settling) continue;
    await settling;
    if (!features.has(feature)) throw notSearchableType(type);
  }
}
