/** An answer as it is kept: a line of JSON that tells what it is, then its body, compressed where that pays. */
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import type { HttpAnswer } from '../fhir/http.js';
import type { Entry } from './store.js';

export interface StoredCopy {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds since it was asked of the upstream, when it was looked up. */
  readonly ageMs: number;
  /** As it stands in the store. */
  readonly raw: Buffer;
}

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isCompressed: boolean;
  /** Milliseconds that it is kept, from the moment when it was asked for: less what it has left, its age. */
  readonly keepMs: number;
}

/** What is kept of the headers: how to read the body, and how to ask whether it still holds. */
const keptHeaders = ['content-type', 'etag', 'last-modified'] as const;

/** Smaller bodies fit into one packet of the network as they are. */
const leastToCompress = 1_400;
/** As for what comes from the upstream: a store is trusted no more. */
const maxBytes = 20_000_000;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** @param mayCompress where bytes cost more than time: outside of this process */
export async function encodeCopy(
  { status, headers, body }: Pick<HttpAnswer, 'status' | 'headers' | 'body'>,
  keepMs: number,
  mayCompress: boolean,
): Promise<Buffer> {
  const smaller = mayCompress && body.byteLength >= leastToCompress ? await compressed(body) : undefined;
  const kept = keptHeaders.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const head: Head = {
    status,
    headers: Object.fromEntries(kept) as Head['headers'],
    isCompressed: smaller !== undefined,
    keepMs,
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), smaller ?? body]);
}

/** Undefined where it does not pay. */
async function compressed(body: Buffer): Promise<Buffer | undefined> {
  const smaller = await compress(body, { level: constants.Z_BEST_SPEED });
  return smaller.byteLength < body.byteLength * 0.8 ? smaller : undefined;
}

/** Undefined for what is damaged, or of another version of this program. */
export async function decodeCopy({ value, ttlMs }: Entry): Promise<StoredCopy | undefined> {
  const end = value.indexOf('\n');
  try {
    const head = JSON.parse(value.toString('utf8', 0, end)) as Head;
    const body = value.subarray(end + 1);
    return {
      status: head.status,
      headers: head.headers,
      body: head.isCompressed ? await decompress(body, { maxOutputLength: maxBytes }) : body,
      ageMs: Math.max(0, head.keepMs - ttlMs),
      raw: value,
    };
  } catch {
    return undefined;
  }
}

export function answerOf(copy: StoredCopy, isStale: boolean): HttpAnswer {
  return { ...confirmedAnswerOf(copy), copy: { ageMs: copy.ageMs, isStale } };
}

/** As if it had just been sent. */
export function confirmedAnswerOf({ status, headers, body }: StoredCopy): HttpAnswer {
  return {
    status,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    retryAfter: undefined,
    body,
  };
}

/** Headers that ask for an answer only if it is another one; none where the upstream gave nothing to tell by. */
export function conditionsOf({ headers }: StoredCopy): Readonly<Record<string, string>> {
  const { etag, 'last-modified': lastModified } = headers;
  return {
    ...(etag === undefined ? {} : { 'If-None-Match': etag }),
    ...(lastModified === undefined ? {} : { 'If-Modified-Since': lastModified }),
  };
}
