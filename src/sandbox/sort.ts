/** `_sort`: orders matches. */

import type { Holdings } from './holdings.js';
import { searchParameters } from './parameters.js';

export interface SortKey {
  /** A string parameter, `_id` or `_lastUpdated`. */
  readonly name: string;
  readonly isDescending: boolean;
}

/** Parses `name,-_lastUpdated`. Returns undefined if the server cannot sort by one of the parameters. */
export function parseSort(type: string, value: string): readonly SortKey[] | undefined {
  const keys = value.split(',').map((written): SortKey => {
    const isDescending = written.startsWith('-');
    return { name: isDescending ? written.slice(1) : written, isDescending };
  });
  return keys.every(({ name }) => isSortable(type, name)) ? keys : undefined;
}

function isSortable(type: string, name: string): boolean {
  return name === '_id' || name === '_lastUpdated' || searchParameters[type]?.[name]?.type === 'string';
}

/** Sorts ascending positions by the keys. Resources without a value come last in both directions. */
export function sorted(
  holdings: Holdings,
  type: string,
  positions: readonly number[],
  keys: readonly SortKey[],
): readonly number[] {
  if (keys.length === 0) return positions;
  const orders = keys.map(({ name, isDescending }) => {
    const values = holdings.sortValues(type, name);
    return (a: number, b: number) => compare(values.get(a), values.get(b), isDescending ? -1 : 1);
  });
  return [...positions].sort((a, b) => orders.map((order) => order(a, b)).find((sign) => sign !== 0) ?? 0);
}

type Value = string | number | undefined;

function compare(one: Value, other: Value, direction: 1 | -1): number {
  if (one === undefined || other === undefined)
    return Number(one === undefined) - Number(other === undefined);
  if (one === other) return 0;
  return one < other ? -direction : direction;
}
