/** Selects and sorts the values of a field that are returned. */

/** A value that products have, or that is in the filter. */
export interface Countable {
  readonly value: string;
  readonly count: number;
  readonly selected: boolean;
  readonly parent: string | null;
}

/** Returns the `first` most frequent values, and all values that are in the filter. */
export function firstOf<Value extends Countable>(all: readonly Value[], first: number): readonly Value[] {
  return inOrder(all).filter(({ selected }, at) => at < first || selected);
}

/**
 * Returns ATC classes level by level, and on each level the `first` most frequent ones. The classes below a class are
 * returned if the filter contains this class or one below it, or if it is the only class on its level.
 */
export function opened<Value extends Countable>(all: readonly Value[], first: number): readonly Value[] {
  const byValue = new Map(all.map((each) => [each.value, each]));
  const below = new Map<string | null, Value[]>();
  for (const each of all) {
    const parent = each.parent !== null && byValue.has(each.parent) ? each.parent : null;
    const siblings = below.get(parent);
    if (siblings) siblings.push(each);
    else below.set(parent, [each]);
  }
  const onTheWay = new Set<string>();
  for (const { value, selected } of all) {
    if (!selected) continue;
    for (let each: string | null = value; each !== null; each = byValue.get(each)?.parent ?? null)
      onTheWay.add(each);
  }
  const shown: Value[] = [];
  let level: readonly (string | null)[] = [null];
  while (level.length > 0) {
    const next: string[] = [];
    for (const parent of level) {
      const siblings = inOrder(below.get(parent) ?? []);
      shown.push(...siblings.filter(({ value }, at) => at < first || onTheWay.has(value)));
      const isOpen = ({ value }: Value): boolean => siblings.length === 1 || onTheWay.has(value);
      next.push(...siblings.filter(isOpen).map(({ value }) => value));
    }
    level = next;
  }
  return shown;
}

function inOrder<Value extends Countable>(all: readonly Value[]): readonly Value[] {
  return [...all].sort(
    (one, other) =>
      other.count - one.count || (one.value < other.value ? -1 : Number(one.value > other.value)),
  );
}
