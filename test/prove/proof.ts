/** The interface of a proof: a run with real processes, real HTTP and a real Redis, which results in figures and a verdict. */

export interface Run {
  /** Determines random choices, so that a run can be repeated apart from the timing of the machine. */
  readonly seed: number;
  /** Whether the run takes seconds instead of minutes. */
  readonly isShort: boolean;
}

export interface Verdict {
  /** The conditions that must hold, each with its name. */
  readonly holds: Readonly<Record<string, boolean>>;
  readonly figures: Readonly<Record<string, unknown>>;
}

export type Proof = (run: Run) => Promise<Verdict>;

/** Returns a generator of numbers from 0 to 1 that a seed determines (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
