/**
 * Measures how long a search may be. The searches are neutral: they contain only ids that do not exist, and are as
 * long as searches that the upstream refused.
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

/** The resource type that every upstream is expected to have. */
const type = 'MedicinalProductDefinition';
const nothing = 'pms-graphql-probe-of-nothing,';
const beginning = '_count=1&_id=';
/**
 * Length in characters of the shortest measuring search, without the address. No server refuses a search that short.
 */
const shortest = beginning.length + nothing.length;

/** Sends searches of decreasing length until the upstream accepts one. */
export async function measureLengths(
  limits: SearchLimits,
  base: Pick<BaseUrl, 'resolve'>,
  send: (question: Question) => Promise<HttpAnswer>,
): Promise<void> {
  for (const vessel of ['url', 'form'] as const) {
    let length = limits.doubted(vessel);
    while (length !== undefined) {
      const question = questionOf(vessel, length, base);
      // A length too short for a search is not sent, and counts as accepted.
      const isRefused = question !== undefined && isTooLong(await send(question));
      length = limits.settle(vessel, length, isRefused);
    }
  }
}

/** Returns a search of the given length; undefined if the length is too short for a search. */
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

/** Returns a comma-separated list of ids of the given length, without a comma at its end. */
function idsOf(length: number): string {
  const all = nothing.repeat(Math.ceil(length / nothing.length)).slice(0, length);
  return all.endsWith(',') ? `${all.slice(0, -1)}0` : all;
}
