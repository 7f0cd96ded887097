/**
 * Computes the store keys of an upstream request from its canonical form. The access token is not part of the keys.
 */
import { createHash } from 'node:crypto';
import type { HttpRequest } from '../fhir/http.js';
import { entryKey } from '../store/store.js';

export interface ResponseKeys {
  /** The key of the cached response. */
  readonly copy: string;
  /** The key of the lease that the sending replica holds. */
  readonly lease: string;
  /** The key of the failure of the last attempt. */
  readonly failure: string;
}

/**
 * Returns the store keys of a request. They contain only a hash of the request, because a request may contain a
 * user's search text, and keys are visible in tools.
 * @param base the base URL of the upstream; its hash is the common prefix of its keys
 */
export function responseKeys(base: string, { method, url, headers, body = '' }: HttpRequest): ResponseKeys {
  const area = `response-${createHash('sha256').update(base).digest('hex').slice(0, 8)}`;
  const subject = [
    method,
    url.origin,
    url.pathname,
    canonical(url.search.slice(1)),
    canonical(body),
    headers['Accept'] ?? '',
  ];
  return {
    copy: entryKey(area, subject, 'copy'),
    lease: entryKey(area, subject, 'lease'),
    failure: entryKey(area, subject, 'failure'),
  };
}

/**
 * Sorts query parameters by name. Parameters with the same name keep their order, because it may matter. Values are
 * not decoded: otherwise two different values with invalid UTF-8 could become equal.
 */
function canonical(query: string): string {
  const named = query.split('&').map((parameter) => [parameter.split('=', 1)[0] ?? '', parameter] as const);
  return named
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, parameter]) => parameter)
    .join('&');
}
