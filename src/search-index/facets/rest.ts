/**
 * Splits a filter, without the part of one facet field, into parts about the same record as the field, and other
 * parts.
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
  /** The parts about the same record as the field. */
  readonly mates: readonly Criterion[];
  /** Other parts whose meaning depends on the field's value. */
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

/** Returns the products that meet all criteria; undefined without criteria. */
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
 * Returns the records that meet all criteria, and the products of these records. All criteria are about the same
 * record as the field.
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

/** Returns the products in both sets. For each set, undefined stands for all products. */
export function both(
  one: ReadonlySet<number> | undefined,
  other: ReadonlySet<number> | undefined,
): ReadonlySet<number> | undefined {
  if (!one || !other) return one ?? other;
  return one.size <= other.size ? among(one, other) : among(other, one);
}
