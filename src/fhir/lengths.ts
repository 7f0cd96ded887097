/**
 * Measures how long a search may be, by neutral searches for ids that do not exist, as long as those that were refused.
 */
import type { BaseUrl } from './base-url.js';
import type { HttpAnswer } from './http.js';
import { isTooLong, type SearchLimits, type Vessel } from './search-limits.js';

interface Question {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The type that every upstream has. */
const type = 'MedicinalProductDefinition';
const nothing = 'pms-graphql-probe-of-nothing,';
const beginning = '_count=1&_id=';
/** Least characters beyond the address of a search: no server refuses so few. */
const shortest = beginning.length + nothing.length;

/** Sends shorter and shorter searches until one is accepted. */
export async function measureLengths(
  limits: SearchLimits,
  base: Pick<BaseUrl, 'resolve'>,
  send: (question: Question) => Promise<HttpAnswer>,
): Promise<void> {
  for (const vessel of ['url', 'form'] as const) {
    let length = limits.doubted(vessel);
    while (length !== undefined) {
      const question = questionOf(vessel, length, base);
      // A search this short is never refused for its length.
      const isRefused = question !== undefined && isTooLong(await send(question));
      length = limits.settle(vessel, length, isRefused);
    }
  }
}

/** Returns undefined where the length is too short for a search. */
function questionOf(
  vessel: Vessel,
  length: number,
  { resolve }: Pick<BaseUrl, 'resolve'>,
): Question | undefined {
  const address = vessel === 'url' ? resolve([type]).href.length + 1 : 0;
  const left = length - address;
  if (left < shortest) return undefined;
  const query = beginning + idsOf(left - beginning.length);
  if (vessel === 'url') return { method: 'GET', url: resolve([type], query), headers: {} };
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: resolve([type, '_search']), headers, body: query };
}

/** Returns ids of this total length. The list does not end with a comma. */
function idsOf(length: number): string {
  const all = nothing.repeat(Math.ceil(length / nothing.length)).slice(0, length);
  return all.endsWith(',') ? `${all.slice(0, -1)}0` : all;
}
