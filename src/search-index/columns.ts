/**
 * The columns of the index. Each part of a product filter tests a fact, and each fact has a column. For each record,
 * the column stores a shape, which is the text of the elements that the fact reads. Records with equal shapes get the
 * same test result. So a filter tests each shape only once, however many products have it. A new fact in the table of
 * facts gets a new column.
 */
import { createHash } from 'node:crypto';
import type { Exact, Fact, Reads, RecordFact, Subject, JointValues, RecordValues } from '../facts/fact.js';
import type { FilterPart } from '../facts/filter.js';
import { sorts, type SortField } from '../facts/sorts.js';
import { facts } from '../facts/table.js';

/** A column with one shape for each record of one kind (the subject), such as a package. */
export interface RecordColumn {
  readonly kind: 'record';
  readonly name: string;
  readonly of: Subject;
  readonly reads: Reads;
  /** Set if the values are in the organization that an authorization states as its holder. */
  readonly at?: 'holder';
  /** Set if the column stores tokens, such as numbers, instead of shapes. */
  readonly exact?: Exact;
  /** Set if a shape contains the values that the fact reads from a record. */
  readonly told?: RecordValues;
}

/** A column with one shape per product, for all its records of some kinds (the subjects) together. */
export interface WholeColumn {
  readonly kind: 'whole';
  readonly name: string;
  readonly with: readonly Subject[];
  readonly reads: Reads;
  /** Set if a shape is the value that the fact computes from all these records. */
  readonly together?: JointValues;
}

/** A column with the values by which products are sorted. */
export interface SortColumn {
  readonly kind: 'sort';
  readonly name: string;
  readonly by: SortField;
}

export type Column = RecordColumn | WholeColumn | SortColumn;

/**
 * Returns the column of a filter part about single records.
 * @param of the subject of the column; it may differ from that of the fact if the filter has no other part about the
 * same record
 */
export function recordColumn(part: FilterPart, of: Subject): RecordColumn {
  const fact: Fact = facts[part];
  if (!('of' in fact)) throw new TypeError('A fact about single records must have a subject.');
  const { exact, told, reads } = fact;
  const what = exact ? part : told ? valuesName(told) : nameOf(reads);
  return { kind: 'record', name: `${of} ${what}`, of, reads, ...(exact && { exact }), ...(told && { told }) };
}

/** Returns the column of a filter part whose values are in the organizations that hold authorizations. */
export function holderColumn(part: FilterPart): RecordColumn {
  const { reads, of } = facts[part] as RecordFact;
  return { kind: 'record', name: `${of} at holder ${nameOf(reads)}`, of, reads, at: 'holder' };
}

/** Returns the column of a filter part that reads all records of some subjects together. */
export function wholeColumn(part: FilterPart, subjects: readonly Subject[]): WholeColumn {
  const fact: Fact = facts[part];
  const { reads } = fact;
  const together = 'together' in fact ? fact.together : undefined;
  return {
    kind: 'whole',
    name: `${subjects.join(' + ')} together ${together ? part : nameOf(reads)}`,
    with: subjects,
    reads,
    ...(together && { together }),
  };
}

export function sortColumn(by: SortField): SortColumn {
  return { kind: 'sort', name: `sort ${by}`, by };
}

/**
 * Returns a hash of the elements that a fact reads. It is short, because many rows contain the name of the column.
 */
function nameOf(reads: Reads): string {
  const what = reads.map(([type, elements]) => `${type}(${[...elements].sort().join(' ')})`).join(' ');
  return createHash('sha256').update(what).digest('base64url').slice(0, 8);
}

/** Returns the name of the first fact that reads the same values. Facts with the same values share one column. */
function valuesName({ by }: RecordValues): string {
  const names = Object.keys(facts) as FilterPart[];
  const first = names.find((part) => {
    const fact: Fact = facts[part];
    return 'told' in fact && fact.told?.by === by;
  });
  if (first === undefined) throw new TypeError('No fact has the values of this column.');
  return first;
}

/** All columns of the index. Facts that read the same elements share a column. */
export const columns: readonly Column[] = [
  ...new Map(
    [...Object.keys(facts).flatMap((part) => columnsOf(part as FilterPart)), ...sortColumns()].map((each) => [
      each.name,
      each,
    ]),
  ).values(),
];

function columnsOf(part: FilterPart): readonly Column[] {
  // The filter part `ids` has no column, because the store finds products by id.
  if (part === 'ids') return [];
  const fact: Fact = facts[part];
  if (!('of' in fact)) return [wholeColumn(part, fact.with)];
  const { alone, at } = fact;
  return [
    recordColumn(part, fact.of),
    ...(at ? [holderColumn(part)] : []),
    ...(alone ? ['with' in alone ? wholeColumn(part, alone.with) : recordColumn(part, alone.of)] : []),
  ];
}

function sortColumns(): readonly Column[] {
  return (Object.keys(sorts) as SortField[]).map(sortColumn);
}
