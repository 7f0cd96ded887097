/** A bucket of permits for upstream requests, for one process or for all replicas. */
import type { Permits, Rate } from './pace.js';

export interface Bucket {
  /** Returns the permits that may be used now, at most `wanted`. A permit that is not used at once is lost. */
  acquire(wanted: number): Promise<Permits>;
  /**
   * Stops the requests of all replicas for this time.
   * @param isTooMany whether the upstream refused a request because of its rate limit; if so, the limit is lowered
   * for an hour
   */
  hold(milliseconds: number, isTooMany: boolean): Promise<void>;
  /** Milliseconds until requests may be sent again, as far as this process knows; 0 if they may be sent now. */
  readonly heldMs: number;
  /** The rate limit that applies now. */
  readonly rate: Rate;
  /**
   * The number of permits left in the current window, as far as this process knows. Undefined if there is no limit,
   * or if the number is unknown.
   */
  readonly left: number | undefined;
  close(): void;
}

/** Events of a bucket for the operator of the service. */
export type BucketEvent =
  | { readonly kind: 'held'; readonly milliseconds: number }
  | { readonly kind: 'learnt'; readonly limit: number }
  /** Redis cannot be reached, so this replica uses only its share of the limit. */
  | { readonly kind: 'alone'; readonly limit: number; readonly replicas: number }
  | { readonly kind: 'shared' };

export interface BucketOptions {
  /** Maximum number of permits in any window; Infinity for no limit. */
  readonly limit: number;
  /** The length of the window in milliseconds. */
  readonly windowMs: number;
  readonly onEvent?: (event: BucketEvent) => void;
  /** Returns monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Milliseconds after which a limit learnt from refusals ends. Other users of the same credentials may have stopped by
 * then.
 */
export const learntForMs = 3_600_000;
