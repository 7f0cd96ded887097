/** Reads searches as R5 defines them: comma means OR, a repeated parameter means AND, what is unknown is refused. */

import { parseFilter, type Filter } from './filters.js';
import type { Holdings, StringMatch } from './holdings.js';
import { parseInclusion, type Inclusion } from './includes.js';
import type { Offers } from './profiles.js';
import { Refusal, unknownParameter } from './refusal.js';
import { parseSort, sorted, type SortKey } from './sort.js';

export interface SearchRules {
  readonly offers: Offers;
  /** What a string parameter without a modifier means. */
  readonly stringMatch: StringMatch;
  readonly defaultCount: number;
  readonly maximumCount: number;
  /** Parameters that are silently ignored, as some servers do with those they do not know. */
  readonly ignores: (name: string) => boolean;
}

export interface Search {
  readonly type: string;
  readonly filters: readonly Filter[];
  readonly inclusions: readonly Inclusion[];
  readonly sort: readonly SortKey[];
  /** 0 asks for the total alone. */
  readonly count: number;
  /** None means that resources come whole. */
  readonly elements: readonly string[];
  /** The query that was honoured, for the `self` link. */
  readonly query: string;
}

/** What one parameter of a query adds to a search. */
interface Part {
  readonly filter?: Filter;
  readonly inclusion?: Inclusion;
  readonly sort?: readonly SortKey[];
  readonly count?: number;
  readonly countsOnly?: boolean;
  readonly elements?: readonly string[];
}

/** Reads a query; throws a {@link Refusal} with status 400 for anything unknown or malformed. */
export function parseSearch(type: string, query: URLSearchParams, rules: SearchRules): Search {
  const honoured = [...query].filter(([name]) => !rules.ignores(name));
  const parts = honoured.map(([name, value]) => parsePart(type, name, value, rules));
  return {
    type,
    filters: parts.flatMap(({ filter }) => filter ?? []),
    inclusions: parts.flatMap(({ inclusion }) => inclusion ?? []),
    sort: parts.flatMap(({ sort }) => sort ?? []),
    count: countOf(parts, rules),
    elements: parts.flatMap(({ elements }) => elements ?? []),
    query: new URLSearchParams(honoured).toString(),
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
    case '_total':
    case '_format':
      return {};
    case '_elements':
      requireResult(type, name, rules);
      return { elements: value.split(',').filter((element) => element !== '') };
    case '_sort':
      return { sort: offeredSort(type, name, value, rules) };
    case '_summary':
      requireResult(type, name, rules);
      if (value !== 'count' && value !== 'false') throw unknownParameter(`${name}=${value}`, type);
      return { countsOnly: value === 'count' };
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

function requireResult(type: string, name: string, { offers }: SearchRules): void {
  if (!offers[type]?.results.includes(name)) throw unknownParameter(name, type);
}

function offeredSort(type: string, name: string, value: string, rules: SearchRules): readonly SortKey[] {
  requireResult(type, name, rules);
  const sort = parseSort(type, value);
  if (sort === undefined) throw unknownParameter(`${name}=${value}`, type);
  return sort;
}

function offeredInclusion(type: string, name: string, value: string, rules: SearchRules): Inclusion {
  const inclusion = parseInclusion(name, value);
  if (inclusion === undefined) throw unknownParameter(`${name}=${value}`, type);
  const { source, parameter, iterates, direction } = inclusion;
  if (iterates) requireResult(type, name, rules);
  // What is included may include in turn: then another type than the one searched has to offer it.
  const offers = Object.entries(rules.offers).filter(([each]) => iterates || each === type);
  const isOffered = offers.some(([, { includes, revIncludes }]) =>
    (direction === 'forward' ? includes : revIncludes).includes(`${source}:${parameter}`),
  );
  if (!isOffered) throw unknownParameter(`${name}=${value}`, type);
  return inclusion;
}

/** The positions of all that a search finds, in the order asked for; without one, of ids. */
export function runSearch(holdings: Holdings, search: Search): readonly number[] {
  return sorted(holdings, search.type, matchesOf(holdings, search), search.sort);
}

function matchesOf(holdings: Holdings, { type, filters }: Search): readonly number[] {
  const [first, ...others] = filters.map((filter) => filter(holdings));
  if (first === undefined) return holdings.all(type);
  return [...first].filter((position) => others.every((other) => other.has(position))).sort((a, b) => a - b);
}
