/**
 * Caches one access token. The token is renewed in the background before it expires. It is requested once for all
 * waiting callers.
 */
import { setTimeout } from 'node:timers/promises';
import { untilAborted } from '../network/signals.js';
import { createMemoryStore } from '../store/memory-store.js';
import type { Seal } from '../store/seal.js';
import type { Store } from '../store/store.js';
import type { Generation } from './generation.js';
import { createRenewalPace } from './renewal-pace.js';
import { createSharedToken, type Outcome } from './shared-token.js';
import type { Rest } from './stored-token.js';
import type { TokenEndpoint } from './token-endpoint.js';

export interface TokenCache {
  /**
   * Returns a valid token. It waits only if there is no token, or if the token expires within a minute. Rejects with
   * the signal's reason, or with TOKEN_UNAVAILABLE. If the endpoint must not be requested yet, it rejects
   * immediately.
   */
  readonly token: (signal?: AbortSignal) => Promise<string>;
  /**
   * Handles a 401 for this token: removes the token, unless a newer one has replaced it. Returns false if `token`
   * would return the same token again, because a renewal within the last minute did not help.
   */
  readonly invalidate: (token: string) => Promise<boolean>;
  /** Records that the upstream accepted this token, so that the token is renewed at the next 401. */
  readonly accept: (token: string) => void;
  /**
   * Records whether a call that was repeated with this new token was accepted. After several consecutive refusals,
   * the call is probably refused whatever its token. Then tokens are renewed less and less often.
   */
  readonly replayed: (token: string, isLetIn: boolean) => void;
  /** Number of token requests that this process has sent. */
  readonly requests: number;
  /** Number of `token` calls that had to wait. */
  readonly waits: number;
  /** The error of the last attempt to get a token. Undefined if it succeeded. */
  readonly failure: unknown;
  /** Aborts a running token request, and releases its lease. */
  readonly close: () => Promise<void>;
}

export interface TokenCacheOptions {
  readonly endpoint: TokenEndpoint;
  /** The store that replicas share. @default the memory of this process */
  readonly store?: Store;
  /** Identifies the token: issuer, client and scope. @default empty: tokens are not distinguished */
  readonly subject?: readonly string[];
  /** Encrypts the entries of a store that is outside this process. */
  readonly seal?: Seal | undefined;
  /** Returns monotonic milliseconds. Lifetimes are durations, so no clock has to be right. @default performance.now */
  readonly now?: () => number;
  /** Returns a random number from 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** Called for every failed token request of this process. */
  readonly onFailure?: (error: unknown) => void;
}

/** Maximum number of milliseconds that a caller waits for the next token in the last minute of the old one. */
const patienceMs = 2_000;

export function createTokenCache({
  endpoint,
  now = () => performance.now(),
  random = Math.random,
  store = createMemoryStore({ now }),
  subject = [],
  seal,
  onFailure = () => undefined,
}: TokenCacheOptions): TokenCache {
  const shared = createSharedToken({ endpoint, store, subject, seal, now, random, onFailure });
  const closing = new AbortController();
  let current: Generation | undefined;
  // The previous token, which may have been refused. The next token must differ from it, because other replicas may
  // still share the previous one.
  let former: Generation | undefined;
  let flight: Promise<Outcome> | undefined;
  let rest: Rest | undefined;
  const refusals = new Map<string, Promise<boolean>>();
  /** Id of the last token that the upstream accepted. */
  let letIn: string | undefined;
  const pace = createRenewalPace(now);
  let waits = 0;

  async function token(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    const held = current;
    if (held && now() < held.softAt) return held.value;
    const renewal = renew();
    if (held && now() < held.hardAt) {
      renewal.catch(() => undefined);
      return held.value;
    }
    waits++;
    return (await untilAborted(signal, () => renewed(renewal, held))).value;
  }

  /**
   * Waits for the new token. In the last minute of the old token, returns the old one if the new one does not arrive
   * in time.
   */
  async function renewed(renewal: Promise<Outcome>, held: Generation | undefined): Promise<Generation> {
    const outcome = await (held ? Promise.race([renewal, patience(held)]) : renewal);
    if (outcome && 'generation' in outcome) return outcome.generation;
    if (held && held === current && now() < held.expiresAt) return held;
    if (outcome) throw outcome.rest.error;
    return renewed(renewal, undefined);
  }

  function patience({ expiresAt }: Generation): Promise<undefined> {
    return setTimeout(Math.min(patienceMs, (expiresAt - now()) / 2), undefined, { ref: false });
  }

  function renew(): Promise<Outcome> {
    if (flight) return flight;
    if (rest && isInForce(rest)) return Promise.resolve({ rest });
    flight = obtain().finally(() => (flight = undefined));
    return flight;
  }

  function isInForce({ until, credentials }: Rest): boolean {
    return now() < until && credentials === endpoint.credentials();
  }

  async function obtain(): Promise<Outcome> {
    const outcome = await shared.obtain(current ?? former, rest?.failures ?? 0, closing.signal);
    if ('rest' in outcome) rest = outcome.rest;
    else {
      current = outcome.generation;
      rest = undefined;
    }
    return outcome;
  }

  async function invalidate(refused: string): Promise<boolean> {
    const held = current;
    if (held?.value !== refused) return true;
    const refusal =
      refusals.get(held.id) ??
      shared
        .refuse(held, { wasLetIn: letIn === held.id, mayRenew: pace.mayRenew() })
        .finally(() => refusals.delete(held.id));
    refusals.set(held.id, refusal);
    const isWorthRenewing = await refusal;
    if (isWorthRenewing && current === held) {
      former = held;
      current = undefined;
    }
    return isWorthRenewing;
  }

  function accept(taken: string): void {
    if (current?.value !== taken || letIn === current.id) return;
    letIn = current.id;
    void shared.accept(current);
  }

  return {
    token,
    invalidate,
    accept,
    replayed: pace.replayed,
    get requests() {
      return endpoint.requests;
    },
    get waits() {
      return waits;
    },
    get failure() {
      return rest?.error;
    },
    async close() {
      closing.abort();
      await flight?.catch(() => undefined);
    },
  };
}
