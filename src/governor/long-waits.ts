/**
 * Shares pauses that are longer than a window among all replicas. The scripts in Redis cannot sign the state of the
 * rate, so that state can stop requests for one window at most. The pauses here are signed, and state when they end.
 */
import { longestRetryAfter } from '../errors.js';
import { entryKey, type Store } from '../store/store.js';

export interface LongWaits {
  tell(ms: number): Promise<void>;
  /** Returns the milliseconds during which no request may be sent; 0 if no replica has reported a pause. */
  leftMs(): Promise<number>;
}

/**
 * Milliseconds by which the clocks of two machines may differ. If an old entry is written again, it prolongs a pause
 * by no more than this.
 */
const leewayMs = 60_000;

/** @param now returns milliseconds since 1970. @default Date.now */
export function createLongWaits(
  store: Pick<Store, 'get' | 'set'>,
  subject: readonly string[],
  now: () => number = Date.now,
): LongWaits {
  const place = entryKey('rate', subject, 'wait');
  return {
    tell: (ms) => store.set(place, String(Math.ceil(now() + ms)), Math.max(1, Math.ceil(ms))),
    async leftMs() {
      const entry = await store.get(place);
      const until = entry ? Number(entry.value.toString()) : NaN;
      if (!entry || !Number.isFinite(until)) return 0;
      return Math.max(0, Math.min(until - now() + leewayMs, entry.ttlMs, 1_000 * longestRetryAfter));
    },
  };
}
