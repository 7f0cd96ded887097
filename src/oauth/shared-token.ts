/** The token of all replicas: one of them asks for it, and all go by what came of that, good or bad. */
import { randomUUID } from 'node:crypto';
import { singleFlight } from '../store/lease.js';
import type { Seal } from '../store/seal.js';
import { keyOf, type Store } from '../store/store.js';
import { generationOf, type Generation, type IssuedToken } from './generation.js';
import { retryDelay } from './retry-delay.js';
import { issuedOf, restOf, toldRest, type Rest } from './stored-token.js';
import type { TokenEndpoint } from './token-endpoint.js';

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

export type Outcome = { readonly generation: Generation } | { readonly rest: Rest };

export interface Refusal {
  /** Whether this process has seen the upstream take the token before. */
  readonly wasLetIn: boolean;
  /** Whether it may be renewed now; one that another replica has brought is taken over in any case. */
  readonly mayRenew: boolean;
}

export interface SharedToken {
  /** Another token than `held`: one that a replica has brought by now, or a new one. Rejects only with the signal's reason. */
  obtain(held: IssuedToken | undefined, failures: number, signal: AbortSignal): Promise<Outcome>;
  /**
   * The upstream answered 401: drops the token for everybody, unless a newer one has taken its place. False where it
   * came of such a renewal itself, within the last minute, and was never let in: another one would not help.
   */
  refuse(token: IssuedToken, how: Refusal): Promise<boolean>;
  /** The upstream let a call in with this token: all replicas may renew it when it is refused. */
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
    const renewalOf = await lastRefused();
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
      await write(restKey(), toldRest(rest), rest.until - now());
      const stored = await find(held);
      return stored && 'generation' in stored ? stored : { rest };
    }
  }

  function restAfter(error: unknown, failures: number): Rest {
    const until = now() + retryDelay(error, failures, random);
    return { error, failures, until, credentials: endpoint.credentials() };
  }

  async function refuse({ id, renewalOf }: IssuedToken, { wasLetIn, mayRenew }: Refusal): Promise<boolean> {
    const [stored, marked] = await Promise.all([storedToken(), lastRefused()]);
    if (stored && stored.token.id !== id) return true;
    if (!mayRenew) return false;
    if (!wasLetIn && marked !== undefined && marked === renewalOf) return false;
    // In the place of an older one: a token that was asked for before that refusal has no part in it.
    if (marked !== id) await store.set(refusedKey, id, minute);
    if (stored) await store.deleteIf(tokenKey, stored.raw);
    return true;
  }

  /** The id of the token that was refused last, within the last minute. */
  async function lastRefused(): Promise<string | undefined> {
    const entry = await store.get(refusedKey);
    return entry && entry.ttlMs <= minute ? entry.value.toString() : undefined;
  }

  async function accept({ renewalOf }: IssuedToken): Promise<void> {
    if (renewalOf !== undefined) await store.deleteIf(refusedKey, renewalOf);
  }

  async function storedToken(): Promise<{ readonly token: Generation; readonly raw: Buffer } | undefined> {
    const readAt = now();
    const entry = await store.get(tokenKey);
    const issued = entry && issuedOf(read(tokenKey, entry.value));
    if (!issued) return undefined;
    const leftMs = Math.min(entry.ttlMs, issued.lifetime);
    return {
      token: generationOf(issued, readAt + leftMs - issued.lifetime, random),
      raw: entry.value,
    };
  }

  async function storedRest(): Promise<Rest | undefined> {
    const key = restKey();
    const entry = await store.get(key);
    return entry && restOf(read(key, entry.value), now(), entry.ttlMs, endpoint.credentials());
  }

  async function write(key: string, value: object, ttlMs: number): Promise<void> {
    const text = JSON.stringify(value);
    if (ttlMs > 0) await store.set(key, seal ? seal.seal(text, key) : text, ttlMs);
  }

  /** What cannot be opened, because other keys sealed it, is not there. */
  function read(key: string, bytes: Buffer): string | undefined {
    return seal ? seal.open(bytes, key) : bytes.toString('utf8');
  }

  return { obtain, refuse, accept };
}
