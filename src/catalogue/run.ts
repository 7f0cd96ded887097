/** The waves of one operation: follow every selection as far as is known, fetch what is not, and again. */
import { groupBy } from './group.js';
import { ROOT, typeOf, type Key } from './key.js';
import type { Known } from './known.js';
import { list } from './list.js';
import type { Selection } from './selection.js';
import { createWanted, type Loaders } from './wanted.js';

interface Step {
  readonly selection: Selection;
  readonly parents: readonly Key[];
}

/**
 * Fetches all that `selections` need. What is asked in a wave depends on what the waves before it found, never on
 * timing; afterwards every list of the operation can be read from `known`.
 * @returns the number of waves that had to fetch something
 */
export async function run(selections: readonly Selection[], known: Known, loaders: Loaders): Promise<number> {
  let frontier: readonly Step[] = selections.map((selection) => ({ selection, parents: [ROOT] }));
  for (let waves = 0; ; waves += 1) {
    const wanted = createWanted();
    const blocked: Step[] = [];
    const steps = [...frontier];
    for (const step of steps) {
      const { selection, parents } = step;
      const waiting: Key[] = [];
      const found = new Set<Key>();
      for (const parent of parents) {
        const rows = list(selection.link, parent, selection.args, known, wanted, selection.below.size > 0);
        if (!rows) waiting.push(parent);
        else for (const ref of rows.refs) found.add(ref);
      }
      if (waiting.length > 0) blocked.push({ selection, parents: waiting });
      steps.push(...stepsBelow(selection, found));
    }
    if (wanted.isEmpty) return waves;
    await loaders.load(wanted);
    frontier = blocked;
  }
}

function stepsBelow({ below }: Selection, found: ReadonlySet<Key>): Step[] {
  if (below.size === 0 || found.size === 0) return [];
  return [...groupBy(found, typeOf)].flatMap(([type, parents]) =>
    (below.get(type) ?? []).map((selection) => ({ selection, parents })),
  );
}
