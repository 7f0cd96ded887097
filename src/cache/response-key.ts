/** Makes the keys of one request in the store, from the canonical request without its token. */
import { createHash } from 'node:crypto';
import type { HttpRequest } from '../fhir/http.js';
import { entryKey } from '../store/store.js';

export interface ResponseKeys {
  /** Of the answer. */
  readonly copy: string;
  /** Of the lease that the asking replica holds. */
  readonly lease: string;
  /** Of the last attempt's failure. */
  readonly failure: string;
}

/**
 * Returns hashed keys, because keys show up in tools, and a request may hold a user's search text.
 * @param base of the upstream: all keys of one upstream have the same prefix
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
 * Sorts parameters by name. Those with the same name keep their order, which may matter. They are not decoded, because
 * different invalid UTF-8 would become equal.
 */
function canonical(query: string): string {
  const named = query.split('&').map((parameter) => [parameter.split('=', 1)[0] ?? '', parameter] as const);
  return named
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, parameter]) => parameter)
    .join('&');
}
