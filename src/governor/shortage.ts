/** Handles a shortage of permits: when to request permits from the bucket again, and how far apart permits are. */
import type { Bucket } from './bucket.js';

export interface Shortage {
  /** Whether no permits may be requested from the bucket now. */
  readonly isOn: boolean;
  /** Milliseconds until permits may be requested from the bucket again. */
  readonly leftMs: number;
  /** Milliseconds between two permits. It depends on the rate limit, and on how many permits other replicas use. */
  readonly intervalMs: number;
  /** Starts a shortage of this length. It replaces a current shortage. */
  begin(milliseconds: number): void;
  /** Records a permit that was granted during a shortage. */
  serve(): void;
  /** Records that the bucket granted all wanted permits. */
  forget(): void;
  destroy(): void;
}

export interface ShortageOptions {
  readonly bucket: Bucket;
  /** Called when the shortage has ended, so that permits may be requested again. */
  readonly onEnd: () => void;
  /** Returns monotonic milliseconds. */
  readonly now: () => number;
}

export function createShortage({ bucket, onEnd, now }: ShortageOptions): Shortage {
  let waits: { readonly until: number; readonly timer: NodeJS.Timeout } | undefined;
  /** The start of the shortage, and the number of permits granted since then. */
  let scarce = { since: 0, served: 0 };

  return {
    get isOn() {
      return waits !== undefined;
    },
    get leftMs() {
      return waits ? waits.until - now() : 0;
    },
    get intervalMs() {
      const { windowMs, limit } = bucket.rate;
      const seen = scarce.served > 2 ? (now() - scarce.since) / scarce.served : 0;
      return Math.max(windowMs / Math.max(1, limit), seen);
    },
    begin(milliseconds) {
      const ms = Math.max(1, Math.ceil(milliseconds));
      const goOn = (): void => {
        waits = undefined;
        onEnd();
      };
      clearTimeout(waits?.timer);
      waits = { until: now() + ms, timer: setTimeout(goOn, ms) };
      // Older observations have half the weight, because the number of permits that other replicas use changes.
      const age = now() - scarce.since;
      if (age > 10_000) scarce = { since: now() - age / 2, served: scarce.served / 2 };
    },
    serve() {
      scarce.served += 1;
    },
    forget() {
      scarce = { since: now(), served: 0 };
    },
    destroy: () => clearTimeout(waits?.timer),
  };
}
