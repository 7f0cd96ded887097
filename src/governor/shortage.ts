/** A shortage of permits: when the bucket is to be asked again, and how far apart permits come meanwhile. */
import type { Bucket } from './bucket.js';

export interface Shortage {
  /** Whether the bucket is not to be asked now. */
  readonly isOn: boolean;
  /** Milliseconds until it is to be asked again. */
  readonly leftMs: number;
  /** Milliseconds between two permits: as the rate has it, or as the other replicas leave them to this one. */
  readonly intervalMs: number;
  /** Begins one of so many milliseconds, in the place of any that is on. */
  begin(milliseconds: number): void;
  /** A permit came all the same. */
  serve(): void;
  /** There were as many permits as were wanted. */
  forget(): void;
  destroy(): void;
}

export interface ShortageOptions {
  readonly bucket: Bucket;
  /** Called when the bucket is to be asked again. */
  readonly onEnd: () => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export function createShortage({ bucket, onEnd, now }: ShortageOptions): Shortage {
  let waits: { readonly until: number; readonly timer: NodeJS.Timeout } | undefined;
  /** Since when there were too few permits, and how many came all the same. */
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
      // The share that the others leave changes: what is long ago counts half.
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
