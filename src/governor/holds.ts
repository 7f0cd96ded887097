/** How long nothing may be sent: as this process was told, and as it finds it in Redis, where anybody may have written. */
import type { LongWaits } from './long-waits.js';

export interface Holds {
  /** Milliseconds, whoever says so. */
  readonly heldMs: number;
  /** The part of it that does not come of the state in Redis. */
  readonly toldMs: number;
  /** It stands in the state. */
  found(ms: number): void;
  /** The upstream said so to this process. */
  told(ms: number): Promise<void>;
  /** Whoever finds a wait may have it go on for longer than the state can say, and then says so itself. */
  lookFurther(): Promise<void>;
}

/** So often it is looked whether a wait is longer than the state can say. */
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
