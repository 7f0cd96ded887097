/** Keeps one token: renewed before it ages without making anybody wait, and asked for once however many want it. */
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
   * A token that lives. Waits only where there is none, or the last minute has come; rejects with TOKEN_UNAVAILABLE,
   * at once where the endpoint is not to be asked again yet, and with the reason of the signal.
   */
  readonly token: (signal?: AbortSignal) => Promise<string>;
  /**
   * The upstream answered 401 to this token. Drops it, unless a newer one has taken its place. False where `token`
   * would not give another: renewing did not help within the last minute.
   */
  readonly invalidate: (token: string) => Promise<boolean>;
  /** The upstream let a call in with this token: the next 401 to it is worth a renewal. */
  readonly accept: (token: string) => void;
  /**
   * A call that was sent again with this new token was let in, or refused once more. Where several are refused in a row
   * it is the call that is refused, whatever its token: then tokens are renewed for it at a slower and slower pace.
   */
  readonly replayed: (token: string, isLetIn: boolean) => void;
  /** How many token requests this process has sent. */
  readonly requests: number;
  /** How many calls of `token` had to wait. */
  readonly waits: number;
  /** Why the last attempt to get a token failed; undefined since one succeeded. */
  readonly failure: unknown;
  /** Ends a request that is on its way, and gives its lease back. */
  readonly close: () => Promise<void>;
}

export interface TokenCacheOptions {
  readonly endpoint: TokenEndpoint;
  /** What the replicas share. @default the memory of this process */
  readonly store?: Store;
  /** What the token is good for: issuer, client and scope. @default nothing that would tell two tokens apart */
  readonly subject?: readonly string[];
  /** For a store outside of this process. */
  readonly seal?: Seal | undefined;
  /** Monotonic milliseconds: an expiry is a duration, so that no clock has to be right. @default performance.now */
  readonly now?: () => number;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** Told of every token request of this process that failed, once. */
  readonly onFailure?: (error: unknown) => void;
}

/** Milliseconds that the last minute of a token is spent on waiting for the next one, at most. */
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
  // What the next token must be other than; remembered beyond a refusal, which others may not have heard of yet.
  let former: Generation | undefined;
  let flight: Promise<Outcome> | undefined;
  let rest: Rest | undefined;
  const refusals = new Map<string, Promise<boolean>>();
  /** The id of the last token that the upstream is known to have taken. */
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

  /** In the last minute the old token still serves where there is no new one, or none in time. */
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
