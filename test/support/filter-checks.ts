/**
 * Sends product filters and checks each response: it must be right, marked as incomplete, or refused with the name of the filter
 * part.
 */
import type { FilterInput, SortInput } from './filter-truth.js';
import type { GraphqlAnswer, TestService } from './service.js';
import { mayBeMended, upstreamOf } from './operations.js';

export const document = `query ($filter: ProductFilter, $sort: ProductSort, $first: Int!, $after: String) {
  products(filter: $filter, sort: $sort, first: $first, after: $after) {
    totalCount
    nodes { pmsId }
    pageInfo { hasNextPage endCursor complete }
  }
}`;

/** Returns a query for several filters at once, so that the products to check are read only once. */
export function documentOf(count: number): string {
  const fields = Array.from(
    { length: count },
    (_, index) => `p${index}: products(filter: $f${index}, first: 100) {
      totalCount nodes { pmsId } pageInfo { hasNextPage endCursor complete }
    }`,
  );
  const variables = Array.from({ length: count }, (_, index) => `$f${index}: ProductFilter`);
  return `query (${variables.join(', ')}) { ${fields.join(' ')} }`;
}

export interface Asked {
  readonly filter: FilterInput;
  readonly sort?: SortInput | undefined;
}

export interface Connection {
  readonly totalCount: number | null;
  readonly nodes: readonly { readonly pmsId: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly endCursor: string | null;
    readonly complete: boolean;
  };
}

export type Outcome = 'whole' | 'marked' | 'refused';

export interface Judged {
  readonly outcome: Outcome;
  readonly ids: readonly string[];
  readonly faults: readonly string[];
}

export function connectionOf({ data }: Pick<GraphqlAnswer, 'data'>, field = 'products'): Connection | null {
  return (data?.[field] ?? null) as Connection | null;
}

/**
 * @param expected ids of all products that match the filter, in their order if the query has one
 * @param field response key of the list
 * @param open ids of products whose records do not say whether they match
 */
export function judge(
  asked: Asked,
  answer: GraphqlAnswer,
  expected: readonly string[],
  field = 'products',
  open: readonly string[] = [],
): Judged {
  const found = connectionOf(answer, field);
  const errors = (answer.errors ?? []).filter(({ path }) => path === undefined || path[0] === field);
  if (!found) return { outcome: 'refused', ids: [], faults: refusalFaults(asked, errors) };
  const ids = found.nodes.map(({ pmsId }) => pmsId);
  const { complete, hasNextPage } = found.pageInfo;
  const wanted = new Set(expected);
  const faults = [
    ...errors.map(({ extensions, message }) => `${extensions.code}: ${message}`),
    ...ids.filter((id) => !wanted.has(id)).map((id) => `${id} is not one of them`),
    ...(new Set(ids).size === ids.length ? [] : ['one comes twice']),
    ...(found.totalCount === null || found.totalCount === expected.length
      ? []
      : [`a total of ${found.totalCount} instead of ${expected.length}`]),
  ];
  const gaps = upstreamOf(answer).incomplete.filter(({ path }) => path.join('.') === field);
  const isWholeButUntold = gaps.length > 0 && gaps.every(({ reason }) => reason === 'NOT_TOLD');
  const untold = gaps.find(({ reason }) => reason === 'NOT_TOLD')?.count ?? 0;
  const missing = expected.filter((id) => !ids.includes(id));
  // The service may leave a product open if its records contradict each other, even where the oracle decides.
  const isLeftOpen = isWholeButUntold && missing.length <= untold;
  const reachable = isLeftOpen ? expected.filter((id) => ids.includes(id)) : expected;
  const lacking = complete || isWholeButUntold ? lackingIn(asked, ids, reachable, hasNextPage) : [];
  if (complete) {
    const isFound = Object.keys(asked.filter).some((part) => foundUpstream.has(part));
    const unsaid =
      open.length > 0 && !hasNextPage && !isFound ? [`complete, but ${open.join()} are not told`] : [];
    return { outcome: 'whole', ids, faults: [...faults, ...lacking, ...unsaid] };
  }
  const [gap] = gaps;
  const mayGoOn = gaps.some(({ reason }) => mayBeMended(reason)) && ids.length > 0;
  return {
    outcome: 'marked',
    ids,
    faults: [
      ...faults,
      ...lacking,
      ...(hasNextPage || !mayGoOn ? [] : ['incomplete without a next page']),
      ...(gap ? [] : ['incomplete and not named']),
    ],
  };
}

