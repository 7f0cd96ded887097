/**
 * Shares one access token among all replicas. One replica requests it, and all replicas use the result: the token or
 * the failure.
 */
import { randomUUID } from 'node:crypto';
import { singleFlight } from '../store/lease.js';
import type { Seal } from '../store/seal.js';
import { entryKey, type Store } from '../store/store.js';
import { generationOf, type Generation, type IssuedToken } from './generation.js';
import { retryDelay } from './retry-delay.js';
import { issuedOf, restOf, restEntry, type Rest } from './stored-token.js';
import type { TokenEndpoint } from './token-endpoint.js';

export interface SharedTokenOptions {
  readonly endpoint: TokenEndpoint;
  readonly store: Store;
  /** Identifies the token: issuer, client and scope. */
  readonly subject: readonly string[];
  /** Encrypts the entries of a store that is outside this process. */
  readonly seal?: Seal | undefined;
  /** Returns monotonic milliseconds. */
  readonly now: () => number;
  /** Returns a random number from 0 to 1. */
  readonly random: () => number;
  /** Called for every failed token request of this process. */
  readonly onFailure: (error: unknown) => void;
}

export type Outcome = { readonly generation: Generation } | { readonly rest: Rest };

export interface Refusal {
  /** Whether the upstream has accepted this token from this process before. */
  readonly wasLetIn: boolean;
  /**
   * Whether this process may renew the token now. If another replica has stored a newer token, this process may
   * always use that token.
   */
  readonly mayRenew: boolean;
}

export interface SharedToken {
  /**
   * Returns a token that differs from `held`: either one that another replica has stored, or a new one. Rejects only
   * with the signal's reason.
   */
  obtain(held: IssuedToken | undefined, failures: number, signal: AbortSignal): Promise<Outcome>;
  /**
   * Handles a 401 of the upstream: deletes the token for all replicas, unless a newer token has replaced it. Returns
   * false if a renewal would not help, because this token replaced another refused token within the last minute and
   * was never accepted.
   */
  refuse(token: IssuedToken, how: Refusal): Promise<boolean>;
  /**
   * Records that the upstream accepted this token. From then on, all replicas may renew the token when it is refused.
   */
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
  const tokenKey = entryKey('token', subject, 'value');
  const leaseKey = entryKey('token', subject, 'lease');
  const refusedKey = entryKey('token', subject, 'refused');
  const restKey = (): string => entryKey('token', subject, `rest:${endpoint.credentials()}`);

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
    // If no new token can be obtained, the old token is used until its last second.
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
      await write(restKey(), restEntry(rest), rest.until - now());
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
    // This mark replaces an older mark. It does not affect a token that was requested before this refusal.
    if (marked !== id) await store.set(refusedKey, id, minute);
    if (stored) await store.deleteIf(tokenKey, stored.raw);
    return true;
  }

  /** Returns the id of the token that was refused last, if that was within the last minute. */
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

  /** Reads an entry of the store. A text that was encrypted with other keys counts as missing. */
  function read(key: string, bytes: Buffer): string | undefined {
    return seal ? seal.open(bytes, key) : bytes.toString('utf8');
  }

  return { obtain, refuse, accept };
}
