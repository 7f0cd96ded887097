/**
 * Parses searches as R5 defines them: commas mean OR, a repeated parameter means AND, and an unknown parameter is
 * refused.
 */

import { parseFilter, type Filter, type FilterRules } from './filters.js';
import type { Holdings } from './holdings.js';
import { parseInclusion, type Inclusion } from './includes.js';
import { Refusal, unknownParameter, unlessUnknown } from './refusal.js';
import { parseSort, sorted, type SortKey } from './sort.js';

export interface SearchRules extends FilterRules {
  readonly defaultCount: number;
  readonly maximumCount: number;
  /** Whether a parameter is ignored without notice, as if it were not in the query. */
  readonly ignores: (type: string, name: string, value: string) => boolean;
  /** Whether unknown parameters are ignored. If not, they are refused. */
  readonly ignoresUnknown: boolean;
  /** Whether the search is refused if a parameter would be ignored (`Prefer: handling=strict`). */
  readonly isStrict: boolean;
  /** Whether `_total=accurate` is always supported. */
  readonly countsOnRequest: boolean;
}

export interface Search {
  readonly type: string;
  readonly filters: readonly Filter[];
  readonly inclusions: readonly Inclusion[];
  readonly sort: readonly SortKey[];
  /** Maximum number of matches on a page. 0 requests only the total. */
  readonly count: number;
  /** Whether the query has `_total=accurate`. */
  readonly countsExactly: boolean;
  /** Names of the requested elements. Empty for complete resources. */
  readonly elements: readonly string[];
  /** The query without the ignored parameters. */
  readonly honoured: string;
  /** Names of the ignored parameters. */
  readonly ignored: readonly string[];
}

/** What one query parameter adds to a search. */
interface Part {
  readonly filter?: Filter;
  readonly inclusion?: Inclusion;
  readonly sort?: readonly SortKey[];
  readonly count?: number;
  readonly countsOnly?: boolean;
  readonly countsExactly?: boolean;
  readonly elements?: readonly string[];
}

/** Reads a query. Throws a {@link Refusal} with status 400 for a malformed parameter, or for an unknown one that is not ignored. */
export function parseSearch(type: string, query: URLSearchParams, rules: SearchRules): Search {
  const ignored: string[] = [];
  const read = [...query].flatMap((pair) => {
    const [name, value] = pair;
    const isIgnored = rules.ignores(type, name, value);
    if (isIgnored && rules.isStrict) throw unknownParameter(name, type);
    const parse = (): Part => parsePart(type, name, value, rules);
    const isLenient = rules.ignoresUnknown && !rules.isStrict;
    const part = isIgnored ? undefined : isLenient ? unlessUnknown(parse) : parse();
    if (part !== undefined) return [{ pair, part }];
    ignored.push(name);
    return [];
  });
  const parts = read.map(({ part }) => part);
  return {
    type,
    filters: parts.flatMap(({ filter }) => filter ?? []),
    inclusions: parts.flatMap(({ inclusion }) => inclusion ?? []),
    sort: parts.flatMap(({ sort }) => sort ?? []),
    count: countOf(parts, rules),
    countsExactly: parts.some(({ countsExactly }) => countsExactly),
    elements: parts.flatMap(({ elements }) => elements ?? []),
    honoured: new URLSearchParams(read.map(({ pair }) => pair)).toString(),
    ignored,
  };
}

function countOf(parts: readonly Part[], { defaultCount, maximumCount }: SearchRules): number {
  if (parts.some(({ countsOnly }) => countsOnly)) return 0;
  const asked = parts.find(({ count }) => count !== undefined)?.count;
  return Math.min(asked ?? defaultCount, maximumCount);
}

function parsePart(type: string, name: string, value: string, rules: SearchRules): Part {
  switch (name.split(':')[0]) {
    case '_count':
      return { count: parseCount(value) };
    case '_format':
      return {};
    case '_total':
      return {
        countsExactly:
          value === 'accurate' && (rules.countsOnRequest || offersResult(type, name, value, rules)),
      };
    case '_elements':
      requireResult(type, name, value, rules);
      return { elements: value.split(',').filter((element) => element !== '') };
    case '_sort':
      requireResult(type, name, value, rules);
      return { sort: knownSort(type, name, value) };
    case '_summary':
      requireResult(type, name, value, rules);
      return { countsOnly: isCount(type, name, value) };
    case '_include':
    case '_revinclude':
      return { inclusion: offeredInclusion(type, name, value, rules) };
    default:
      return value === '' ? {} : { filter: parseFilter(type, name, value, rules) };
  }
}

function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Refusal(400, 'value', '_count must be a whole number of at least 0');
}

function offersResult(type: string, name: string, value: string, rules: SearchRules): boolean {
  return (rules.offers[type]?.results.includes(name) ?? false) && !rules.refuses(type, name, value);
}

function requireResult(type: string, name: string, value: string, rules: SearchRules): void {
  if (!offersResult(type, name, value, rules)) throw unknownParameter(name, type);
}

function knownSort(type: string, name: string, value: string): readonly SortKey[] {
  const sort = parseSort(type, value);
  if (sort === undefined) throw unknownParameter(`${name}=${value}`, type);
  return sort;
}

function isCount(type: string, name: string, value: string): boolean {
  if (value !== 'count' && value !== 'false') throw unknownParameter(`${name}=${value}`, type);
  return value === 'count';
}

function offeredInclusion(type: string, name: string, value: string, rules: SearchRules): Inclusion {
  const inclusion = parseInclusion(name, value);
  const isOffered =
    inclusion !== undefined &&
    !rules.refuses(type, name, value) &&
    (!inclusion.iterates || offersResult(type, name, value, rules)) &&
    offersJoin(type, inclusion, rules);
  if (!isOffered) throw unknownParameter(`${name}=${value}`, type);
  return inclusion;
}

/**
 * Whether the server supports the inclusion. With `:iterate`, the inclusion may start from another type than the
 * searched one.
 */
function offersJoin(type: string, inclusion: Inclusion, { offers }: SearchRules): boolean {
  const { source, parameter, direction, iterates } = inclusion;
  return Object.entries(offers)
    .filter(([each]) => iterates || each === type)
    .some(([, { includes, revIncludes }]) =>
      (direction === 'forward' ? includes : revIncludes).includes(`${source}:${parameter}`),
    );
}

/** Returns the positions of all matches, in the requested order. Without `_sort`, they are in the order of ids. */
export function runSearch(holdings: Holdings, search: Search): readonly number[] {
  return sorted(holdings, search.type, matchesOf(holdings, search), search.sort);
}

function matchesOf(holdings: Holdings, { type, filters }: Search): readonly number[] {
  const [first, ...others] = filters.map((filter) => filter(holdings));
  if (first === undefined) return holdings.all(type);
  return [...first].filter((position) => others.every((other) => other.has(position))).sort((a, b) => a - b);
}
