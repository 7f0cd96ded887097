/** The conditions of a search. */

import type { Holdings, StringMatch } from './holdings.js';
import { searchParameters } from './parameters.js';
import type { Offers } from './profiles.js';
import { unknownParameter } from './refusal.js';
import { splitUnescaped, unescapeSearch } from './text.js';

/** The positions of what it lets through. */
export type Filter = (holdings: Holdings) => ReadonlySet<number>;

export interface FilterRules {
  readonly offers: Offers;
  /** What a string parameter without a modifier means. */
  readonly stringMatch: StringMatch;
}

const stringModifiers: Readonly<Record<string, StringMatch>> = { contains: 'contains', exact: 'exact' };

/** Reads a parameter as written in a query; throws a Refusal with status 400 for what is not offered. */
export function parseFilter(type: string, written: string, value: string, rules: FilterRules): Filter {
  const [name = '', modifier] = written.split(':', 2);
  if (!rules.offers[type]?.parameters.includes(name)) throw unknownParameter(written, type);
  const values = splitUnescaped(value, ',').filter((each) => each !== '');
  const isString = searchParameters[type]?.[name]?.type === 'string';
  const match = modifier === undefined ? rules.stringMatch : stringModifiers[modifier];
  if (match === undefined || (modifier !== undefined && !isString)) throw unknownParameter(written, type);
  if (name === '_id') return idFilter(type, values);
  return (holdings) => new Set(values.flatMap((each) => holdings.find(type, name, each, match)));
}

function idFilter(type: string, values: readonly string[]): Filter {
  return (holdings) => new Set(values.flatMap((id) => holdings.locate(type, unescapeSearch(id)) ?? []));
}
