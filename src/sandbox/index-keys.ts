/** Computes the index keys of token and reference parameters, for resources and for queries. */

import type { Reference, Resource } from 'fhir/r5.js';
import type { Parameter, Token } from './parameters.js';
import { parseReference, targetOf } from './references.js';
import { splitUnescaped, unescapeSearch } from './text.js';

/** Returns the keys under which a token or reference parameter finds the resource. */
export function indexKeys(parameter: Parameter, resource: Resource): string[] {
  if (parameter.type === 'reference') return parameter.of(resource).flatMap(referenceKey);
  if (parameter.type === 'token') return parameter.of(resource).flatMap(tokenKeys);
  return [];
}

function referenceKey(from: Reference | undefined): string[] {
  const target = targetOf(from);
  return target === undefined ? [] : [`${target.type ?? '?'}/${target.id}`];
}

function tokenKeys({ system, code }: Token): string[] {
  return code === undefined ? [] : [`*|${code}`, `${system ?? ''}|${code}`];
}

/** Returns the index keys that one value of a query looks up. */
export function queryKeys(parameter: Parameter, value: string): string[] {
  if (parameter.type === 'token') return [tokenQueryKey(value)];
  if (parameter.type === 'string') return [];
  const target = parseReference(unescapeSearch(value));
  if (target === undefined) return [];
  const types = target.type === undefined ? parameter.targets : [target.type];
  return [...types, '?'].map((type) => `${type}/${target.id}`);
}

function tokenQueryKey(value: string): string {
  const [first = '', second] = splitUnescaped(value, '|').map(unescapeSearch);
  return second === undefined ? `*|${first}` : `${first}|${second}`;
}
