/**
 * Chooses how this upstream runs a product search: either directly, or as a search for candidates that the service
 * then tests.
 */
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

/** A search for candidates. All products that meet the filter fields in `satisfied` are among them. */
export interface Driver {
  readonly satisfied: readonly FilterPart[];
  readonly findings: readonly Finding[];
  readonly keys: readonly Key[];
  /** The parameters of a product search; undefined if the candidates come from `findings` and `keys`. */
  readonly products?: SearchParameters;
  /** Records that the searches do not find, as text for messages; undefined if they find all records. */
  readonly unfound?: string | undefined;
  /** Whether an empty result may be due to another spelling in the records. */
  readonly isSpelled: boolean;
}

/** Maximum number of candidates that the service tests one by one. */
export const mostCandidates = 500;

const productType = 'MedicinalProductDefinition';
const nameParts: ReadonlySet<FilterPart> = new Set(['name', 'nameStartsWith', 'nameEquals']);
/** Filter fields that usually match few products, in the order of preference. */
const narrow: readonly FilterPart[] = ['ids', 'identifier', 'authorizationNumber', 'procedureNumber'];
/**
 * Filter fields that may match many products, or whose search may miss some. They are used if there are too many
 * products to test all of them.
 */
const wide: readonly FilterPart[] = ['holder', 'substance', 'country'];

/** The filter fields of a search, and the requirements that a product must meet. */
export interface Criteria {
  readonly parts: readonly Criterion[];
  readonly requirements: readonly Requirement[];
}

/** The criteria of each filter. They are computed once, and used by the plan, the profiles and the response. */
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
 * Whether all candidates meet a requirement. A requirement with several parts does not count as met, because one and
 * the same record must meet all parts.
 */
export function isSatisfied({ parts }: Requirement, satisfied: readonly FilterPart[]): boolean {
  return parts.length === 1 && parts.every((part) => satisfied.includes(part));
}

export function isName(part: FilterPart): boolean {
  return nameParts.has(part);
}

/**
 * Whether the service itself tests the names of the products that the upstream found. This may remove any number of
 * rows.
 */
export function isSifted(search: Pick<ProductSearch, 'filter'>): boolean {
  return criteriaOf(search)
    .parts.filter(({ part }) => isName(part))
    .some(({ part }, index) => index > 0 || part !== 'name');
}

/** Whether a search for candidates may find many products. */
export function findsMany({ satisfied }: Driver): boolean {
  return satisfied.some((part) => wide.includes(part));
}

/** Returns the parameter of the product search for a filter field; undefined if R5 has none. */
export function parameterOf({ part, asked }: Criterion): SearchParameterName | undefined {
  const push = pushOf(part, asked);
  return push?.kind === 'own' ? push.parameter.name : undefined;
}

/**
 * Returns the parameters of a single search that finds exactly the requested products in the requested order;
 * undefined if there is no such search.
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

/**
 * Returns the `name` parameter that matches within names, in the form that this upstream supports. If names must
 * begin with the text, it has no modifier.
 */
function nameParameter({ part, asked }: Criterion, features: KnownFeatures): SearchParameter | undefined {
  if (features.evidence(`search ${productType}?name`) === 'refuted') return undefined;
  const isContained = part === 'name' && !features.has('name-is-contains');
  return {
    name: 'name',
    ...(isContained ? { modifier: 'contains' as const } : {}),
    values: [String(asked).trim()],
  };
}

/**
 * Uses only the longest name: EMA's API may not accept a parameter twice, and the longest text matches the fewest
 * products.
 */
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

/** Whether upstreams may support sorting by this field. */
function isSearched(by: SortField): by is 'NAME' | 'UPDATED' {
  return by === 'NAME' || by === 'UPDATED';
}

/**
 * Whether the service sorts the list itself, because upstreams do not sort names by the rules of a language. Lists
 * that are too long for this are returned in the upstream's order.
 */
export function isOrderedHere({ sort }: ProductSearch): boolean {
  return sort?.by === 'NAME';
}

/** Returns the searches for candidates of a product search, in order of preference. */
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
  // If the upstream does not let the service read a field's records for given products, a search by that field comes
  // first.
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

/** Whether the upstream supports finding the products of a record of this type. */
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
        // The products of an item are found without reading the item itself.
        ...(next === 'ManufacturedItemDefinition' ? [] : [`search ${next}?_id` as const]),
        ...upwardFeatures(next, [...seen, type]),
      ]);
  });
}

/** What applies a filter field (the upstream, the index or this service), with the reason. */
export interface Support {
  readonly by: 'UPSTREAM' | 'INDEX' | 'HERE' | 'REFUSED';
  readonly reason: string;
}

const here = `checked by this service, product by product, if the rest of the filter finds at most ${mostCandidates} products`;

/** Whether the upstream can supply those records of a product that a filter field reads. */
function isReachable(part: FilterPart, features: KnownFeatures): boolean {
  return (
    features.has('everything') ||
    linksOf(part)
      .flatMap(parts)
      .every((each) => each.kind !== 'reverse' || features.has(`search ${each.type}?${each.parameter}`))
  );
}

const byIndex: Support = {
  by: 'INDEX',
  reason: 'The index applies this filter to the products that it contains.',
};

function supportOf(part: FilterPart, features: KnownFeatures, hasIndex: boolean): Support {
  const way = wayOf(part);
  if (way) {
    const { sample, pushedBy, unpushed } = way;
    const criterion: Criterion = { part, asked: sample, fact: facts[part], test: undefined };
    const others = unpushed === undefined ? '' : `; ${unpushed} are ${here}`;
    if (ownParameter(criterion, features) ?? foundBy(criterion, features))
      return { by: 'UPSTREAM', reason: `The upstream searches for it (${pushedBy})${others}.` };
  }
  if (hasIndex) return byIndex;
  if (isReachable(part, features)) return { by: 'HERE', reason: `This filter is ${here}.` };
  return { by: 'REFUSED', reason: 'The upstream has no data for this filter.' };
}

/**
 * Returns for each filter field whether the upstream, the index or this service applies it.
 * @param hasIndex whether the service has an index
 */
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
