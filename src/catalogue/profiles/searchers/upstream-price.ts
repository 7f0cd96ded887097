/**
 * Forecasts the requests of the upstream's product searches: for rows, for candidates with the steps up to their
 * products, and for terms of any kind.
 */
import { linksOf, sortLinks } from '../../search/subjects.js';
import {
  idsToRead,
  insideWays,
  recordsToRead,
  termSearches,
  waysToAny,
  type SubstanceCodes,
  type TermSearch,
} from '../../lookup/kinds.js';
import { mostLookedInto, termsIn } from '../../lookup/lookup.js';
import { linksInto } from '../../lookup/within.js';
import {
  criteriaOf,
  directSearch,
  driversOf,
  findsMany,
  isOrderedHere,
  isSatisfied,
  isSifted,
  mostCandidates,
  type Driver,
} from '../../search/ways.js';
import { typeOf, type Key } from '../../graph/key.js';
import type { ProductSearch, Selection } from '../../question/selection.js';
import type { TermWay } from '../../question/term.js';
import type { SearchParameters } from '../../../fhir/search.js';
import { single, type Population } from '../foreseen.js';
import type { Reckoning } from './searcher.js';

/** The usual number of products that are found by a search for candidates, by a number or by a name. */
const usualCandidates = 20;
const usualFound = 2;
const productType = 'MedicinalProductDefinition';

type Below = Selection['below'];

export function priceProducts(search: ProductSearch, below: Below, at: Reckoning): readonly Population[] {
  const isDirect = !isOrderedHere(search) && directSearch(search, at.measures.features) !== undefined;
  return isDirect ? rows(search, at) : candidates(search, below, at);
}

function rows(search: ProductSearch, { foreseen }: Reckoning): readonly Population[] {
  const { first } = search;
  const name = JSON.stringify({ ...search, first: undefined });
  // If the service itself removes rows by name, the search may need any number of pages, up to the budget.
  const most = isSifted(search) ? Number.POSITIVE_INFINITY : first;
  foreseen.demand(`${productType}?name`, 'root', 0, name, { ...single, usual: first, most });
  const one: Population = { name, type: productType, usual: first, most: first, wave: 1, inHand: true };
  return [foreseen.population(one)];
}

/**
 * Forecasts a search through candidates: the search for them, the links up to their products, and the records that
 * the filter reads.
 */
function candidates(search: ProductSearch, below: Below, at: Reckoning): readonly Population[] {
  const { foreseen, pricing, measures } = at;
  const name = JSON.stringify({ ...search, first: undefined });
  const drivers = driversOf(search, measures.features, measures.figures);
  const [driver] = drivers;
  if (!driver) return [];
  const { usual, most } = numbersOf(driver);
  demandDriver(driver, name, usual, most, at);
  // If the first search for candidates finds too many records, another one is tried.
  drivers
    .slice(1)
    .forEach((_, index) => foreseen.demand(`other candidates ${index}`, 'spare', 0, name, single));
  const reached = reach(driver, name, usual, most, at);
  const wave = Math.max(1, ...reached.map((each) => each.wave));
  const one: Population = { name, type: productType, usual, most, wave, inHand: true };
  const { requirements } = criteriaOf(search);
  const asked = requirements.flatMap((requirement) => {
    const isMet = isSatisfied(requirement, driver.satisfied);
    return requirement.parts.flatMap(linksOf).map((link) => ({ link, isMet }));
  });
  if (!driver.products) pricing.found(one, driver.keys, below.size > 0 || asked.length > 0);
  for (const { link, isMet } of asked) if (!isMet) at.follow(link, one);
  for (const link of sortLinks(search)) at.follow(link, one);
  return [
    foreseen.population({ ...one, usual: Math.min(search.first, usual), most: Math.min(search.first, most) }),
  ];
}

function numbersOf(driver: Driver): { readonly usual: number; readonly most: number } {
  const { keys, products } = driver;
  if (areKeys(driver) && keys.every((key) => typeOf(key) === productType))
    return { usual: keys.length, most: keys.length };
  return { usual: products || findsMany(driver) ? usualCandidates : usualFound, most: mostCandidates };
}

/** Whether the candidates are given by their keys, without a search. */
function areKeys({ findings, products }: Driver): boolean {
  return !products && findings.length === 0;
}

function demandDriver(
  { findings, products }: Driver,
  name: string,
  usual: number,
  most: number,
  { foreseen }: Reckoning,
): void {
  const share = { ...single, usual, most };
  if (products) foreseen.demand(`${productType}?${namesOf(products)}`, 'root', 0, name, share);
  for (const { type, parameter } of findings)
    foreseen.demand(`${type}?${parameter.name}`, 'search', 0, name, { ...share, most: 4 * most });
}

