/**
 * How many children parents have, by the question that finds them: what was seen so far, the latest above all. Clients choose
 * whose children are read: one parent with thousands makes nobody else’s questions dearer.
 */

/** How many children one parent has: what was seen so far. */
export interface FanOut {
  readonly mean: number;
  readonly deviation: number;
}

export interface FanOuts {
  of(question: string): FanOut | undefined;
  saw(question: string, counts: Iterable<number>): void;
  forget(question: string): void;
}

/** Older observations fade: what is remembered weighs as much as so many new ones. */
const memory = 2_000;

/** What one parent counts for at most: several times as many as those before it had on an average, and not few. */
function most({ count, sum }: Moments): number {
  return 100 + (count === 0 ? 0 : (4 * sum) / count);
}

interface Moments {
  count: number;
  sum: number;
  squares: number;
}

export function createFanOuts(): FanOuts {
  const all = new Map<string, Moments>();
  return {
    of(question) {
      const moments = all.get(question);
      if (!moments) return undefined;
      const mean = moments.sum / moments.count;
      return { mean, deviation: Math.sqrt(Math.max(0, moments.squares / moments.count - mean * mean)) };
    },
    saw(question, counts) {
      const moments = all.get(question) ?? { count: 0, sum: 0, squares: 0 };
      for (const given of counts) {
        const count = Math.min(given, most(moments));
        moments.count += 1;
        moments.sum += count;
        moments.squares += count * count;
      }
      if (moments.count > memory) {
        const kept = memory / moments.count;
        moments.count *= kept;
        moments.sum *= kept;
        moments.squares *= kept;
      }
      if (moments.count > 0) all.set(question, moments);
    },
    forget: (question) => void all.delete(question),
  };
}
