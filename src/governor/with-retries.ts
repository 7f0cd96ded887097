/** Sends again what may have been lost, as far as the budget goes: reads only, twice at most, after a random pause. */
import { ExponentialBackoff, fullJitterGenerator, handleWhen, retry } from 'cockatiel';
import { isPmsError } from '../errors.js';
import type { HttpAnswer, HttpRequest, Send } from '../fhir/http.js';
import { untilAborted } from '../network/signals.js';
import { createRetryBudget, type RetryBudget } from './retry-budget.js';

export interface RetryOptions {
  /** @default one of its own */
  readonly budget?: RetryBudget;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

const mostRetries = 2;
const longestPauseMs = 400;
const backoff = new ExponentialBackoff({
  generator: fullJitterGenerator,
  initialDelay: longestPauseMs / 2,
  maxDelay: longestPauseMs,
});

/** What came of one attempt. Where nothing was sent, nobody has answered, and the attempt says nothing. */
type Attempt = { readonly isSent: boolean } & ({ readonly answer: HttpAnswer } | { readonly error: unknown });

/**
 * The same pipe, with retries. Each is taken from the operation like any send. Where one may not be sent, the answer
 * or the error before it stands.
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

/** A call that took all of its time is not repeated: that would take as long again. */
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
