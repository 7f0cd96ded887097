/** Keeps one token: renewed before it ages without making anybody wait, and asked for once however many want it. */
import { setMaxListeners } from 'node:events';
import { retryDelay } from './retry-delay.js';
import type { Token, TokenEndpoint } from './token-endpoint.js';

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
  readonly invalidate: (token: string) => boolean;
  /** The upstream took a token that `invalidate` had brought about: the next 401 is worth a renewal again. */
  readonly accept: (token: string) => void;
  /** How many token requests have been sent. */
  readonly requests: number;
}

export interface TokenCacheOptions {
  readonly endpoint: TokenEndpoint;
  /** Monotonic milliseconds: an expiry is a duration, so that no clock has to be right. @default performance.now */
  readonly now?: () => number;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** Told of every token request that failed, once. */
  readonly onFailure?: (error: unknown) => void;
}

/** A token with its three zones: fresh until `softAt`, renewed in the background until `hardAt`, then waited for. */
interface Generation {
  readonly value: string;
  readonly softAt: number;
  readonly hardAt: number;
  readonly expiresAt: number;
}

interface Failure {
  readonly error: unknown;
  readonly until: number;
}

const minute = 60_000;

export function createTokenCache({
  endpoint,
  now = () => performance.now(),
  random = Math.random,
  onFailure = () => undefined,
}: TokenCacheOptions): TokenCache {
  let current: Generation | undefined;
  let flight: Promise<Generation> | undefined;
  let failure: Failure | undefined;
  let failures = 0;
  // Requests are numbered: an answer that comes late must not replace what a later request has brought.
  let asked = 0;
  let adopted = 0;
  let noRenewalBefore = -Infinity;

  async function token(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    const held = current;
    if (held === undefined || now() >= held.hardAt) return (await untilAborted(renewed(held), signal)).value;
    if (now() >= held.softAt) renew().catch(() => undefined);
    return held.value;
  }

  /** In the last minute the old token still serves where there is no new one. */
  async function renewed(held: Generation | undefined): Promise<Generation> {
    try {
      return await renew();
    } catch (error) {
      if (held !== undefined && held === current && now() < held.expiresAt) return held;
      throw error;
    }
  }

  function renew(): Promise<Generation> {
    if (flight !== undefined) return flight;
    if (failure !== undefined && now() < failure.until) return Promise.reject(failure.error);
    const mine = request().finally(() => {
      if (flight === mine) flight = undefined;
    });
    flight = mine;
    return mine;
  }

  async function request(): Promise<Generation> {
    const number = ++asked;
    const sentAt = now();
    try {
      const generation = generationOf(await endpoint.request(), sentAt, random);
      if (number > adopted) adopt(number, generation);
      return generation;
    } catch (error) {
      if (number === asked) rest(error);
      onFailure(error);
      throw error;
    }
  }

  function adopt(number: number, generation: Generation): void {
    adopted = number;
    current = generation;
    failure = undefined;
    failures = 0;
  }

  function rest(error: unknown): void {
    failures++;
    failure = { error, until: now() + retryDelay(error, failures, random) };
  }

  function invalidate(refused: string): boolean {
    if (current?.value !== refused) return true;
    if (now() < noRenewalBefore) return false;
    noRenewalBefore = now() + minute;
    current = undefined;
    // A token that is on its way may have been revoked together with this one: a request is made anew.
    flight = undefined;
    return true;
  }

  function accept(taken: string): void {
    if (current?.value === taken) noRenewalBefore = -Infinity;
  }

  return {
    token,
    invalidate,
    accept,
    get requests() {
      return endpoint.requests;
    },
  };
}

function generationOf({ value, lifetime }: Token, sentAt: number, random: () => number): Generation {
  return {
    value,
    softAt: sentAt + lifetime * (0.7 + 0.1 * random()),
    hardAt: sentAt + lifetime - Math.min(minute, lifetime / 10),
    expiresAt: sentAt + lifetime,
  };
}

/** Lets one caller leave while the others go on waiting. */
async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  // One signal serves all calls of an operation, which may be hundreds.
  setMaxListeners(0, signal);
  let leave: (() => void) | undefined;
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
  });
  return Promise.race([promise, left]).finally(() => leave && signal.removeEventListener('abort', leave));
}
