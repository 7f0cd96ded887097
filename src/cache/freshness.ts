/**
 * How long what the upstream gave is good for what: one ladder of ages for all that is kept of it, for its answers as they
 * came, for the records and lists that were read in them, and for whole answers of this service.
 *
 * | from its asking on | what is done with it |
 * | --- | --- |
 * | fresh, for `CACHE_TTL` | it is given, and nothing is asked; whole answers are kept no longer than all in them is fresh |
 * | an hour beyond that | a copy of an answer is given at once, and renewed behind it; who is bulk waits for the new one |
 * | a day beyond fresh | it stands in where the upstream cannot be asked, and is said to be old |
 * | absent, for a minute | that a record does not exist is kept, and no whole answer of it; memory believes it no longer than fresh |
 * | 403, 404 and the like | nothing stands in for them, and what was kept of it is dropped |
 */
import type { PmsError } from '../errors.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Milliseconds for which old copies stand in for an upstream that fails, beyond those for which they are fresh. */
export const outageMs = dayMs;

/** Milliseconds for which it is kept that a record does not exist. */
export const absentMs = 60_000;

/** The ladder for one `CACHE_TTL`. All ages are in milliseconds since the upstream was asked. */
export interface Freshness {
  /** Milliseconds for which what was read counts as fresh. */
  readonly freshMs: number;
  /** Milliseconds after which nothing is good for anything. */
  readonly keepMs: number;
  isFresh(ageMs: number): boolean;
  /** Whether it is believed without asking that a record does not exist. */
  isAbsenceFresh(ageMs: number): boolean;
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
    isFresh: (ageMs) => ageMs < freshMs,
    isAbsenceFresh: (ageMs) => ageMs < Math.min(absentMs, freshMs),
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

/** Whether a status says that the upstream let the question in, whatever it found: 404 was looked for. */
export function isLetIn(status: number): boolean {
  return status < 500 && ![401, 403, 407, 408, 429].includes(status);
}

/** Whether the upstream no longer gives what it may have given before: that is forgotten. */
export function isForbidden({ status }: PmsError): boolean {
  return status === 403;
}
