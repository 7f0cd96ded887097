/**
 * How many children a parent has, observed per search. The latest observations weigh most. Clients choose which
 * children are read. So one parent with thousands of children must not raise the estimates for other parents.
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

/** Total weight of the older observations, counted in new ones: older observations fade. */
const memory = 2_000;

/** Returns the highest count that one parent may contribute: four times the average so far, plus 100. */
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
