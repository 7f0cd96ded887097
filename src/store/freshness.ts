/**
 * How long what the upstream gave is good for what: one ladder of ages for all that is kept of it, for its answers as they
 * came, for the records and lists that were read in them, and for whole answers of this service.
 *
 * | from its asking on | what is done with it |
 * | --- | --- |
 * | fresh, for `CACHE_TTL` | it is given, and nothing is asked; whole answers are kept no longer than all in them is fresh |
 * | an hour beyond that | a copy of an answer is given at once, and renewed behind it; who is bulk waits for the new one |
 * | a day beyond fresh | it stands in where the upstream cannot be asked, and is said to be old |
 * | absent, for a minute, and no longer than fresh | that a record does not exist is believed, and no whole answer is kept of it |
 * | 403, 404 and the like | nothing stands in for them, and what was kept of it is dropped |
 */
import type { PmsError } from '../errors.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Milliseconds for which old copies stand in for an upstream that fails, beyond those for which they are fresh. */
export const outageMs = dayMs;

/** The ladder for one `CACHE_TTL`. All ages are in milliseconds since the upstream was asked. */
export interface Freshness {
  /** Milliseconds for which what was read counts as fresh. */
  readonly freshMs: number;
  /** Milliseconds after which nothing is good for anything. */
  readonly keepMs: number;
  /** Milliseconds for which it is believed that a record does not exist. */
  readonly absentMs: number;
  isFresh(ageMs: number): boolean;
  /** Whether a copy is given at once, and renewed behind it. */
  isRenewedBehind(ageMs: number): boolean;
  /** Whether it may stand in where the upstream cannot be asked. */
  mayStandIn(ageMs: number): boolean;
}

export function createFreshness(freshMs: number): Freshness {
  const keepMs = freshMs + outageMs;
  return {
    freshMs,
    keepMs,
    absentMs: Math.min(minuteMs, freshMs),
    isFresh: (ageMs) => ageMs < freshMs,
    isRenewedBehind: (ageMs) => ageMs < freshMs + hourMs,
    mayStandIn: (ageMs) => ageMs < keepMs,
  };
}

/** What a status other than 200 means for what is kept: old copies stand in for an outage alone. */
export type Meaning = 'outage' | 'absent' | 'final';

export function meaningOf(status: number): Meaning {
  const isOutage = status === 401 || status === 408 || status === 429 || (status >= 500 && status !== 501);
  if (isOutage) return 'outage';
  return status === 404 || status === 410 ? 'absent' : 'final';
}

/** Whether the upstream no longer gives what it may have given before: that is forgotten. */
export function isForbidden({ status }: PmsError): boolean {
  return status === 403;
}
