/** Tracks a shortage of permits: when to ask the bucket again, and the interval between permits. */
import type { Bucket } from './bucket.js';

export interface Shortage {
  /** Whether the bucket must not be asked for permits now. */
  readonly isOn: boolean;
  /** Milliseconds until the bucket may be asked again. */
  readonly leftMs: number;
  /** Milliseconds between two permits, by the rate limit or by what other replicas leave for this one. */
  readonly intervalMs: number;
  /** Begins a shortage of this length. Replaces a current shortage. */
  begin(milliseconds: number): void;
  /** Records a permit that came during a shortage. */
  serve(): void;
  /** Records that the bucket granted all wanted permits. */
  forget(): void;
  destroy(): void;
}

export interface ShortageOptions {
  readonly bucket: Bucket;
  /** Called when the shortage is over and the bucket may be asked for permits. */
  readonly onEnd: () => void;
  /** Returns monotonic milliseconds. */
  readonly now: () => number;
}

export function createShortage({ bucket, onEnd, now }: ShortageOptions): Shortage {
  let waits: { readonly until: number; readonly timer: NodeJS.Timeout } | undefined;
  /** The start of the shortage, and the number of permits since. */
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
      // The number of permits that other replicas leave changes, so older observations count half.
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
