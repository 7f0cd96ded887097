/**
 * Merges values with the same name, for example a company that one record states by its name and another record by
 * its id.
 */
import type { Dictionary } from './dictionary.js';

/**
 * Removes a value if another value with the same name finds all its records.
 * @param values the numbers of values
 */
export function uncovered(values: readonly number[], dictionary: Dictionary): readonly number[] {
  const namesakes = namesakesOf(values, dictionary);
  if (namesakes.size === 0) return values;
  const coverers = new Map<number, readonly number[]>();
  for (const { listed, found } of dictionary.sets())
    for (const value of listed) {
      const all = coverers.get(value) ?? namesakes.get(value) ?? [];
      coverers.set(
        value,
        all.filter((other) => found.includes(other)),
      );
    }
  const isCovered = (value: number): boolean =>
    (coverers.get(value) ?? []).some(
      // If two values find the same records, the first one remains.
      (other) => other < value || !(coverers.get(other) ?? []).includes(value),
    );
  return values.filter((value) => !isCovered(value));
}

/** For each value that has the same name as other values, returns these other values. */
function namesakesOf(
  values: readonly number[],
  dictionary: Dictionary,
): ReadonlyMap<number, readonly number[]> {
  const byName = new Map<string, number[]>();
  for (const value of values) {
    const { name } = dictionary.nameOf(value);
    const same = name === undefined ? undefined : byName.get(name);
    if (same) same.push(value);
    else if (name !== undefined) byName.set(name, [value]);
  }
  const several = [...byName.values()].filter((same) => same.length > 1);
  return new Map(
    several.flatMap((same) => same.map((value) => [value, same.filter((other) => other !== value)] as const)),
  );
}
