/**
 * Whether clients may be sent here. The first time, only once the upstream has answered this process, token and all: a
 * rollout with a wrong secret replaces no replica that is good. Where the upstream is away, what is held of it will do.
 * From then on outages do not count: what is kept is served, and every replica would be as badly off.
 */
import { setTimeout } from 'node:timers/promises';

export interface Readiness {
  /** Waits for an answer of the upstream that may come soon. */
  isReady(): Promise<boolean>;
  /** Why the last attempt failed; undefined where it succeeded, or none is over. */
  readonly failure: unknown;
}

export interface ReadinessOptions {
  /** Asks the upstream for anything; rejects where it does not answer, or does not let this service in. */
  readonly ask: () => Promise<unknown>;
  /** Whether answers of the upstream are kept where this process finds them. */
  readonly holds: () => Promise<boolean>;
  /** Whether an error says that this service is not let in, and will not be until somebody changes its settings. */
  readonly isRefused: (error: unknown) => boolean;
  /** Resolves when there is a way to ask for products. */
  readonly learnt: Promise<void>;
}

/** Milliseconds that whoever asks is kept waiting: those who watch over replicas wait for a second, as a rule. */
const patienceMs = 700;
/** Milliseconds from one attempt to the next. */
const spacingMs = 2_000;
/** Milliseconds after which an upstream that is slow to tell what it can do keeps clients away no longer. */
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
