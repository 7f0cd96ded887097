/** Computes the rows of one product for all columns of the index. */
import { notTold, type Subject, type SubjectRecords } from '../facts/fact.js';
import { sorts } from '../facts/sorts.js';
import type { FhirResource, ResourceOf } from '../fhir/resources.js';
import { columns, type Column, type RecordColumn, type SortColumn, type WholeColumn } from './columns.js';
import { recordShape, togetherShape, untoldShape, wholeShape, valuesShape } from './shapes.js';
import { textRows } from './text/product-texts.js';
import type { TokenRow, ContentRow } from './store/index-store.js';
import { substancesPart, substanceShapes } from './substance-shapes.js';
import { unlessOdd } from '../fhir/elements.js';

/** The records of one subject that belong to a product, with their keys. */
export interface IndexedRecords {
  readonly records: readonly IndexedRecord[];
  /** Whether all existing records are listed. A listed record may lack its `resource`. */
  readonly isComplete: boolean;
  /** Whether all existing records are listed, and each has its `resource`. */
  readonly isWhole: boolean;
}

export interface IndexedRecord {
  readonly key: string;
  /** The record; undefined if a reference to it exists, but the record itself does not. */
  readonly resource: FhirResource | undefined;
}

/** A product with the records that belong to it, by subject. */
export interface ProductRecords {
  readonly product: ResourceOf<'MedicinalProductDefinition'>;
  /**
   * Returns the records of one subject that belong to the product; undefined if only the product's own record was
   * read.
   */
  records(subject: Subject): IndexedRecords | undefined;
  /** Returns the organizations that an authorization states as its holder. */
  holders(authorization: string): IndexedRecords | undefined;
}

export interface DerivedRows {
  readonly rows: readonly ContentRow[];
  readonly tokens: readonly TokenRow[];
}

/** Stands for records that may exist in addition to those that were read. */
export const otherRecords = 65_535;
/** The token for a number that cannot be read. It has small letters, which no folded number contains. */
export const untoldToken = 'untold';

export function deriveRows(telling: ProductRecords): DerivedRows {
  const told: ContentRow[] = [];
  const tokens: TokenRow[] = [];
  for (const column of columns) {
    if (column.kind === 'record' && column.exact) tokens.push(...tokensIn(column, telling));
    else told.push(...rowsIn(column, telling));
  }
  const said = textRows(telling);
  return { rows: [...told, ...substanceRows(telling), ...said.told], tokens: [...tokens, ...said.tokens] };
}

function substanceRows(telling: ProductRecords): readonly ContentRow[] {
  const { records, isComplete } = telling.records('ingredient') ?? nothingKnown;
  const rows = records.flatMap(({ resource }, record) =>
    substanceShapes(resource).map((shape) => ({ part: substancesPart, record, shape })),
  );
  return isComplete ? rows : [...rows, { part: substancesPart, record: otherRecords, shape: untoldShape }];
}

function rowsIn(column: Column, telling: ProductRecords): readonly ContentRow[] {
  switch (column.kind) {
    case 'record':
      return recordRows(column, telling);
    case 'whole':
      return [
        { part: column.name, record: 0, shape: unlessOdd(() => wholeIn(column, telling)) ?? untoldShape },
      ];
    case 'sort':
      return [
        { part: column.name, record: 0, shape: unlessOdd(() => valuesIn(column, telling)) ?? untoldShape },
      ];
  }
}

function recordRows(
  { name, of, at, reads, told }: RecordColumn,
  telling: ProductRecords,
): readonly ContentRow[] {
  const { records, isComplete } = telling.records(of) ?? nothingKnown;
  const rows = records.flatMap(({ key, resource }, record): readonly ContentRow[] => {
    const shapeOf = (each: IndexedRecord): ContentRow => ({
      part: name,
      record,
      shape:
        unlessOdd(() => {
          const shown = { ...each, product: telling.product };
          return told ? valuesShape(shown, told, reads) : recordShape(shown, reads);
        }) ?? untoldShape,
    });
    if (!at) return [shapeOf({ key, resource })];
    const holders = telling.holders(key) ?? nothingKnown;
    const shapes = holders.records.map(shapeOf);
    return holders.isComplete ? shapes : [...shapes, { part: name, record, shape: untoldShape }];
  });
  return isComplete ? rows : [...rows, { part: name, record: otherRecords, shape: untoldShape }];
}

const nothingKnown: IndexedRecords = { records: [], isComplete: false, isWhole: false };

function tokensIn({ name, of, exact }: RecordColumn, telling: ProductRecords): readonly TokenRow[] {
  const { records, isComplete } = telling.records(of) ?? nothingKnown;
  const rows = records.flatMap(({ resource }, record) =>
    [...new Set(tokensOf(exact, resource))].map((value) => ({ kind: name, value, record })),
  );
  return isComplete ? rows : [...rows, { kind: name, value: untoldToken, record: otherRecords }];
}

/** Returns the tokens of a record; an empty list if the record does not exist. */
function tokensOf(exact: RecordColumn['exact'], resource: FhirResource | undefined): readonly string[] {
  if (!resource) return [];
  const tokens = unlessOdd(() => exact?.tokensOf(resource)) ?? [notTold];
  return tokens.map((token) => (token === notTold ? untoldToken : token));
}

function wholeIn({ with: subjects, reads, together }: WholeColumn, telling: ProductRecords): string {
  const told = subjects.map((subject) => [subject, telling.records(subject)] as const);
  if (told.some(([, records]) => !records)) return untoldShape;
  if (together)
    return togetherShape(
      telling.product,
      new Map(told.map(([subject, found]) => [subject, foundIn(found)])),
      together,
    );
  return wholeShape(
    telling.product,
    told.map(([subject, found]) => [subject, foundIn(found)]),
    reads,
  );
}

function valuesIn({ by }: SortColumn, telling: ProductRecords): string {
  const { valuesOf } = sorts[by];
  const values = valuesOf(telling.product, (subject) => heldIn(telling.records(subject)));
  return JSON.stringify(values);
}

function foundIn(found: IndexedRecords | undefined): SubjectRecords {
  return { records: heldIn(found), isWhole: found?.isWhole ?? false };
}

function heldIn(found: IndexedRecords | undefined): readonly FhirResource[] {
  return (found?.records ?? []).flatMap(({ resource }) => resource ?? []);
}
