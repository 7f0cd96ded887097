/** What a bucket of permits is: of one process, or of all replicas. */
import type { Permits, Rate } from './pace.js';

export interface Bucket {
  /** As many permits as may be used at once, up to `wanted`. One that is not used is lost. */
  acquire(wanted: number): Promise<Permits>;
  /**
   * Nothing may be sent for so long, by anybody.
   * @param isTooMany whether a request was refused as one too many: the limit is then learnt downwards, for an hour
   */
  hold(milliseconds: number, isTooMany: boolean): Promise<void>;
  /** Milliseconds until something may be sent again, as far as this process knows; 0 where it may. */
  readonly heldMs: number;
  /** As it is kept to now. */
  readonly rate: Rate;
  /** Permits that are left of the window now, as far as this process knows; undefined where there is no limit, or nothing is known. */
  readonly left: number | undefined;
  close(): void;
}

/** What whoever runs the service may want to know. */
export type BucketEvent =
  | { readonly kind: 'held'; readonly milliseconds: number }
  | { readonly kind: 'learnt'; readonly limit: number }
  /** The replicas can no longer be seen: this one keeps to a share of its own. */
  | { readonly kind: 'alone'; readonly limit: number; readonly replicas: number }
  | { readonly kind: 'shared' };

export interface BucketOptions {
  /** Most permits in any window; Infinity for as many as it takes. */
  readonly limit: number;
  /** Milliseconds. */
  readonly windowMs: number;
  readonly onEvent?: (event: BucketEvent) => void;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** What was learnt may be wrong tomorrow: others who used the same credentials may have left. */
export const learntForMs = 3_600_000;
