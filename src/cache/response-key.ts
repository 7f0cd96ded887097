/** Makes the store keys of an upstream request from its canonical form, without its access token. */
import { createHash } from 'node:crypto';
import type { HttpRequest } from '../fhir/http.js';
import { entryKey } from '../store/store.js';

export interface ResponseKeys {
  /** The key of the cached response. */
  readonly copy: string;
  /** The key of the lease of the replica that sends the request. */
  readonly lease: string;
  /** The key of the failure of the last attempt. */
  readonly failure: string;
}

/**
 * Returns the keys, with the request hashed. A request may contain a user's search text, and keys are visible in
 * tools.
 * @param base the base URL of the upstream; all its keys have the same prefix
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
 * Sorts query parameters by name. Parameters of the same name keep their order, which may matter. Values are not
 * decoded, because different invalid UTF-8 would become equal.
 */
function canonical(query: string): string {
  const named = query.split('&').map((parameter) => [parameter.split('=', 1)[0] ?? '', parameter] as const);
  return named
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, parameter]) => parameter)
    .join('&');
}
