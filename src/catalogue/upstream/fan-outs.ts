/**
 * The number of children that a parent has, as observed for each search. New observations have more weight than old
 * ones. Clients choose which children are read. So a single parent with thousands of children must not raise the
 * estimates for all others.
 */

/** The observed number of children per parent. */
export interface FanOut {
  readonly mean: number;
  readonly deviation: number;
}

export interface FanOuts {
  of(question: string): FanOut | undefined;
  saw(question: string, counts: Iterable<number>): void;
  forget(question: string): void;
}

/** The total weight of old observations, compared with a weight of 1 for a new one. Old observations lose weight. */
const memory = 2_000;

/**
 * Returns the highest number of children that one parent can add to the average: four times the average so far, plus
 * 100.
 */
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
