/** Keeps track of whether the upstream has answered this process, or a replica with the same store. */
import { refusal } from '../fhir/answer.js';
import type { HttpAnswer, HttpRequest, Send } from '../fhir/http.js';
import { isLetIn, outageMs } from './freshness.js';
import { entryKey, type Store } from '../store/store.js';

export interface Reached {
  /** The given `send`, which now also records that the upstream answers. */
  readonly send: Send;
  /**
   * Requests the upstream's `/metadata`, unless the upstream has answered this process before.
   * @throws the error of that request
   */
  ask(): Promise<void>;
  /** Whether the store records that the upstream has answered any replica in the last day. */
  holds(): Promise<boolean>;
}

export interface ReachedOptions {
  /** The base URL of the upstream. */
  readonly base: string;
  readonly send: Send;
  /** The store that replicas share; undefined if nothing is shared or cached. */
  readonly store: Store | undefined;
}

const markEveryMs = 600_000;

export function createReached({ base, send, store }: ReachedOptions): Reached {
  const mark = entryKey('reached', [base], 'at');
  let isReached = false;
  let markedAt = -Infinity;

  function note(): void {
    isReached = true;
    if (!store || performance.now() - markedAt < markEveryMs) return;
    markedAt = performance.now();
    // The mark in the store expires after a day, like the stale copies that are served while the upstream fails.
    void store.set(mark, 'yes', outageMs);
  }

  function watched(request: HttpRequest): Promise<HttpAnswer> {
    // Without a store there is nothing more to note.
    return isReached && !store ? send(request) : noted(request);
  }

  async function noted(request: HttpRequest): Promise<HttpAnswer> {
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
