/** The token of all replicas: one of them asks for it, and all go by what came of that, good or bad. */
import { randomUUID } from 'node:crypto';
import { PmsError, isPmsError } from '../errors.js';
import { singleFlight } from '../store/lease.js';
import type { Seal } from '../store/seal.js';
import { keyOf, type Store } from '../store/store.js';
import { generationOf, type Generation, type IssuedToken } from './generation.js';
import { retryDelay } from './retry-delay.js';
import type { TokenEndpoint } from './token-endpoint.js';
import { TokenRefusal } from './token-refusal.js';

export interface SharedTokenOptions {
  readonly endpoint: TokenEndpoint;
  readonly store: Store;
  /** What the token is good for: issuer, client and scope. */
  readonly subject: readonly string[];
  /** For a store outside of this process. */
  readonly seal?: Seal | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Told of every token request of this process that failed, once. */
  readonly onFailure: (error: unknown) => void;
}

/** No token request is to be sent before `until`, whoever asks, unless the credentials have changed. */
export interface Rest {
  readonly error: unknown;
  /** In a row. */
  readonly failures: number;
  readonly until: number;
  readonly credentials: string;
}

export type Outcome = { readonly generation: Generation } | { readonly rest: Rest };

export interface SharedToken {
  /** Another token than `held`: one that a replica has brought by now, or a new one. Rejects only with the signal's reason. */
  obtain(held: IssuedToken | undefined, failures: number, signal: AbortSignal): Promise<Outcome>;
  /**
   * The upstream answered 401: drops the token for everybody, unless a newer one has taken its place. False where it
   * came of such a renewal itself, within the last minute: another one would not help.
   */
  refuse(token: IssuedToken): Promise<boolean>;
  /** The upstream took what a refusal had brought about. */
  accept(token: IssuedToken): Promise<void>;
}

const minute = 60_000;

export function createSharedToken({
  endpoint,
  store,
  subject,
  seal,
  now,
  random,
  onFailure,
}: SharedTokenOptions): SharedToken {
  const tokenKey = keyOf('token', subject, 'value');
  const leaseKey = keyOf('token', subject, 'lease');
  const refusedKey = keyOf('token', subject, 'refused');
  const restKey = (): string => keyOf('token', subject, `rest:${endpoint.credentials()}`);

  async function obtain(
    held: IssuedToken | undefined,
    failures: number,
    signal: AbortSignal,
  ): Promise<Outcome> {
    return singleFlight({
      store,
      key: leaseKey,
      look: () => find(held),
      work: () => request(held, failures, signal),
      signal,
      random,
    });
  }

  async function find(held: IssuedToken | undefined): Promise<Outcome | undefined> {
    const [stored, rest] = await Promise.all([storedToken(), storedRest()]);
    // While no new token is to be had, an old one serves to its last second.
    const isUsable =
      stored && stored.token.id !== held?.id && now() < (rest ? stored.token.expiresAt : stored.token.hardAt);
    if (isUsable) return { generation: stored.token };
    return rest && { rest };
  }

  async function request(
    held: IssuedToken | undefined,
    failures: number,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const renewalOf = (await store.get(refusedKey))?.value.toString();
    const sentAt = now();
    try {
      const token = await endpoint.request(signal);
      const issued: IssuedToken = { ...token, id: randomUUID(), renewalOf };
      await write(tokenKey, issued, sentAt + token.lifetime - now());
      return { generation: generationOf(issued, sentAt, random) };
    } catch (error) {
      signal.throwIfAborted();
      onFailure(error);
      const rest = restAfter(error, failures + 1);
      await write(restKey(), toStored(rest), rest.until - now());
      const stored = await find(held);
      return stored && 'generation' in stored ? stored : { rest };
    }
  }

  function restAfter(error: unknown, failures: number): Rest {
    const until = now() + retryDelay(error, failures, random);
    return { error, failures, until, credentials: endpoint.credentials() };
  }

  async function refuse({ id, renewalOf }: IssuedToken): Promise<boolean> {
    const [stored, marker] = await Promise.all([storedToken(), store.get(refusedKey)]);
    if (stored && stored.token.id !== id) return true;
    const marked = marker?.value.toString();
    if (marked !== undefined && marked === renewalOf) return false;
    // A token that was asked for before that refusal has no part in it.
    if (marked !== undefined && marked !== id) await store.deleteIf(refusedKey, marked);
    await store.add(refusedKey, id, minute);
    if (stored) await store.deleteIf(tokenKey, stored.raw);
    return true;
  }

  async function accept({ renewalOf }: IssuedToken): Promise<void> {
    if (renewalOf !== undefined) await store.deleteIf(refusedKey, renewalOf);
  }

  async function storedToken(): Promise<{ readonly token: Generation; readonly raw: Buffer } | undefined> {
    const readAt = now();
    const entry = await store.get(tokenKey);
    const issued = entry && read<IssuedToken>(tokenKey, entry.value);
    if (!issued) return undefined;
    return {
      token: generationOf(issued, readAt + entry.ttlMs - issued.lifetime, random),
      raw: entry.value,
    };
  }

  async function storedRest(): Promise<Rest | undefined> {
    const key = restKey();
    const entry = await store.get(key);
    const stored = entry && read<StoredRest>(key, entry.value);
    return stored && fromStored(stored, now(), entry.ttlMs, endpoint.credentials());
  }

  async function write(key: string, value: object, ttlMs: number): Promise<void> {
    const text = JSON.stringify(value);
    if (ttlMs > 0) await store.set(key, seal ? seal.seal(text, key) : text, ttlMs);
  }

  /** What cannot be opened, because another version or other keys wrote it, is not there. */
  function read<T>(key: string, bytes: Buffer): T | undefined {
    const text = seal ? seal.open(bytes, key) : bytes.toString('utf8');
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  return { obtain, refuse, accept };
}

/** Why the endpoint is left alone, as another replica is told: codes, as in the log. */
interface StoredRest {
  readonly failures: number;
  readonly message: string;
  readonly status?: number | undefined;
  readonly refusal?: Pick<TokenRefusal, 'message' | 'error' | 'isPermanent'> | undefined;
}

function toStored({ error, failures }: Rest): StoredRest {
  if (!isPmsError(error)) return { failures, message: 'The token endpoint failed.' };
  const { message, status, cause } = error;
  const refusal =
    cause instanceof TokenRefusal
      ? { message: cause.message, error: cause.error, isPermanent: cause.isPermanent }
      : undefined;
  return { failures, message, status, refusal };
}

function fromStored(stored: StoredRest, now: number, ttlMs: number, credentials: string): Rest {
  const { failures, message, status, refusal } = stored;
  const error = new PmsError('TOKEN_UNAVAILABLE', message, {
    retryAfter: Math.ceil(ttlMs / 1_000),
    ...(status !== undefined && { status }),
    ...(refusal && { cause: new TokenRefusal(refusal.message, refusal.error, refusal.isPermanent) }),
  });
  return { error, failures, until: now + ttlMs, credentials };
}
