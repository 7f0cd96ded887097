/** The ways to send a product search to this upstream: as one search, or as candidates that are looked through here. */
import type { FilterPart } from '../../facts/filter.js';
import { criteriaIn, requirementsOf, type Criterion, type Requirement } from '../../facts/requirements.js';
import type { SortField } from '../../facts/sorts.js';
import { facts, writtenParts } from '../../facts/table.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameter, SearchParameterName, SearchParameters } from '../../fhir/search.js';
import type { Feature, KnownFeatures } from '../upstream/features.js';
import type { Figures } from '../upstream/figures.js';
import { typeOf, type Key } from '../graph/key.js';
import { parts } from '../graph/link.js';
import { upward } from '../graph/links.js';
import type { ProductSearch } from '../question/selection.js';
import { pushOf, unfoundBy, wayOf, type Finding } from './pushes.js';
import { linksOf } from './subjects.js';

/** The way to a set of candidates, which contains every product that meets `satisfied`. */
export interface Driver {
  readonly satisfied: readonly FilterPart[];
  readonly findings: readonly Finding[];
  readonly keys: readonly Key[];
  /** Parameters of a search for products; undefined where `findings` and `keys` lead to the candidates. */
  readonly products?: SearchParameters;
  /** Records that the searches miss, as text for messages; undefined where they find all. */
  readonly unfound?: string | undefined;
  /** Whether an empty result may be due to another spelling in the records. */
  readonly isSpelled: boolean;
}

/** The highest number of candidates that are looked through. */
export const mostCandidates = 500;

const productType = 'MedicinalProductDefinition';
const nameParts: ReadonlySet<FilterPart> = new Set(['name', 'nameStartsWith', 'nameEquals']);
/** Parts that usually find few products, the most certain first. */
const narrow: readonly FilterPart[] = ['ids', 'identifier', 'authorizationNumber', 'procedureNumber'];
/** Parts that may find many products, or miss some. Tried where there are too many products to look through all. */
const wide: readonly FilterPart[] = ['holder', 'substance', 'country'];

/** The parts of a search, and the requirements that a product has to meet. */
export interface Criteria {
  readonly parts: readonly Criterion[];
  readonly requirements: readonly Requirement[];
}

/** Criteria of each search, which plan, profiles and answers share. */
const made = new WeakMap<ProductSearch['filter'], Criteria>();

export function criteriaOf({ filter }: Pick<ProductSearch, 'filter'>): Criteria {
  const before = made.get(filter);
  if (before) return before;
  const parts = criteriaIn(filter);
  const criteria = { parts, requirements: requirementsOf(parts, filter) };
  made.set(filter, criteria);
  return criteria;
}

/**
 * Whether the candidates meet a requirement already. One of several parts, which must hold of the same record, never
 * decides alone.
 */
export function isSatisfied({ parts }: Requirement, satisfied: readonly FilterPart[]): boolean {
  return parts.length === 1 && parts.every((part) => satisfied.includes(part));
}

export function isName(part: FilterPart): boolean {
  return nameParts.has(part);
}

/** Whether the rows of the product search are filtered here by name. Any number of them may drop out. */
export function isSifted(search: Pick<ProductSearch, 'filter'>): boolean {
  return criteriaOf(search)
    .parts.filter(({ part }) => isName(part))
    .some(({ part }, index) => index > 0 || part !== 'name');
}

/** Whether a driver may find many products. */
export function findsMany({ satisfied }: Driver): boolean {
  return satisfied.some((part) => wide.includes(part));
}

/** Returns the product search's parameter for a part; undefined where there is none. */
export function parameterOf({ part, asked }: Criterion): SearchParameterName | undefined {
  const push = pushOf(part, asked);
  return push?.kind === 'own' ? push.parameter.name : undefined;
}

/**
 * Returns the parameters of a single search that finds exactly these products, in the order asked for; undefined where
 * there is none.
 */
export function directSearch(search: ProductSearch, features: KnownFeatures): SearchParameters | undefined {
  const criteria = criteriaOf(search).parts;
  const parameters = criteria.map((criterion) => ownParameter(criterion, features));
  const order = sortParameter(search, features);
  if (parameters.some((parameter) => !parameter) || (search.sort && !order)) return undefined;
  return [...withOneName(parameters, features), ...(order ? [order] : [])];
}

