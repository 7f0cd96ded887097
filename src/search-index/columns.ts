/**
 * The columns of the index: one for all that a fact reads of one kind of record. Each record has a shape in the column,
 * made of the elements that the fact reads. Records with equal shapes have equal verdicts, so that a filter tests each
 * shape once, however many products have it. A new row in the table of facts is a new column here.
 */
import { createHash } from 'node:crypto';
import type { Exact, Fact, Reads, RecordFact, Subject, JointValues, RecordValues } from '../facts/fact.js';
import type { FilterPart } from '../facts/filter.js';
import { sorts, type SortField } from '../facts/sorts.js';
import { facts } from '../facts/table.js';

/** A column of single records of one subject. */
export interface RecordColumn {
  readonly kind: 'record';
  readonly name: string;
  readonly of: Subject;
  readonly reads: Reads;
  /** Set where the values are in records that those of the subject refer to. */
  readonly at?: 'holder';
  /** Set where tokens take the place of shapes. */
  readonly exact?: Exact;
  /** Set where shapes are values. */
  readonly told?: RecordValues;
}

/** A column of all records of some subjects together. */
export interface WholeColumn {
  readonly kind: 'whole';
  readonly name: string;
  readonly with: readonly Subject[];
  readonly reads: Reads;
  /** Set where shapes are values. */
  readonly together?: JointValues;
}

/** A column of values to sort by. */
export interface SortColumn {
  readonly kind: 'sort';
  readonly name: string;
  readonly by: SortField;
}

export type Column = RecordColumn | WholeColumn | SortColumn;

/** Returns the column of a part's single records. @param of its subject, which differs where the part is asked alone */
export function recordColumn(part: FilterPart, of: Subject): RecordColumn {
  const fact: Fact = facts[part];
  if (!('of' in fact)) throw new TypeError('A fact about single records must have a subject.');
  const { exact, told, reads } = fact;
  const what = exact ? part : told ? valuesName(told) : nameOf(reads);
  return { kind: 'record', name: `${of} ${what}`, of, reads, ...(exact && { exact }), ...(told && { told }) };
}

/** Returns the column of values at the holders of authorizations. */
export function holderColumn(part: FilterPart): RecordColumn {
  const { reads, of } = facts[part] as RecordFact;
  return { kind: 'record', name: `${of} at holder ${nameOf(reads)}`, of, reads, at: 'holder' };
}

/** Returns the column of a part that reads all records of some subjects together. */
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

/** Returns a short name: it is part of many rows. */
function nameOf(reads: Reads): string {
  const what = reads.map(([type, elements]) => `${type}(${[...elements].sort().join(' ')})`).join(' ');
  return createHash('sha256').update(what).digest('base64url').slice(0, 8);
}

/** Returns the name of the first fact that reads the same values. */
function valuesName({ by }: RecordValues): string {
  const names = Object.keys(facts) as FilterPart[];
  const first = names.find((part) => {
    const fact: Fact = facts[part];
    return 'told' in fact && fact.told?.by === by;
  });
  if (first === undefined) throw new TypeError('No fact has the values of this column.');
  return first;
}

/** All columns, each once: facts that read the same elements share one. */
export const columns: readonly Column[] = [
  ...new Map(
    [...Object.keys(facts).flatMap((part) => columnsOf(part as FilterPart)), ...sortColumns()].map((each) => [
      each.name,
      each,
    ]),
  ).values(),
];

function columnsOf(part: FilterPart): readonly Column[] {
  // Products are found by their ids without a column.
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
