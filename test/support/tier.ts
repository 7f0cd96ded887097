/**
 * The two tiers of the tests. `npm test` runs the quick tier: few runs of each property with a fixed seed, and one of each kind of
 * upstream. `npm run test:all` and plain `vitest` run every test.
 */
import fc from 'fast-check';

/** Whether the quick tier runs. Slow tests are skipped in it: `it.skipIf(isQuick)`. */
export const isQuick = process.env['TEST_TIER'] === 'quick';

const quickRuns = 20;
const quickSeed = 1;

// A fixed seed, so that a run without changes shows no new failure.
if (isQuick) fc.configureGlobal({ seed: quickSeed });

/**
 * Returns the number of runs of a property: `PROPERTY_RUNS`, or else `all`. In the quick tier at most `quick`, which is lower if
 * each run sends requests to a service.
 */
export function propertyRuns(all: number, quick = quickRuns): number {
  const chosen = process.env['PROPERTY_RUNS'];
  if (chosen !== undefined) return Number(chosen);
  return isQuick ? Math.min(quick, all) : all;
}

/** Returns all rows. In the quick tier returns every n-th row, beginning with the first. */
export function oneIn<Row>(every: number, rows: readonly Row[]): readonly Row[] {
  return isQuick ? rows.filter((_, index) => index % every === 0) : rows;
}

/**
 * Returns every n-th row of each kind, beginning with the first. For similar rows that take long. With `PROPERTY_RUNS` returns all
 * rows.
 */
export function thinned<Row>(
  every: number,
  rows: readonly Row[],
  kindOf: (row: Row) => string,
): readonly Row[] {
  if (process.env['PROPERTY_RUNS'] !== undefined) return rows;
  const seen = new Map<string, number>();
  return rows.filter((row) => {
    const before = seen.get(kindOf(row)) ?? 0;
    seen.set(kindOf(row), before + 1);
    return before % every === 0;
  });
}

/**
 * Returns all rows. In the quick tier returns one row of each kind: the first of the first kind, the second of the second kind, and
 * so on.
 */
export function oneOfEach<Row>(rows: readonly Row[], kindOf: (row: Row) => string): readonly Row[] {
  if (!isQuick) return rows;
  const kinds = [...new Set(rows.map(kindOf))];
  return kinds.flatMap((kind, index) => {
    const same = rows.filter((row) => kindOf(row) === kind);
    return same.slice(index % same.length, (index % same.length) + 1);
  });
}
