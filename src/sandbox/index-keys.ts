/** How token and reference parameters are indexed, and which keys of an index a query asks for. */

import type { Reference, Resource } from 'fhir/r5.js';
import type { Parameter, Token } from './parameters.js';
import { parseReference, targetOf } from './references.js';
import { splitUnescaped, unescapeSearch } from './text.js';

/** The keys under which a resource is found by a token or reference parameter. */
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

/** The index keys that one value of a query asks for. */
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
