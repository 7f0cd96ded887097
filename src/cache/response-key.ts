/** The names of what is kept of one question: the canonical request, without the token that it is sent with. */
import { createHash } from 'node:crypto';
import type { HttpRequest } from '../fhir/http.js';
import { keyOf } from '../store/store.js';

export interface ResponseKeys {
  /** The answer. */
  readonly copy: string;
  /** Held by whoever asks. */
  readonly lease: string;
  /** What came of the last attempt, where it failed. */
  readonly failure: string;
}

/**
 * Hashed: keys show up in tools, and a question may hold what somebody searched for.
 * @param base of the upstream: all that is kept of one upstream has one beginning
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
    copy: keyOf(area, subject, 'copy'),
    lease: keyOf(area, subject, 'lease'),
    failure: keyOf(area, subject, 'failure'),
  };
}

/**
 * Parameters in the order of their names; those of one name stay in their own, which may mean something. They are not
 * decoded: what is no UTF-8 would fall together.
 */
function canonical(query: string): string {
  const named = query.split('&').map((parameter) => [parameter.split('=', 1)[0] ?? '', parameter] as const);
  return named
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, parameter]) => parameter)
    .join('&');
}
