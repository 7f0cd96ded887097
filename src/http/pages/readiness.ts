/**
 * Decides whether this replica is ready for clients. The first time it waits until the upstream has answered this
 * process, with a token. So a rollout with a wrong secret does not replace good replicas. If the upstream is down,
 * stored answers are enough. After that, outages do not count: stored answers are served, and every replica would be as
 * badly off.
 */
import { setTimeout } from 'node:timers/promises';

export interface Readiness {
  /** Waits a short time for the upstream's answer. */
  isReady(): Promise<boolean>;
  /** Error of the last attempt; undefined where it succeeded, or none has ended. */
  readonly failure: unknown;
}

export interface ReadinessOptions {
  /** Sends any request to the upstream; rejects where it does not answer, or refuses this service. */
  readonly ask: () => Promise<unknown>;
  /** Whether this process can use stored answers of the upstream. */
  readonly holds: () => Promise<boolean>;
  /** Whether an error says that the upstream refuses this service until its settings are changed. */
  readonly isRefused: (error: unknown) => boolean;
  /** Resolves when it is known how to ask for products. */
  readonly learnt: Promise<void>;
}

/** Milliseconds that a readiness probe waits: most probes time out after a second. */
const patienceMs = 700;
/** Milliseconds from one attempt to the next. */
const spacingMs = 2_000;
/**
 * Milliseconds that readiness waits for the upstream's capabilities; after that a slow upstream delays it no longer.
 */
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
