/** What a proof is: a run over real processes, real HTTP and a real Redis, that comes to figures and a verdict. */

export interface Run {
  /** Makes chances repeatable, as far as the machine's timing is. */
  readonly seed: number;
  /** The form for every day: seconds instead of minutes. */
  readonly isShort: boolean;
}

export interface Verdict {
  /** Each must hold; its name says what. */
  readonly holds: Readonly<Record<string, boolean>>;
  readonly figures: Readonly<Record<string, unknown>>;
}

export type Proof = (run: Run) => Promise<Verdict>;

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
