/**
 * Defines how long data of the upstream may be used, and for what. The ages below hold for cached HTTP responses, for
 * the records and lists in them, and for whole GraphQL responses of this service.
 *
 * | age since the request to the upstream | use |
 * | --- | --- |
 * | fresh, for `CACHE_TTL` | served without a request; a GraphQL response is cached while all its parts are fresh |
 * | up to an hour beyond fresh | served at once, and renewed in the background; bulk requests wait for the renewal |
 * | up to a day beyond fresh | served only while the upstream fails, and marked as stale |
 * | absent record, for a minute | cached, but no GraphQL response with it; in memory only while it is also fresh |
 * | 403, 404 and the like | no cached copy is served instead, and cached copies are deleted |
 */
import type { PmsError } from '../errors.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Milliseconds after the end of freshness in which a cached response may be served because the upstream fails. */
export const outageMs = dayMs;

/** Milliseconds for which the absence of a record is cached. */
export const absentMs = 60_000;

/** The limits of age for one value of `CACHE_TTL`. An age is in milliseconds since the request to the upstream. */
export interface Freshness {
  /** Milliseconds for which data counts as fresh. */
  readonly freshMs: number;
  /** Milliseconds after which data is deleted from the cache. */
  readonly keepMs: number;
  isFresh(ageMs: number): boolean;
  /** Whether a record that was absent still counts as absent without a new request. */
  isAbsenceFresh(ageMs: number): boolean;
  /** Whether a cached copy of this age is served at once, and renewed in the background. */
  isRenewedBehind(ageMs: number): boolean;
  /** Whether a cached copy of this age may be served while the upstream fails. */
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

/** What an HTTP status other than 200 means for cached copies. A stale copy is served only in an outage. */
export type Meaning = 'outage' | 'absent' | 'final';

export function meaningOf(status: number): Meaning {
  const isOutage = status === 401 || status === 408 || status === 429 || (status >= 500 && status !== 501);
  if (isOutage) return 'outage';
  return status === 404 || status === 410 ? 'absent' : 'final';
}

/**
 * Whether an HTTP status shows that the upstream accepted the request. A 404 does: the upstream looked for the record.
 */
export function isLetIn(status: number): boolean {
  return status < 500 && ![401, 403, 407, 408, 429].includes(status);
}

/**
 * Whether the error is a 403: the upstream refuses data that it may have sent before. Cached copies are then deleted.
 */
export function isForbidden({ status }: PmsError): boolean {
  return status === 403;
}
