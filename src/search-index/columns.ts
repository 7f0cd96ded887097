/**
 * What the index holds of each fact: a column for all that a fact reads of one kind of record. What a record tells in a
 * column is a shape, the elements that the fact reads; equal shapes give equal verdicts, so that a filter is put to each
 * shape once, however many products have it. A new row in the table of facts is a new column here.
 */
import { createHash } from 'node:crypto';
import type { Exact, Fact, Reads, RecordFact, Subject, ToldTogether, ToldValues } from '../facts/fact.js';
import type { FilterPart } from '../facts/filter.js';
import { sorts, type SortField } from '../facts/sorts.js';
import { facts } from '../facts/table.js';

/** Single records of one subject tell it, each by itself. */
export interface RecordColumn {
  readonly kind: 'record';
  readonly name: string;
  readonly of: Subject;
  readonly reads: Reads;
  /** The records that those of the subject refer to tell it. */
  readonly at?: 'holder';
  /** Then tokens stand for the shapes. */
  readonly exact?: Exact;
  /** Then shapes are values. */
  readonly told?: ToldValues;
}

/** All records of some subjects together tell it. */
export interface WholeColumn {
  readonly kind: 'whole';
  readonly name: string;
  readonly with: readonly Subject[];
  readonly reads: Reads;
  /** Then shapes are values. */
  readonly together?: ToldTogether;
}

/** The values by which products are put in order. */
export interface SortColumn {
  readonly kind: 'sort';
  readonly name: string;
  readonly by: SortField;
}

export type Column = RecordColumn | WholeColumn | SortColumn;

/** The column of single records that a part is told by. @param of its subject, which differs where it is asked alone */
export function recordColumn(part: FilterPart, of: Subject): RecordColumn {
  const fact: Fact = facts[part];
  if (!('of' in fact)) throw new TypeError('a fact of single records has a subject');
  const { exact, told, reads } = fact;
  const what = exact ? part : told ? valuesName(told) : nameOf(reads);
  return { kind: 'record', name: `${of} ${what}`, of, reads, ...(exact && { exact }), ...(told && { told }) };
}

/** What is told at the holders of authorizations. */
export function holderColumn(part: FilterPart): RecordColumn {
  const { reads, of } = facts[part] as RecordFact;
  return { kind: 'record', name: `${of} at holder ${nameOf(reads)}`, of, reads, at: 'holder' };
}

/** The column of a part that all records tell together. */
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

/** Short, since it stands in many rows. */
function nameOf(reads: Reads): string {
  const what = reads.map(([type, elements]) => `${type}(${[...elements].sort().join(' ')})`).join(' ');
  return createHash('sha256').update(what).digest('base64url').slice(0, 8);
}

/** The first of the facts that tell the same. */
function valuesName({ by }: ToldValues): string {
  const names = Object.keys(facts) as FilterPart[];
  const first = names.find((part) => {
    const fact: Fact = facts[part];
    return 'told' in fact && fact.told?.by === by;
  });
  if (first === undefined) throw new TypeError('what a column tells a fact tells');
  return first;
}

/** All of them, each once: facts that read the same share one. */
export const columns: readonly Column[] = [
  ...new Map(
    [...Object.keys(facts).flatMap((part) => columnsOf(part as FilterPart)), ...sortColumns()].map((each) => [
      each.name,
      each,
    ]),
  ).values(),
];

function columnsOf(part: FilterPart): readonly Column[] {
  // Products are found by their ids anyway.
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
