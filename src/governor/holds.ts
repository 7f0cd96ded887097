/**
 * Stores the pauses during which no request may be sent. They come from upstream responses to this process, and from
 * the state in Redis, which other programs may have written.
 */
import type { LongWaits } from './long-waits.js';

export interface Holds {
  /** Milliseconds until requests may be sent: the longer of the pauses from the upstream and from Redis. */
  readonly heldMs: number;
  /**
   * Milliseconds left of a pause that the upstream demanded from this process, or that a replica has reported as a
   * long pause.
   */
  readonly toldMs: number;
  /** Records a pause that was read from the state in Redis. */
  found(ms: number): void;
  /** Records a pause that the upstream demanded from this process. */
  told(ms: number): Promise<void>;
  /**
   * Reads from the store whether there is a pause longer than a window, which the state in Redis cannot express. From
   * then on, such a pause is treated as demanded from this process.
   */
  lookFurther(): Promise<void>;
}

/** Milliseconds between two reads of such a long pause. */
const lookingMs = 5_000;

export interface HoldsOptions {
  readonly windowMs: number;
  /** Shares pauses longer than a window. @default replicas do not share them */
  readonly waits: LongWaits | undefined;
  readonly now: () => number;
}

export function createHolds({ windowMs, waits, now }: HoldsOptions): Holds {
  let heldUntil = -Infinity;
  let toldUntil = -Infinity;
  let lookedAt = -Infinity;

  function found(ms: number): void {
    heldUntil = Math.max(heldUntil, now() + ms);
  }

  function tell(ms: number): void {
    found(ms);
    toldUntil = Math.max(toldUntil, now() + ms);
  }

  return {
    get heldMs() {
      return Math.max(0, heldUntil - now());
    },
    get toldMs() {
      return Math.max(0, toldUntil - now());
    },
    found,
    async told(ms) {
      tell(ms);
      if (ms > windowMs) await waits?.tell(ms);
    },
    async lookFurther() {
      if (now() < lookedAt + lookingMs) return;
      lookedAt = now();
      tell((await waits?.leftMs()) ?? 0);
    },
  };
}
