/**
 * The two tiers of the tests. `npm test` runs the quick one, for people: few runs of each property, by one seed, and one
 * of each kind of upstream. `npm run test:all` runs every test, and so does vitest when it is called by itself.
 */
import fc from 'fast-check';

/** What takes longer than the quick tier allows is skipped there, and says so: `it.skipIf(isQuick)`. */
export const isQuick = process.env['TEST_TIER'] === 'quick';

const quickRuns = 20;
const quickSeed = 1;

// Whoever has changed nothing is to see no failure that was not there before.
if (isQuick) fc.configureGlobal({ seed: quickSeed });

/**
 * Runs of a property: `PROPERTY_RUNS`, else `all`; in the quick tier 20 at most, or as many as `quick` says where each
 * run asks a service.
 */
export function propertyRuns(all: number, quick = quickRuns): number {
  const chosen = process.env['PROPERTY_RUNS'];
  if (chosen !== undefined) return Number(chosen);
  return isQuick ? Math.min(quick, all) : all;
}

/** All rows; in the quick tier every so manieth, the first at least. */
export function oneIn<Row>(every: number, rows: readonly Row[]): readonly Row[] {
  return isQuick ? rows.filter((_, index) => index % every === 0) : rows;
}

/**
 * Of each kind every so manieth row, the first at least: for rows that are alike and take long. All of them where
 * somebody asks for more than usual (`PROPERTY_RUNS`).
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

/** All rows; in the quick tier one of each kind, of the first kind the first, of the second kind the second, and so on. */
export function oneOfEach<Row>(rows: readonly Row[], kindOf: (row: Row) => string): readonly Row[] {
  if (!isQuick) return rows;
  const kinds = [...new Set(rows.map(kindOf))];
  return kinds.flatMap((kind, index) => {
    const same = rows.filter((row) => kindOf(row) === kind);
    return same.slice(index % same.length, (index % same.length) + 1);
  });
}
