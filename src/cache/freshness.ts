/**
 * Says how long data of the upstream may be used, and for what. One table of ages holds for its answers as they
 * arrived, for the records and lists in them, and for whole answers of this service.
 *
 * | age since the upstream was asked | use |
 * | --- | --- |
 * | fresh, for `CACHE_TTL` | it is served without asking; a whole answer is kept while all its parts are fresh |
 * | an hour beyond fresh | a copy is served at once, and renewed in the background; bulk requests wait for the new one |
 * | a day beyond fresh | it is served where the upstream cannot be asked, and is marked as stale |
 * | absent, for a minute | the absence is kept, but no whole answer with it; memory relies on it no longer than fresh |
 * | 403, 404 and the like | no copy is served in their place, and stored copies are dropped |
 */
import type { PmsError } from '../errors.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Milliseconds, after an answer is no longer fresh, in which it may replace the answer of a failing upstream. */
export const outageMs = dayMs;

/** Milliseconds for which an absent record is remembered. */
export const absentMs = 60_000;

/** The ages for one `CACHE_TTL`, in milliseconds since the upstream was asked. */
export interface Freshness {
  /** Milliseconds for which data counts as fresh. */
  readonly freshMs: number;
  /** Milliseconds after which data is dropped. */
  readonly keepMs: number;
  isFresh(ageMs: number): boolean;
  /** Whether an absent record counts as absent without asking again. */
  isAbsenceFresh(ageMs: number): boolean;
  /** Whether a copy is served at once, and renewed in the background. */
  isRenewedBehind(ageMs: number): boolean;
  /** Whether a copy may be served where the upstream cannot be asked. */
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

/** The meaning of a status other than 200 for stored copies. Only in an outage is a stale copy served. */
export type Meaning = 'outage' | 'absent' | 'final';

export function meaningOf(status: number): Meaning {
  const isOutage = status === 401 || status === 408 || status === 429 || (status >= 500 && status !== 501);
  if (isOutage) return 'outage';
  return status === 404 || status === 410 ? 'absent' : 'final';
}

/** Whether a status shows that the upstream accepted the request, whatever it found. A 404 means that it looked. */
export function isLetIn(status: number): boolean {
  return status < 500 && ![401, 403, 407, 408, 429].includes(status);
}

/** Whether the upstream now refuses data that it may have given before. Stored copies of it are dropped. */
export function isForbidden({ status }: PmsError): boolean {
  return status === 403;
}
