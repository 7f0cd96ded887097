/** Encodes typed search parameters. Clients' text is escaped only here. */
import { PmsError } from '../errors.js';

/** All names of search parameters. Clients' text can never become a parameter name. */
export type SearchParameterName =
  | '_count'
  | '_elements'
  | '_id'
  | '_include'
  | '_lastUpdated'
  | '_revinclude'
  | '_sort'
  | '_total'
  | 'case'
  | 'contact'
  | 'domain'
  | 'for'
  | 'form-of'
  | 'holder'
  | 'identifier'
  | 'manufactured-item'
  | 'manufacturer'
  | 'name'
  | 'package-for'
  | 'product-classification'
  | 'region'
  | 'status'
  | 'subject'
  | 'substance-code'
  | 'substance-definition';

export type SearchModifier = 'contains' | 'exact' | 'iterate';

/** A FHIR token: a code, or the value of an identifier, with its system. */
export interface SearchToken {
  readonly system: string;
  readonly code: string;
}

export type SearchValue = string | number | SearchToken;

export interface SearchParameter {
  readonly name: SearchParameterName;
  readonly modifier?: SearchModifier;
  /** Alternative values, at least one. A record matches if any of them does. */
  readonly values: readonly SearchValue[];
}

/** Search parameters. A record must match all of them. */
export type SearchParameters = readonly SearchParameter[];

/**
 * Returns the query of a search URL, which is also the form body of a `_search`.
 * Throws BAD_USER_INPUT for a value that no search can contain.
 */
export function encodeSearch(parameters: SearchParameters): string {
  return parameters.map(encodeParameter).join('&');
}

function encodeParameter({ name, modifier, values }: SearchParameter): string {
  // Servers ignore a parameter without a value, and return all records.
  if (values.length === 0) throw new RangeError(`The search parameter ${name} has no value`);
  const key = modifier === undefined ? name : `${name}:${modifier}`;
  return `${key}=${values.map(encodeValue).join(',')}`;
}

function encodeValue(value: SearchValue): string {
  if (typeof value === 'number') return String(value);
  // A fast path: a search may have hundreds of ids and references, in which only the slash needs escaping.
  if (typeof value === 'string' && isPlain(value)) return value.replace('/', '%2F');
  const escaped =
    typeof value === 'string' ? escapeText(value) : `${escapeText(value.system)}|${escapeText(value.code)}`;
  return encodeURIComponent(escaped);
}

function isPlain(value: string): boolean {
  return /^[\w.-]+(?:\/[\w.-]+)?$/.test(value);
}

function escapeText(text: string): string {
  if (text.trim() === '') throw new PmsError('BAD_USER_INPUT', 'A search text must not be empty.');
  if (/[\p{Control}\p{Surrogate}]/u.test(text)) {
    throw new PmsError(
      'BAD_USER_INPUT',
      'A search text must not have control characters or incomplete characters.',
    );
  }
  return text.replaceAll(/[\\$,|]/g, String.raw`\$&`);
}

/**
 * Splits a list into as few parts as possible, each short enough for one search. A value that is too long by itself
 * still becomes a part.
 */
export function chunksThatFit<Value>(
  values: readonly Value[],
  fits: (chunk: readonly Value[]) => boolean,
): readonly (readonly Value[])[] {
  const chunks: (readonly Value[])[] = [];
  for (let start = 0; start < values.length;) {
    const rest = values.slice(start);
    const chunk = fits(rest) ? rest : rest.slice(0, longestPrefix(rest, fits));
    chunks.push(chunk);
    start += chunk.length;
  }
  return chunks;
}

function longestPrefix<Value>(values: readonly Value[], fits: (chunk: readonly Value[]) => boolean): number {
  let known = 1;
  let tooMany = values.length;
  while (tooMany - known > 1) {
    const middle = Math.floor((known + tooMany) / 2);
    if (fits(values.slice(0, middle))) known = middle;
    else tooMany = middle;
  }
  return known;
}
