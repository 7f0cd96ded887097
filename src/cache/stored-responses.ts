/** Stores responses of the upstream, and the failure of the last attempt, for all replicas. */
import { createHash, randomUUID } from 'node:crypto';
import { PmsError, errorCodes, type ErrorCode } from '../errors.js';
import type { HttpAnswer, HttpRequest } from '../fhir/http.js';
import { pack, unpack, type Packing } from '../store/parcel.js';
import { entryKeys, type Entry, type Store } from '../store/store.js';
import { absentMs, type Freshness } from './freshness.js';
import { judge } from './verdict.js';

export interface Question {
  readonly request: HttpRequest;
  readonly keys: ResponseKeys;
}

export interface StoredResponses {
  /**
   * Returns the stored copy of a response, or undefined if no copy is usable. A copy that another replica stored is
   * usable only if this replica would have stored it too.
   * @param isWanted whether to use a copy, decided before its body is parsed @default every copy is used
   */
  find(question: Question, isWanted?: (copy: StoredCopy) => boolean): Promise<StoredCopy | undefined>;
  /** Returns the failure of the last attempt; undefined if no unexpired failure is stored. */
  failureOf(keys: ResponseKeys): Promise<SharedFailure | undefined>;
  isFresh(copy: StoredCopy): boolean;
  /**
   * Stores a response.
   * @param sentAt when the request was sent, in monotonic milliseconds
   * @param forMs milliseconds of storage, counted from `sentAt`
   */
  keep(
    keys: ResponseKeys,
    answer: Parameters<typeof encodeCopy>[0],
    sentAt: number,
    forMs: number,
  ): Promise<void>;
  /** Deletes the stored copy of a response that the upstream no longer returns. */
  drop(keys: ResponseKeys, copy: StoredCopy): Promise<void>;
  /** Stores a failure for all replicas. Until the failure expires, no replica repeats the renewal. */
  tellFailure(keys: ResponseKeys, error: PmsError): Promise<void>;
}

export interface StoredResponsesOptions {
  readonly store: Store;
  readonly freshness: Freshness;
  /** Whether other processes use the store too. Then it is worth the time to compress bodies. */
  readonly isShared: boolean;
  /** Returns the time in monotonic milliseconds. */
  readonly now: () => number;
  /** Returns a random number from 0 to 1. */
  readonly random: () => number;
}

/** Maximum number of milliseconds until a failed renewal is repeated, if the upstream sent no `Retry-After`. */
const restMs = 2_000;
const longestRestMs = 60_000;

export function createStoredResponses({
  store,
  freshness,
  isShared,
  now,
  random,
}: StoredResponsesOptions): StoredResponses {
  return {
    async find({ keys, request }, isWanted = () => true) {
      const entry = await store.get(keys.copy);
      const copy = entry && (await decodeCopy(entry));
      // A replica with other settings may have stored the copy for longer than this replica's settings allow.
      if (!copy || !isWanted(copy)) return undefined;
      if (copy.status === 200 ? !freshness.mayStandIn(copy.ageMs) : copy.ageMs >= absentMs) return undefined;
      const { answer, verdict } = await judge(confirmedAnswerOf(copy), request.accepts);
      const isGood = verdict === 'kept' || (verdict === 'absent' && request.isRecord === true);
      return isGood ? { ...copy, ...(answer.parsed && { parsed: answer.parsed }) } : undefined;
    },
    async failureOf(keys) {
      const entry = await store.get(keys.failure);
      return entry && decodeFailure(entry);
    },
    // The stored copy of a 404 never becomes stale, because it expires first.
    isFresh: ({ ageMs, status }) => freshness.isFresh(ageMs) || status !== 200,
    async keep(keys, answer, sentAt, forMs) {
      const leftMs = forMs - (now() - sentAt);
      if (leftMs <= 0) return;
      await store.set(keys.copy, await encodeCopy(answer, { keepMs: forMs, mayCompress: isShared }), leftMs);
    },
    async drop(keys, copy) {
      await store.deleteIf(keys.copy, copy.raw);
    },
    async tellFailure(keys, error) {
      const named = Math.min(longestRestMs, (error.retryAfter ?? 0) * 1_000);
      await store.set(keys.failure, encodeFailure(error), Math.max(named, restMs * (1 - random() / 2)));
    },
  };
}

