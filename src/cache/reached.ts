/** Remembers whether the upstream has responded to this process, or to another replica that uses the same store. */
import { refusal } from '../fhir/answer.js';
import type { HttpAnswer, HttpRequest, Send } from '../fhir/http.js';
import { isLetIn, outageMs } from './freshness.js';
import { entryKey, type Store } from '../store/store.js';

export interface Reached {
  /** The given `send` function. It also records each time that the upstream responds. */
  readonly send: Send;
  /**
   * Requests the upstream's `/metadata`, unless the upstream has already responded to this process.
   * @throws the error of that request
   */
  ask(): Promise<void>;
  /** Whether, according to the store, the upstream has responded to any replica in the last day. */
  holds(): Promise<boolean>;
}

export interface ReachedOptions {
  /** The base URL of the upstream. */
  readonly base: string;
  readonly send: Send;
  /** The store that replicas share; undefined if nothing is cached or shared. */
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
    // The entry in the store expires after a day, like the stale copies that are served while the upstream fails.
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
