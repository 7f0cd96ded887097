/**
 * Decides whether this replica is ready for clients. It becomes ready when the upstream has responded to a request of
 * this process, with its access token. So a rollout with a wrong secret does not replace working replicas. If the
 * upstream is down, usable cached responses are enough. Once ready, a replica stays ready during outages: it serves
 * cached responses, and all other replicas would be affected in the same way.
 */
import { setTimeout } from 'node:timers/promises';

export interface Readiness {
  /** Waits a short time for the upstream's response. */
  isReady(): Promise<boolean>;
  /** The error of the last attempt. Undefined if the last attempt succeeded, or if the first one is still running. */
  readonly failure: unknown;
}

export interface ReadinessOptions {
  /** Sends a request to the upstream. Rejects if the upstream does not respond or refuses this service. */
  readonly ask: () => Promise<unknown>;
  /** Whether the cache contains upstream responses that this process can use. */
  readonly holds: () => Promise<boolean>;
  /** Whether an error means that the upstream will refuse this service until its settings are changed. */
  readonly isRefused: (error: unknown) => boolean;
  /** Resolves when the service has learnt how to query the upstream for products. */
  readonly learnt: Promise<void>;
}

/** Milliseconds that a readiness probe waits for the upstream. Most orchestrators end a probe after a second. */
const patienceMs = 700;
/** Milliseconds between two attempts. */
const spacingMs = 2_000;
/** Maximum number of milliseconds that readiness waits until the upstream's capabilities are known. */
const learningMs = 1_500;

export function createReadiness({ ask, holds, isRefused, learnt }: ReadinessOptions): Readiness {
  let isReady = false;
  let attempt: Promise<void> | undefined;
  let attemptedAt = -Infinity;
  let failure: unknown;
  const prepared = Promise.race([learnt, setTimeout(learningMs, undefined, { ref: false })]);

  async function reach(): Promise<void> {
    await prepared;
    try {
      await ask();
      isReady = true;
      failure = undefined;
    } catch (error) {
      failure = error;
      isReady = !isRefused(error) && (await holds());
    }
  }

  return {
    async isReady() {
      if (isReady) return true;
      if (!attempt && performance.now() - attemptedAt >= spacingMs) {
        attemptedAt = performance.now();
        attempt = reach().finally(() => (attempt = undefined));
      }
      await Promise.race([attempt, setTimeout(patienceMs, undefined, { ref: false })]);
      return isReady;
    },
    get failure() {
      return failure;
    },
  };
}
