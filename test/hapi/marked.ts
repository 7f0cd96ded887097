/** Compares an answer that may have gaps with the whole one: what differs must be marked, as the contract has it. */

import { mayBeMended } from '../support/operations.js';

export interface Marks {
  /** Paths of `errors`. */
  readonly errors: readonly Path[];
  /** Of `extensions.upstream.incomplete`. */
  readonly incomplete: readonly { readonly path: Path; readonly reason: string }[];
}

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

/** @returns a line for every difference that is not marked */
export function unmarked(actual: unknown, whole: unknown, marks: Marks): readonly string[] {
  const errors = new Set(marks.errors.map((path) => path.join('.')));
  const incomplete = new Map(marks.incomplete.map(({ path, reason }) => [path.join('.'), reason]));

  function compare(actual: unknown, whole: unknown, path: Path): readonly string[] {
    const at = path.join('.');
    if (actual === null && whole !== null) return errors.has(at) ? [] : [`${at} is null without an error`];
    if (isFields(actual) && isFields(whole)) {
      return isConnection(actual) && actual.pageInfo.complete === false
        ? compareCut(actual, whole, path)
        : Object.keys(whole).flatMap((name) => compare(actual[name], whole[name], [...path, name]));
    }
    if (Array.isArray(actual) && Array.isArray(whole)) {
      const rows = actual.flatMap((row, index) => compare(row, whole[index], [...path, index]));
      return actual.length === whole.length
        ? rows
        : [`${at} has ${actual.length} of ${whole.length} rows`, ...rows];
    }
    return actual === whole ? [] : [`${at} is ${JSON.stringify(actual)} instead of ${JSON.stringify(whole)}`];
  }

  /** The rows that it has must be true ones; they are told apart by their ids. */
  function compareCut(actual: Connection, whole: Fields, path: Path): readonly string[] {
    const at = path.join('.');
    const rows = new Map((whole['nodes'] as readonly Fields[]).map((row) => [row['id'], row]));
    return [
      ...(incomplete.has(at) ? [] : [`${at} is cut and not named in incomplete`]),
      ...(actual.pageInfo.hasNextPage || !mayBeMended(incomplete.get(at) ?? '')
        ? []
        : [`${at} is cut and has no next page`]),
      ...actual.nodes.flatMap((row, index) => compare(row, rows.get(row['id']), [...path, 'nodes', index])),
    ];
  }

  return compare(actual, whole, []);
}

interface Connection extends Fields {
  readonly nodes: readonly Fields[];
  readonly pageInfo: { readonly complete: boolean; readonly hasNextPage: boolean };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isConnection(value: Fields): value is Connection {
  return isFields(value['pageInfo']) && 'complete' in value['pageInfo'] && Array.isArray(value['nodes']);
}
