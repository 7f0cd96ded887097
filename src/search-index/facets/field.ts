/** A facet field: the column of its values, how to read them, and the filter that asks for them. */
import type { CodeableConcept, Coding } from 'fhir/r5.js';
import { codingsOrText } from '../../facts/concepts.js';
import type { FilterPart, ProductFilter } from '../../facts/filter.js';
import { valuesOf } from '../../terms/contradictions.js';

/** A value in a record. */
export interface RecordValue {
  readonly value: string;
  readonly name?: string | undefined;
  readonly concept?: CodeableConcept | undefined;
}

/** The content of a shape. */
export interface FacetContent {
  /** Values that the record is listed with. */
  readonly values: readonly RecordValue[];
  /** Keys that find the record. A value finds it by any of the value's own keys. */
  readonly keys: readonly string[];
}

/** Something that the filter asks for in the field's part. */
export interface Choice {
  /** The value to show where no product has it; undefined where it is not shown then. */
  readonly value: string | undefined;
  /** Whether it is this value. */
  is(value: string, name: string | undefined): boolean;
}

export interface Field {
  /** The part of the filter that takes a value. */
  readonly part: FilterPart;
  /** Further parts about the same record that the reader applies itself. */
  readonly reads?: readonly FilterPart[];
  /** Whether values depend on the current date. */
  readonly isDated?: boolean;
  /** Whether values may be names as well as codes. */
  readonly isNamed?: boolean;
  /** @param isAlone whether the filter asks for nothing else in the same record */
  column(isAlone: boolean): string;
  /** A further test of the record, in a column of its own. */
  readonly where?: { readonly column: string; test(shape: string): boolean };
  /** Returns the values of the filter that change how shapes are read. */
  dependsOn?(filter: ProductFilter): unknown;
  /** @returns undefined for a shape without content; may throw a `TypeError` for one that breaks FHIR's rules. */
  reader(filter: ProductFilter, isAlone: boolean): (shape: string) => FacetContent | undefined;
  /** Returns the keys of a value. Without this, the value is its own key. */
  keysOf?(value: string): readonly string[];
  /** Returns the filter that finds a value, to be added to the rest. */
  filterFor(value: string, filter: ProductFilter): ProductFilter;
  choices(filter: ProductFilter): readonly Choice[];
  /** Returns the class above. */
  parentOf?(value: string): string | undefined;
}

export function choicesOf(values: readonly string[]): readonly Choice[] {
  return [...new Set(values)].map((value) => ({ value, is: (other) => other === value }));
}

/** Makes content whose values are their own keys. */
export function plainTells(values: readonly RecordValue[]): FacetContent {
  return { values, keys: values.map(({ value }) => value) };
}

/** Whether a filter takes the value for a code. It takes values without a digit for words. */
export function isAskable(code: string): boolean {
  return /^\S*\d\S*$/.test(code);
}

/**
 * Reads concepts as filters find them. Each value is listed by its first code, since it may have codes of several
 * lists. A concept without a code cannot be asked for by one, and yields no value.
 */
export function codedTells(concepts: readonly CodeableConcept[]): FacetContent {
  const values = concepts.flatMap(valuesOf).flatMap((concept): readonly RecordValue[] => {
    const codings = codingsOrText(concept);
    const first = codings.find(({ code }) => typeof code === 'string' && isAskable(code.trim()));
    return first?.code === undefined
      ? []
      : [{ value: first.code.trim(), concept: { coding: [first] }, name: nameIn(first) }];
  });
  const keys = concepts.flatMap(codingsOrText).flatMap(({ code, display }) => {
    if (typeof code === 'string') return [code.trim()];
    return typeof display === 'string' ? [display] : [];
  });
  return { values, keys };
}

function nameIn({ display }: Coding): string | undefined {
  return typeof display === 'string' && display.trim() !== '' ? display.trim() : undefined;
}
