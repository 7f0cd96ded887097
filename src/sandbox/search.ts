/** Searches as R5 defines them: comma means OR, a repeated parameter means AND, what is unknown is refused. */

import type { Holdings, StringMatch } from './holdings.js';
import { searchParameters } from './parameters.js';
import { Refusal } from './refusal.js';
import { splitUnescaped, unescapeSearch } from './text.js';

export interface SearchRules {
  /** Search parameters that are offered for the type, beside `_id`. */
  readonly parameters: readonly string[];
  /** What a string parameter without a modifier means. */
  readonly stringMatch: StringMatch;
  readonly defaultCount: number;
  readonly maximumCount: number;
  readonly allowsElements: boolean;
  /** Parameters that are silently ignored, as some servers do with those they do not know. */
  readonly ignores: (name: string) => boolean;
}

interface Criterion {
  readonly parameter: string;
  readonly match: StringMatch;
  /** Any of them; still escaped. */
  readonly values: readonly string[];
}

export interface Search {
  readonly type: string;
  readonly criteria: readonly Criterion[];
  readonly count: number;
  readonly elements?: readonly string[];
  /** The query that was honoured, for the `self` link. */
  readonly query: string;
}

const controls = new Set(['_count', '_elements', '_total', '_format']);
const modifiers: Readonly<Record<string, StringMatch>> = { contains: 'contains', exact: 'exact' };

/** Reads a query; throws a {@link Refusal} with status 400 for anything unknown or malformed. */
export function parseSearch(type: string, query: URLSearchParams, rules: SearchRules): Search {
  const honoured = [...query].filter(([name]) => !rules.ignores(name));
  const elements = honoured.filter(([name]) => name === '_elements').flatMap(([, value]) => value.split(','));
  if (elements.length > 0 && !rules.allowsElements) throw unknown('_elements', type);
  return {
    type,
    criteria: honoured
      .filter(([name, value]) => !controls.has(name) && value !== '')
      .map(([name, value]) => parseCriterion(type, name, value, rules)),
    count: parseCount(honoured.find(([name]) => name === '_count')?.[1], rules),
    ...(elements.length > 0 ? { elements } : {}),
    query: new URLSearchParams(honoured).toString(),
  };
}

function parseCriterion(type: string, written: string, value: string, rules: SearchRules): Criterion {
  const [name = '', modifier] = written.split(':', 2);
  const isOffered = name === '_id' || rules.parameters.includes(name);
  if (!isOffered) throw unknown(written, type);
  const isString = searchParameters[type]?.[name]?.type === 'string';
  const match = modifier === undefined ? rules.stringMatch : modifiers[modifier];
  if (match === undefined || (modifier !== undefined && !isString)) throw unknown(written, type);
  return { parameter: name, match, values: splitUnescaped(value, ',').filter((each) => each !== '') };
}

function parseCount(text: string | undefined, { defaultCount, maximumCount }: SearchRules): number {
  if (text === undefined) return Math.min(defaultCount, maximumCount);
  if (!/^\d{1,9}$/.test(text)) throw new Refusal(400, 'value', '_count must be a whole number of at least 0');
  return Math.min(Number(text), maximumCount);
}

function unknown(name: string, type: string): Refusal {
  return new Refusal(400, 'not-supported', `Unknown search parameter "${name}" for resource type "${type}"`);
}

/** The positions of all that a search finds, in the order of ids. */
export function runSearch(holdings: Holdings, { type, criteria }: Search): readonly number[] {
  const [first, ...others] = criteria.map((criterion) => positionsOf(holdings, type, criterion));
  if (first === undefined) return holdings.all(type);
  return [...first].filter((position) => others.every((other) => other.has(position))).sort((a, b) => a - b);
}

function positionsOf(holdings: Holdings, type: string, { parameter, match, values }: Criterion): Set<number> {
  if (parameter === '_id')
    return new Set(values.flatMap((id) => holdings.locate(type, unescapeSearch(id)) ?? []));
  return new Set(values.flatMap((value) => holdings.find(type, parameter, value, match)));
}