function ownParameter(criterion: Criterion, features: KnownFeatures): SearchParameter | undefined {
  if (nameParts.has(criterion.part)) return nameParameter(criterion, features);
  const push = pushOf(criterion.part, criterion.asked);
  if (push?.kind !== 'own') return undefined;
  const takesMany = push.parameter.values.length === 1 || features.evidence('or') !== 'refuted';
  return takesMany && features.has(`search ${productType}?${push.parameter.name}`)
    ? push.parameter
    : undefined;
}

/** Returns the parameter for "contains", as the upstream has it. It also serves names that begin with a text. */
function nameParameter({ part, asked }: Criterion, features: KnownFeatures): SearchParameter | undefined {
  if (features.evidence(`search ${productType}?name`) === 'refuted') return undefined;
  const isContained = part === 'name' && !features.has('name-is-contains');
  return {
    name: 'name',
    ...(isContained ? { modifier: 'contains' as const } : {}),
    values: [String(asked).trim()],
  };
}

/** Keeps only the longest name: EMA's API may not take a parameter twice, and the longest text finds the fewest. */
function withOneName(
  parameters: readonly (SearchParameter | undefined)[],
  features: KnownFeatures,
): readonly SearchParameter[] {
  const given = parameters.flatMap((parameter) => parameter ?? []);
  if (!features.has('name-is-contains')) return given;
  const names = given.filter(({ name }) => name === 'name');
  const [longest] = names.sort((a, b) => String(b.values[0]).length - String(a.values[0]).length);
  return given.filter((parameter) => parameter.name !== 'name' || parameter === longest);
}

function sortParameter({ sort }: ProductSearch, features: KnownFeatures): SearchParameter | undefined {
  if (!sort || !isSearched(sort.by) || !features.has(`sort ${sort.by}`)) return undefined;
  const name = sort.by === 'NAME' ? 'name' : '_lastUpdated';
  return { name: '_sort', values: [sort.isDescending ? `-${name}` : name] };
}

/** Whether upstreams may support the order. They support no other. */
function isSearched(by: SortField): by is 'NAME' | 'UPDATED' {
  return by === 'NAME' || by === 'UPDATED';
}

/**
 * Whether the order is better made here: upstreams do not sort names by the rules of any language. Where there are too
 * many products to sort here, the upstream's order has to do.
 */
export function isOrderedHere({ sort }: ProductSearch): boolean {
  return sort?.by === 'NAME';
}

/** Returns the ways to candidates, the best first. */
export function driversOf(
  search: ProductSearch,
  features: KnownFeatures,
  figures: Figures,
): readonly Driver[] {
  const criteria = criteriaOf(search).parts;
  const driver = (part: FilterPart): Driver | undefined => {
    const criterion = criteria.find((each) => each.part === part);
    return criterion && foundBy(criterion, features);
  };
  const own = criteria.flatMap((criterion) => {
    const parameter = ownParameter(criterion, features);
    return parameter ? [{ part: criterion.part, parameter }] : [];
  });
  const parameters = withOneName(
    own.map(({ parameter }) => parameter),
    features,
  );
  const ofProducts: Driver = {
    satisfied: own.map(({ part }) => part),
    findings: [],
    keys: [],
    products: parameters,
    isSpelled: false,
  };
  const isTooWide = parameters.length === 0 && (figures.products ?? 0) > mostCandidates;
  const widely = wide.flatMap((part) => driver(part) ?? []);
  // A part whose records cannot be read from products is better searched for.
  const isFoundFirst = widely.some(
    ({ satisfied }) => !satisfied.every((part) => isReachable(part, features)),
  );
  const all = isTooWide ? [] : [ofProducts];
  return [
    ...narrow.flatMap((part) => driver(part) ?? []),
    ...(isFoundFirst ? [...widely, ...all] : [...all, ...widely]),
  ];
}