/** Forecasts the products of the candidates. */
function reach(
  driver: Driver,
  name: string,
  usual: number,
  most: number,
  { foreseen, climb }: Reckoning,
): readonly Population[] {
  const { keys, findings } = driver;
  const found = new Set([...keys.map(typeOf), ...findings.map(({ type }) => type)]);
  const records = areKeys(driver) ? { usual: keys.length, most: keys.length } : { usual, most };
  return [...found].flatMap((type) =>
    climb(
      foreseen.population({
        name: `${type} for ${name}`,
        type,
        ...records,
        wave: 1,
        inHand: true,
        isElsewhere: type !== productType,
      }),
    ),
  );
}

/**
 * Forecasts a lookup of terms of any kind: one search for each kind, and the links from the records up to products.
 */
export function priceTerms(texts: readonly string[], below: Below, at: Reckoning): readonly Population[] {
  const { foreseen, pricing } = at;
  const terms = termsIn(texts);
  const name = JSON.stringify(terms);
  const searched = termSearches.map((search) => priceTermSearch(search, terms, name, at));
  const wave = Math.max(1, ...searched);
  const ids = idsToRead(terms, pricing.readsMany);
  const usual = terms.length;
  if (pricing.readsMany && ids.length > 0) {
    const share = { parents: ids.length, mostParents: ids.length, usual, most: usual };
    foreseen.demand(`${productType}?_id`, 'read', 0, name, share);
  } else for (const key of ids) foreseen.demand(key, 'read', 0, key, single);
  const records = priceRecords(recordsToRead(terms), at);
  const one = foreseen.population({
    name,
    type: productType,
    usual,
    most: mostCandidates,
    wave: Math.max(wave, records),
    inHand: true,
  });
  if (below.size > 0) pricing.lookInto(one);
  foreseen.spare(() => priceLookingInto(terms, one, at));
  return [one];
}

/**
 * Forecasts reads of records by id.
 * @returns the wave after which the products of these records are known
 */
function priceRecords(keys: readonly Key[], { pricing, climb }: Reckoning): number {
  if (keys.length === 0) return 1;
  const above = pricing.records({ keys }, false).flatMap((record) => climb(record));
  return Math.max(1, ...above.map(({ wave }) => wave));
}

/**
 * Forecasts the search for one kind of term.
 * @returns the wave after which the products of the matches are known
 */
function priceTermSearch(
  { way, type, parameter, values }: TermSearch,
  terms: readonly string[],
  name: string,
  { foreseen, measures, climb }: Reckoning,
): number {
  const { features, figures } = measures;
  const codesOf: SubstanceCodes = (text) => figures.substances.codesOf(text);
  const written = [...new Set(terms.flatMap((term) => values(term, codesOf)))];
  if (written.length === 0) return 1;
  const isOffered = parameter === 'name' || features.has(`search ${type}?${parameter}`);
  if (!isOffered) {
    const isMissed = terms.some((term) => waysToAny(term).includes(way));
    if (isMissed && type === productType)
      foreseen.demand(productType, 'root', 0, name, { ...single, most: mostCandidates });
    return 1;
  }
  const question = `${type}?${parameter}`;
  if (!features.has('or')) {
    for (const text of written) foreseen.demand(question, 'root', 0, text, { ...single, most: 20 });
    return 1;
  }
  const usual = way === 'substance' ? 1 : terms.length;
  const most = parameter === 'name' ? mostCandidates : 10 * usual;
  const parents = written.length;
  foreseen.demand(question, 'search', 0, name, { parents, mostParents: parents, usual, most });
  const isElsewhere = type !== productType;
  const found = { name: `${type} of ${name}`, type, usual, most, wave: 1, inHand: true, isElsewhere };
  let wave = 1;
  const goUp = (): void => {
    wave = Math.max(1, ...climb(foreseen.population(found)).map((each) => each.wave));
  };
  // If all products are scanned, the links up to products need not be followed.
  if (way === 'substance') foreseen.spare(goUp);
  else goUp();
  return wave;
}

/**
 * Forecasts the scan for values that no search finds. All products are scanned if there are few, otherwise only the
 * matching products.
 */
function priceLookingInto(terms: readonly string[], named: Population, at: Reckoning): void {
  const { foreseen, pricing, measures, follow } = at;
  const { features, figures } = measures;
  const isSearched = (way: TermWay): boolean =>
    termSearches.some(
      ({ way: each, type, parameter }) =>
        each === way &&
        each !== 'substance' &&
        each !== 'part' &&
        features.has(`search ${type}?${parameter}`),
    );
  const ways = new Set(terms.flatMap(waysToAny).filter((way) => insideWays.has(way) && !isSearched(way)));
  if (ways.size === 0) return;
  if ((figures.products ?? 0) > mostCandidates) {
    pricing.lookInto({ ...named, most: mostLookedInto });
    return;
  }
  const most = figures.products ?? mostCandidates;
  foreseen.demand(productType, 'root', 0, named.name, { ...single, most });
  // This scan is needed only if no search finds a match for a term.
  const all = foreseen.population({ ...named, name: 'all products', usual: 0, most, wave: 1 });
  pricing.lookInto(all);
  for (const link of linksInto(ways)) follow(link, all);
}

function namesOf(parameters: SearchParameters): string {
  return parameters.map(({ name }) => name).join('&') || 'name';
}
