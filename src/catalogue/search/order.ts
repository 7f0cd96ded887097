/** Sorts products by values in their records. */
import type { ResourceOf } from '../../fhir/resources.js';
import { unlessOdd } from '../../fhir/elements.js';
import { sorts, type SortValue } from '../../facts/sorts.js';
import type { Subject, SubjectRecords } from '../../facts/fact.js';
import { compareKeys, type Key } from '../graph/key.js';
import type { Fetches } from '../known/follow.js';
import { isHeld, type Known } from '../known/known.js';
import type { ProductSearch } from '../question/selection.js';
import { recordsOf } from './records.js';

/**
 * Sorts products. If a product has several values, ascending order uses the smallest, and descending order uses the
 * greatest. Products without a value come last. Returns undefined while records must still be fetched. The function
 * `ask` requests these records.
 */
export function ordered(
  rows: readonly Key[],
  { sort }: ProductSearch,
  known: Known,
  ask: Fetches,
): readonly Key[] | undefined {
  if (!sort) return rows;
  const { with: subjects, valuesOf, compare } = sorts[sort.by];
  const collator = new Intl.Collator(sort.language, { numeric: true });
  const direction = sort.isDescending ? -1 : 1;
  const byOrder = (a: SortValue, b: SortValue): number =>
    direction * compare(a as never, b as never, collator);
  let isPending = false;
  const keyed = rows.map((key) => {
    const records = new Map<Subject, SubjectRecords>();
    for (const subject of subjects) {
      const found = recordsOf(subject, key, known, ask);
      if (found) records.set(subject, found);
      else isPending = true;
    }
    const reading = known.reading(key);
    if (isPending || !isHeld(reading)) return { key, value: undefined };
    const product = reading.resource as ResourceOf<'MedicinalProductDefinition'>;
    // A product with malformed records is sorted as a product without a value.
    const values = unlessOdd(() => valuesOf(product, (subject) => records.get(subject)?.records ?? []));
    return { key, value: [...(values ?? [])].sort(byOrder)[0] };
  });
  if (isPending) return undefined;
  return keyed
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined)
        return Number(a.value === undefined) - Number(b.value === undefined) || compareKeys(a.key, b.key);
      return byOrder(a.value, b.value) || compareKeys(a.key, b.key);
    })
    .map(({ key }) => key);
}