function foundBy({ part, asked }: Criterion, features: KnownFeatures): Driver | undefined {
  const way = wayOf(part);
  const isSpelled = way?.isSpelled ?? false;
  const unfound = unfoundBy(part, asked);
  const pushed = pushOf(part, asked);
  if (pushed?.kind !== 'found') return undefined;
  const types = [...pushed.findings.map(({ type }) => type), ...pushed.keys.map(typeOf)];
  const isOffered =
    pushed.findings.every(
      ({ type, parameter }) =>
        features.has(`search ${type}?${parameter.name}`) &&
        (parameter.values.length === 1 || features.evidence('or') !== 'refuted'),
    ) && types.every((type) => canGoUp(type, features));
  if (isOffered)
    return { satisfied: [part], findings: pushed.findings, keys: pushed.keys, unfound, isSpelled };
  return pushed.byKeysAlone
    ? { satisfied: [part], findings: [], keys: pushed.keys, unfound, isSpelled: false }
    : undefined;
}

/** Whether the upstream can lead from records of a type up to products. */
function canGoUp(type: ResourceType, features: KnownFeatures): boolean {
  if (type === productType) return true;
  return upwardFeatures(type).every((feature) => features.has(feature));
}

export function upwardFeatures(type: ResourceType, seen: readonly ResourceType[] = []): readonly Feature[] {
  const link = upward[type];
  if (!link || seen.includes(type)) return [];
  return parts(link).flatMap((part): readonly Feature[] => {
    if (part.kind === 'reverse')
      return [`search ${part.type}?${part.parameter}`, ...upwardFeatures(part.type, [...seen, type])];
    if (part.kind !== 'forward') return [];
    return part.types
      .filter((next) => next !== productType)
      .flatMap((next): readonly Feature[] => [
        // Links lead up from an item without reading it.
        ...(next === 'ManufacturedItemDefinition' ? [] : [`search ${next}?_id` as const]),
        ...upwardFeatures(next, [...seen, type]),
      ]);
  });
}

/** Where a part of a filter is applied, and why. */
export interface Support {
  readonly by: 'UPSTREAM' | 'INDEX' | 'HERE' | 'REFUSED';
  readonly reason: string;
}

const here = `checked by this service one by one, if the rest of the filter finds at most ${mostCandidates} products`;

/** Whether the upstream gives the records that a part reads of a product. */
function isReachable(part: FilterPart, features: KnownFeatures): boolean {
  return (
    features.has('everything') ||
    linksOf(part)
      .flatMap(parts)
      .every((each) => each.kind !== 'reverse' || features.has(`search ${each.type}?${each.parameter}`))
  );
}

const byIndex: Support = { by: 'INDEX', reason: 'The index applies it to the products that it holds.' };

function supportOf(part: FilterPart, features: KnownFeatures, hasIndex: boolean): Support {
  const way = wayOf(part);
  if (way) {
    const { sample, pushedBy, unpushed } = way;
    const criterion: Criterion = { part, asked: sample, fact: facts[part], test: undefined };
    const others = unpushed === undefined ? '' : `; ${unpushed} are ${here}`;
    if (ownParameter(criterion, features) ?? foundBy(criterion, features))
      return { by: 'UPSTREAM', reason: `The upstream finds it (${pushedBy})${others}.` };
  }
  if (hasIndex) return byIndex;
  if (isReachable(part, features)) return { by: 'HERE', reason: `It is ${here}.` };
  return { by: 'REFUSED', reason: 'The upstream has no data that it could be applied to.' };
}

/** Returns where each part of a filter is applied. @param hasIndex whether there is an index beside the upstream */
export function supportOfAll(
  features: KnownFeatures,
  hasIndex: boolean,
): readonly (Support & { readonly part: FilterPart })[] {
  return writtenParts.map((part) => ({ part, ...supportOf(part, features, hasIndex) }));
}

/** Returns the arguments that always fail with UPSTREAM_UNSUPPORTED. */
export function refusedArguments(features: KnownFeatures, hasIndex: boolean): readonly string[] {
  return supportOfAll(features, hasIndex).flatMap(({ part, by }) =>
    by === 'REFUSED' ? [`filter.${part}`] : [],
  );
}
