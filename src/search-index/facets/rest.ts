/**
 * Splits a filter for one facet field. The field's own part is removed. The other parts are either about the same
 * record as the field, or not.
 */
import type { FilterPart, ProductFilter } from '../../facts/filter.js';
import { criteriaIn, requirementsOf, type Criterion } from '../../facts/requirements.js';
import { facts } from '../../facts/table.js';
import type { Judge } from '../judge.js';
import { among, productsIn } from '../verdicts.js';
import type { Field } from './field.js';

export interface Rest {
  /** The filter without the field's part. */
  readonly filter: ProductFilter;
  /** Whether no other part of the filter is about the same record as the field. */
  readonly isAlone: boolean;
  /** The parts that are about the same record as the field. */
  readonly mates: readonly Criterion[];
  /** Those other parts whose meaning depends on the field's value. */
  readonly dependents: readonly Criterion[];
  readonly others: readonly Criterion[];
}

export function restOf(filter: ProductFilter, { part }: Pick<Field, 'part'>): Rest {
  const rest = Object.fromEntries(Object.entries(filter).filter(([each]) => each !== part)) as ProductFilter;
  const criteria = criteriaIn(rest);
  const group = groupOf(part);
  const mates = group === undefined ? [] : criteria.filter((each) => groupOf(each.part) === group);
  const besides = criteria.filter((each) => !mates.includes(each));
  const depends = ({ fact }: Criterion): boolean =>
    'looksAt' in fact && fact.looksAt?.includes(part) === true;
  return {
    filter: rest,
    isAlone: mates.length === 0,
    mates,
    dependents: besides.filter(depends),
    others: besides.filter((each) => !depends(each)),
  };
}

function groupOf(part: FilterPart): string | undefined {
  const fact = facts[part];
  return 'group' in fact ? fact.group : undefined;
}

/** Returns the products that meet all criteria; undefined if there are no criteria. */
export async function meeting(
  judge: Judge,
  criteria: readonly Criterion[],
  filter: ProductFilter,
): Promise<ReadonlySet<number> | undefined> {
  let found: ReadonlySet<number> | undefined;
  for (const requirement of requirementsOf(criteria, filter)) {
    const { yes } = await judge.meet(requirement, criteria, filter);
    found = both(found, yes);
  }
  return found;
}

/**
 * Returns the records that meet all criteria, and their products. All criteria are about the same record as the
 * field.
 */
export async function recordsMeeting(
  judge: Judge,
  criteria: readonly Criterion[],
  filter: ProductFilter,
): Promise<{ readonly records: ReadonlySet<number>; readonly products: ReadonlySet<number> } | undefined> {
  const [first] = criteria;
  if (!first || !('of' in first.fact)) return undefined;
  const found = await judge.records(criteria, first.fact.of, filter);
  return { records: found.yes, products: productsIn(found).yes };
}

/** Returns the products that are in both sets. Undefined stands for the set of all products. */
export function both(
  one: ReadonlySet<number> | undefined,
  other: ReadonlySet<number> | undefined,
): ReadonlySet<number> | undefined {
  if (!one || !other) return one ?? other;
  return one.size <= other.size ? among(one, other) : among(other, one);
}
