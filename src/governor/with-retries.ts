/**
 * Repeats requests that may have been lost: only reads, at most twice, after a random pause, and within the retry
 * budget.
 */
import { ExponentialBackoff, fullJitterGenerator, handleWhen, retry } from 'cockatiel';
import { isPmsError } from '../errors.js';
import type { HttpAnswer, HttpRequest, Send } from '../fhir/http.js';
import { untilAborted } from '../network/signals.js';

export interface RetryOptions {
  /** @default a new budget */
  readonly budget?: RetryBudget;
  /** Returns monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

const mostRetries = 2;
const longestPauseMs = 400;
const backoff = new ExponentialBackoff({
  generator: fullJitterGenerator,
  initialDelay: longestPauseMs / 2,
  maxDelay: longestPauseMs,
});

/**
 * The outcome of one attempt. If `isSent` is false, nothing was sent, so the outcome says nothing about the upstream.
 */
type Attempt = { readonly isSent: boolean } & ({ readonly answer: HttpAnswer } | { readonly error: unknown });

/**
 * Adds retries to `send`. Each retry counts as a request of the operation. If no retry may be sent, the last response
 * or error is returned.
 */
export function withRetries(
  send: Send,
  { budget = createRetryBudget(), now = () => performance.now() }: RetryOptions = {},
): Send {
  async function attempt(request: HttpRequest): Promise<Attempt> {
    let isSent = false;
    const take = (): void => {
      request.take?.();
      isSent = true;
    };
    try {
      return { answer: await send({ ...request, take }), isSent };
    } catch (error) {
      return { error, isSent };
    }
  }

  function mayRetry({ signal, deadline = Infinity }: HttpRequest, last: Attempt): boolean {
    if (!isTransient(last) || signal?.aborted || now() + longestPauseMs > deadline) return false;
    return budget.spend();
  }

  async function retried(request: HttpRequest, first: Attempt): Promise<Attempt> {
    let last = first;
    let isOver = false;
    let retries = 0;
    const policy = retry(
      handleWhen(() => false).orWhenResult(() => !isOver && retries < mostRetries && mayRetry(request, last)),
      { maxAttempts: mostRetries, backoff },
    );
    return untilAborted(request.signal, () =>
      policy.execute(async ({ attempt: number }) => {
        if (number === 0) return last;
        retries = number;
        const next = await attempt(request);
        if (next.isSent) last = next;
        else isOver = true;
        return last;
      }),
    );
  }

  return async (request) => {
    const first = await attempt(request);
    if (first.isSent) budget.earn();
    return outcomeOf(isRead(request) && isTransient(first) ? await retried(request, first) : first);
  };
}

function outcomeOf(attempt: Attempt): HttpAnswer {
  if ('error' in attempt) throw attempt.error;
  return attempt.answer;
}

function isRead({ method, url }: HttpRequest): boolean {
  return method === 'GET' || url.pathname.endsWith('/_search');
}

const transientStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** Whether a retry may help. A call that timed out is not repeated, because the retry would take equally long. */
function isTransient(attempt: Attempt): boolean {
  if (!attempt.isSent) return false;
  if ('answer' in attempt) return transientStatuses.has(attempt.answer.status);
  const { error } = attempt;
  if (!isPmsError(error)) return false;
  return (
    error.code === 'UPSTREAM_UNAVAILABLE' || (error.code === 'UPSTREAM_TIMEOUT' && isUnconnected(error.cause))
  );
}

function isUnconnected(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ETIMEDOUT';
}

/** Limits retries, so that they do not make an outage worse. Each call adds a small part of one retry to the budget. */
export interface RetryBudget {
  /** Called for each call that was sent, but not for its retries. */
  earn(): void;
  /** Returns whether the budget allows a retry. If so, charges it to the budget. */
  spend(): boolean;
}

/**
 * Retries that one call adds: less than a tenth. Together with the saved retries, all requests stay within 1.10 times
 * the calls.
 */
const perCall = 0.08;
const mostSaved = 2;

export function createRetryBudget(): RetryBudget {
  // Counts whole hundredths, because a sum of fractions would not be exact.
  let hundredths = 0;
  return {
    earn() {
      hundredths = Math.min(mostSaved * 100, hundredths + perCall * 100);
    },
    spend() {
      if (hundredths < 100) return false;
      hundredths -= 100;
      return true;
    },
  };
}
