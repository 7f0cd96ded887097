/**
 * Tracks how long nothing may be sent, from the upstream's answers to this process, and from the state in Redis, where
 * any program may have written.
 */
import type { LongWaits } from './long-waits.js';

export interface Holds {
  /** Milliseconds until requests may be sent, from either source. */
  readonly heldMs: number;
  /** The part of it that does not come from the state in Redis. */
  readonly toldMs: number;
  /** Notes a pause found in the state. */
  found(ms: number): void;
  /** Notes a pause that the upstream asked this process for. */
  told(ms: number): Promise<void>;
  /** Looks for a pause that is longer than the state can say. If there is one, this process reports it too. */
  lookFurther(): Promise<void>;
}

/** Milliseconds between two looks for a pause that is longer than the state can say. */
const lookingMs = 5_000;

export interface HoldsOptions {
  readonly windowMs: number;
  readonly waits: LongWaits;
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
      if (ms > windowMs) await waits.tell(ms);
    },
    async lookFurther() {
      if (now() < lookedAt + lookingMs) return;
      lookedAt = now();
      tell(await waits.leftMs());
    },
  };
}
