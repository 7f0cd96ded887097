/** Whether the upstream has ever answered: this process, or the replicas that share its store. */
import { refusal } from '../fhir/answer.js';
import type { HttpAnswer, Send } from '../fhir/http.js';
import { isLetIn, outageMs } from './freshness.js';
import { keyOf, type Store } from '../store/store.js';

export interface Reached {
  /** The same pipe, watched. */
  readonly send: Send;
  /** Asks the upstream for anything, unless it has answered before. @throws what came of it where it did not answer */
  ask(): Promise<void>;
  /** Whether the store holds what the upstream has answered not long ago. */
  holds(): Promise<boolean>;
}

export interface ReachedOptions {
  /** Of the upstream. */
  readonly base: string;
  readonly send: Send;
  /** That replicas share; undefined where they share nothing, or keep nothing. */
  readonly store: Store | undefined;
}

const markEveryMs = 600_000;

export function createReached({ base, send, store }: ReachedOptions): Reached {
  const mark = keyOf('reached', [base], 'at');
  let isReached = false;
  let markedAt = -Infinity;

  function note(): void {
    isReached = true;
    if (!store || performance.now() - markedAt < markEveryMs) return;
    markedAt = performance.now();
    // As long as copies stand in for an upstream that fails.
    void store.set(mark, 'yes', outageMs);
  }

  async function watched(request: Parameters<Send>[0]): Promise<HttpAnswer> {
    const answer = await send(request);
    if (!answer.copy && isLetIn(answer.status)) note();
    return answer;
  }

  return {
    send: watched,
    async ask() {
      if (isReached) return;
      const url = new URL(`${base}/metadata`);
      const headers = { Accept: 'application/fhir+json', 'User-Agent': 'pms-graphql' };
      const answer = await watched({ method: 'GET', url, headers, cache: 'no-store' });
      if (!isLetIn(answer.status)) throw refusal(answer);
    },
    holds: async () => store !== undefined && (await store.get(mark)) !== undefined,
  };
}
