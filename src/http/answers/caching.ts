/** Says how long clients and proxies may reuse a response, and recognizes clients that have it already. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import fresh from 'fresh';
import type { Written } from '../../graphql/engine/written.js';

/** How long a response may be reused. */
export interface Lifetime {
  /** Milliseconds for which everything in the response stays fresh. 0 if it must be checked before each use. */
  readonly freshMs: number;
  /** Milliseconds since the upstream sent the oldest data in it. Undefined if all data are from this request. */
  readonly ageMs: number | undefined;
}

/** `no-store`: for responses with errors, or with gaps that another request may fill. */
export const unstored = { 'cache-control': 'no-store' } as const;

/** Returns the headers for a response that may be reused. */
export function lifetimeHeaders(
  request: Pick<IncomingMessage, 'method' | 'headers'>,
  { freshMs, ageMs = 0 }: Lifetime,
): Readonly<Record<string, string>> {
  const who = isOpenToAll(request) ? 'public' : 'private';
  if (freshMs <= 0) return { 'cache-control': `${who}, max-age=0` };
  // `max-age` counts from the request to the upstream, because caches subtract `Age` from it.
  const headers = { 'cache-control': `${who}, max-age=${Math.round((freshMs + ageMs) / 1_000)}` };
  // nginx does not subtract `Age`, so it needs the rest in a header of its own. It does not pass that header on.
  return ageMs < 1_000 ? headers : { ...headers, 'x-accel-expires': String(Math.floor(freshMs / 1_000)) };
}

/**
 * Whether a shared cache may store the response: it answers a GET or HEAD request without credentials.
 */
function isOpenToAll({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return (
    method !== 'POST' &&
    headers.authorization === undefined &&
    headers['x-api-key'] === undefined &&
    headers.cookie === undefined
  );
}

/**
 * Whether the client has this response already, and does not demand a new one. POST requests may ask for this too,
 * because all operations are queries.
 */
export function hasAlready(headers: IncomingHttpHeaders, etag: string): boolean {
  return headers['if-none-match'] !== undefined && fresh(headers, { etag });
}

/**
 * Returns a weak `ETag` of a response without errors.
 * @param languages tags of the languages of its texts
 */
export type EtagOf = (data: Written, languages: readonly string[]) => string;

/** @param schema returns the schema's SDL; called once */
export function createEtagOf(schema: () => string): EtagOf {
  // A cached response has one object for its data, so its ETag is computed once.
  const known = new WeakMap<Written, string>();
  let version: string | undefined;

  return (data, languages) => {
    const before = known.get(data);
    if (before !== undefined) return before;
    version ??= createHash('sha256').update(schema()).digest('base64');
    const hash = createHash('sha256').update(`${version} ${languages.join()}\n`).update(data.text);
    const etag = `W/"${hash.digest('base64url').slice(0, etagLength)}"`;
    known.set(data, etag);
    return etag;
  };
}

/** Characters of an ETag, 6 bits each. */
const etagLength = 22;
