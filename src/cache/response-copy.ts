/** Encodes and decodes HTTP responses for the store. */
import type { HttpAnswer } from '../fhir/http.js';
import { pack, unpack, type Packing } from '../store/parcel.js';
import type { Entry } from '../store/store.js';

export interface StoredCopy extends Head {
  readonly body: Buffer;
  /** Age in milliseconds when the copy was read from the store, counted from the request to the upstream. */
  readonly ageMs: number;
  /** The copy in the encoded form of the store. */
  readonly raw: Buffer;
  /** The body as parsed JSON; undefined before it is parsed. */
  readonly parsed?: { readonly value: unknown };
}

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The response headers that are cached: the content type, and the validators for conditional requests. */
const keptHeaders = ['content-type', 'etag', 'last-modified'] as const;

export function encodeCopy(
  { status, headers, body }: Pick<HttpAnswer, 'status' | 'headers' | 'body'>,
  packing: Packing,
): Promise<Buffer> {
  const kept = keptHeaders.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const head: Head = { status, headers: Object.fromEntries(kept) as Head['headers'] };
  return pack(head, body, packing);
}

/** Returns undefined if the data are damaged, or if another version of this program wrote them. */
export async function decodeCopy(entry: Entry): Promise<StoredCopy | undefined> {
  const parcel = await unpack<Partial<Head>>(entry);
  const { status, headers } = parcel?.head ?? {};
  if (!parcel || typeof status !== 'number' || !areTexts(headers)) return undefined;
  return { status, headers, body: parcel.body, ageMs: parcel.ageMs, raw: entry.value };
}

function areTexts(headers: unknown): headers is Head['headers'] {
  if (typeof headers !== 'object' || headers === null) return false;
  return Object.values(headers).every((value) => typeof value === 'string');
}

export function answerOf(copy: StoredCopy, isStale: boolean): HttpAnswer {
  return { ...confirmedAnswerOf(copy), copy: { ageMs: copy.ageMs, isStale } };
}

/** Returns the cached copy as if the upstream had just sent it, after a 304 response confirmed the copy. */
export function confirmedAnswerOf({ status, headers, body, parsed }: StoredCopy): HttpAnswer {
  return {
    status,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    retryAfter: undefined,
    body,
    ...(parsed && { parsed }),
  };
}

/** Returns the headers of a conditional request; empty if the copy has neither `ETag` nor `Last-Modified`. */
export function conditionsOf({ headers }: StoredCopy): Readonly<Record<string, string>> {
  const { etag, 'last-modified': lastModified } = headers;
  return {
    ...(etag === undefined ? {} : { 'If-None-Match': etag }),
    ...(lastModified === undefined ? {} : { 'If-Modified-Since': lastModified }),
  };
}