/** The store keys of one upstream request. */
export interface ResponseKeys {
  /** The key of the cached response. */
  readonly copy: string;
  /** The key of the lease of the replica that sends the request. */
  readonly lease: string;
  /** The key of the failure of the last attempt. */
  readonly failure: string;
}

/**
 * Returns a function that makes the keys of a request from its canonical form, without its access token. The request is
 * hashed: it may contain a user's search text, and keys are visible in tools.
 * @param base the base URL of the upstream; all its keys have the same prefix
 */
export function createResponseKeys(base: string): (request: HttpRequest) => ResponseKeys {
  const area = `response-${createHash('sha256').update(base).digest('hex').slice(0, 8)}`;
  return ({ method, url, headers, body = '' }) => {
    const [search, form] = [canonical(url.search.slice(1)), canonical(body)];
    const subject = [method, url.origin, url.pathname, search, form, headers['Accept'] ?? ''];
    const [copy, lease, failure] = entryKeys(area, subject, ['copy', 'lease', 'failure']);
    return { copy, lease, failure };
  };
}

/**
 * Sorts query parameters by name. Parameters of the same name keep their order, which may matter. Values are not
 * decoded, because different invalid UTF-8 would become equal.
 */
function canonical(query: string): string {
  return query.includes('&') ? query.split('&').sort(byName).join('&') : query;
}

function byName(a: string, b: string): number {
  const [one = '', other = ''] = [a.split('=', 1)[0], b.split('=', 1)[0]];
  return one < other ? -1 : one > other ? 1 : 0;
}

export interface StoredCopy extends Head {
  readonly body: Buffer;
  /** Milliseconds from the request to the upstream until this lookup in the store. */
  readonly ageMs: number;
  /** The encoded copy, as it is in the store. */
  readonly raw: Buffer;
  /** The body as parsed JSON; undefined before it is parsed. */
  readonly parsed?: { readonly value: unknown };
}

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The response headers that are cached: the type of the body, and the validators for conditional requests. */
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

/** Returns undefined for damaged data, or data of another version of this program. */
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

/** Returns the copy as a response that the upstream has just sent. */
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

/** A failure of the upstream, as a replica has stored it for the others. */
export interface SharedFailure {
  /** The unique id of the failure. */
  readonly id: string;
  readonly error: PmsError;
}

/**
 * Encodes code, message, status and `Retry-After` of a failure. Its cause is left out, because it may quote the
 * upstream's response.
 */
export function encodeFailure({ code, message, status, retryAfter }: PmsError): string {
  return JSON.stringify({ id: randomUUID(), code, message, status, retryAfter });
}

/** Maximum number of bytes of an encoded failure. Its message is one sentence. */
const longestFailure = 10_000;

/** Returns undefined for damaged data, or data of another version of this program. */
export function decodeFailure({ value }: Entry): SharedFailure | undefined {
  if (value.byteLength > longestFailure) return undefined;
  try {
    const { id, code, message, status, retryAfter } = JSON.parse(value.toString('utf8')) as Told;
    const isTold = typeof id === 'string' && errorCodes.includes(code) && typeof message === 'string';
    if (!isTold || ![status, retryAfter].every(isCount)) return undefined;
    const more = { ...(status !== undefined && { status }), ...(retryAfter !== undefined && { retryAfter }) };
    return { id, error: new PmsError(code, message, more) };
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0);
}

interface Told {
  readonly id: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly status?: number;
  readonly retryAfter?: number;
}
