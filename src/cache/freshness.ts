/**
 * Defines how long data from the upstream may be used, and for what. The ages below apply to cached HTTP responses,
 * to the records and lists in them, and to whole GraphQL responses of this service.
 *
 * | age since the request to the upstream | use |
 * | --- | --- |
 * | fresh: up to `CACHE_TTL` | served without an upstream request; a GraphQL response is cached while all its data are fresh |
 * | up to an hour after that | served at once, and renewed in the background; bulk requests wait for the renewal |
 * | up to a day after that | served only while the upstream fails, and marked as stale |
 * | absent record: up to a minute | the absence is cached, but no GraphQL response that contains it; the record cache uses it only while it is also fresh |
 * | response 403, 404 or similar | no cached copy is served instead, and cached copies are deleted |
 */
import type { PmsError } from '../errors.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Milliseconds after the end of freshness during which a cached response may be served if the upstream fails. */
export const outageMs = dayMs;

/** Milliseconds for which the service caches that a record does not exist. */
export const absentMs = 60_000;

/**
 * The age limits for one value of `CACHE_TTL`. An age is the time since the request to the upstream, in milliseconds.
 */
export interface Freshness {
  /** Milliseconds for which data counts as fresh. */
  readonly freshMs: number;
  /** Milliseconds after which data is deleted from the cache. */
  readonly keepMs: number;
  isFresh(ageMs: number): boolean;
  /** Whether the service may still assume, without a new request, that a record does not exist. */
  isAbsenceFresh(ageMs: number): boolean;
  /** Whether a cached copy of this age is served at once and renewed in the background. */
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

/**
 * What an HTTP status other than 200 means for cached copies. Stale copies are served only during an upstream outage.
 */
export type Meaning = 'outage' | 'absent' | 'final';

export function meaningOf(status: number): Meaning {
  const isOutage = status === 401 || status === 408 || status === 429 || (status >= 500 && status !== 501);
  if (isOutage) return 'outage';
  return status === 404 || status === 410 ? 'absent' : 'final';
}

/**
 * Whether an HTTP status shows that the upstream authorized the request. A 404 shows this too, because the upstream
 * looked for the record.
 */
export function isLetIn(status: number): boolean {
  return status < 500 && ![401, 403, 407, 408, 429].includes(status);
}

/**
 * Whether the error is a 403 response: the upstream no longer permits access to data that it may have sent before.
 * Cached copies of the data are then deleted.
 */
export function isForbidden({ status }: PmsError): boolean {
  return status === 403;
}