/** Filter parts that the upstream searches for. Its search may miss records that do not state the value. */
const foundUpstream = new Set(['status', 'domain', 'atc', 'classification']);

/** Returns the products that are missing or out of order in a list with all its rows. */
function lackingIn(
  { sort }: Asked,
  ids: readonly string[],
  expected: readonly string[],
  hasNextPage: boolean,
): readonly string[] {
  const missing = hasNextPage ? [] : expected.filter((id) => !ids.includes(id));
  const isOrdered = !sort || ids.join() === expected.slice(0, ids.length).join();
  return [
    ...missing.map((id) => `${id} is missing`),
    ...(isOrdered ? [] : [`ordered as ${ids.join()} instead of ${expected.join()}`]),
  ];
}

/**
 * Whether the filter has an organization number. Some organizations have only a number of the other kind (ORG or LOC), or only a
 * name.
 */
export function mayBeLeftOpen({ holder = [] }: FilterInput): boolean {
  return holder.some((value) => /^(Organization:)?(ORG|LOC)-/.test(value));
}

function refusalFaults(
  { filter, sort }: Asked,
  errors: NonNullable<GraphqlAnswer['errors']>,
): readonly string[] {
  const [error, ...others] = errors;
  if (!error || others.length > 0) return [`refused with ${errors.length} errors`];
  const { message, extensions } = error;
  if (extensions.code === 'UPSTREAM_BUDGET_EXCEEDED') return [];
  // A word that occurs in none of the checked records is a client error, even if few products could be checked.
  const isStranger = message.includes(
    'matches no term that this service knows, and none of the products that it checked',
  );
  if (extensions.code === 'BAD_USER_INPUT' && filter.withoutSubstance && isStranger) return [];
  if (extensions.code !== 'UPSTREAM_UNSUPPORTED') return [`${extensions.code}: ${message}`];
  // On a later attempt the error names the upstream's parameter instead of the filter part.
  if (filter.name !== undefined && message.startsWith('The upstream ignores the search parameter "name"'))
    return [];
  const given = [...Object.keys(filter).map((part) => `"filter.${part}"`), ...(sort ? ['"sort"'] : [])];
  return given.some((each) => message.includes(each)) ? [] : [`refused without a name: ${message}`];
}

/** @param counted number of requests that the upstream received */
export function costFaults(answer: GraphqlAnswer, counted: number): readonly string[] {
  if (!answer.extensions?.['upstream']) return counted > 0 ? [`${counted} requests without a receipt`] : [];
  const { requests, estimated } = upstreamOf(answer);
  return [
    ...(counted === requests ? [] : [`${counted} requests, ${requests} on the receipt`]),
    ...(requests <= estimated ? [] : [`${requests} requests, more than ${estimated}`]),
  ];
}

/** Reads the texts of all products. Filters accept a text once the service has read it in a record. */
const shown = `query ($after: String) {
  products(first: 100, after: $after) {
    nodes {
      domain { text } status { text } doseForm { text } routes { text } classifications { text }
      legalStatusOfSupply { text } pediatricUse { text } marketingStatuses { status { text } }
      packages(first: 100) { nodes { legalStatusesOfSupply { code { text } } marketingStatuses { status { text } } } }
      authorizations { region { text } status { text } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

export async function showAll(service: Pick<TestService, 'query'>): Promise<void> {
  for (let after: string | null = null, isDone = false; !isDone;) {
    const { data } = await service.query(shown, { after });
    const { pageInfo } = (data as { products: { pageInfo: { hasNextPage: boolean; endCursor: string } } })
      .products;
    [after, isDone] = [pageInfo.endCursor, !pageInfo.hasNextPage];
  }
}
