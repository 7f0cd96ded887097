/** Declares a bucket of permits, of one process or of all replicas. */
import type { Permits, Rate } from './pace.js';

export interface Bucket {
  /** Returns as many permits as may be used at once, up to `wanted`. An unused one is lost. */
  acquire(wanted: number): Promise<Permits>;
  /**
   * Stops all requests of all replicas for so long.
   * @param isTooMany whether a request was refused as one too many: then the limit is lowered for an hour
   */
  hold(milliseconds: number, isTooMany: boolean): Promise<void>;
  /** Milliseconds until something may be sent again, as far as this process knows; 0 where it may. */
  readonly heldMs: number;
  /** The rate in force. */
  readonly rate: Rate;
  /**
   * Permits left in the window now, as far as this process knows; undefined where there is no limit, or nothing is
   * known.
   */
  readonly left: number | undefined;
  close(): void;
}

/** Events for the operator of the service. */
export type BucketEvent =
  | { readonly kind: 'held'; readonly milliseconds: number }
  | { readonly kind: 'learnt'; readonly limit: number }
  /** The other replicas can no longer be seen, so this one keeps to its own share. */
  | { readonly kind: 'alone'; readonly limit: number; readonly replicas: number }
  | { readonly kind: 'shared' };

export interface BucketOptions {
  /** Most permits in any window; Infinity for no limit. */
  readonly limit: number;
  /** Milliseconds. */
  readonly windowMs: number;
  readonly onEvent?: (event: BucketEvent) => void;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** Milliseconds that a learnt limit lasts: others who used the same credentials may have left by then. */
export const learntForMs = 3_600_000;
