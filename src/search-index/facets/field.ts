/** A facet field: the column with its values, a function that reads them, and the filter that finds a value. */
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

/** The content of a shape, as a facet reads it. */
export interface FacetContent {
  /** The values under which the facet counts the record. */
  readonly values: readonly RecordValue[];
  /** The keys of the record. A value finds the record if they have a key in common. */
  readonly keys: readonly string[];
}

/** A value for this field that the filter contains. */
export interface Choice {
  /** The value to return if no product has it; undefined if it is then not returned. */
  readonly value: string | undefined;
  /** Whether this is the same as the given value of the facet. */
  is(value: string, name: string | undefined): boolean;
}

export interface Field {
  /** The part of the filter that accepts a value of the field. */
  readonly part: FilterPart;
  /** Other filter parts about the same record, which `reader` tests itself. */
  readonly reads?: readonly FilterPart[];
  /** Whether values depend on the current date. */
  readonly isDated?: boolean;
  /** Whether values may be names as well as codes. */
  readonly isNamed?: boolean;
  /** @param isAlone whether the filter has no other part about the same record */
  column(isAlone: boolean): string;
  /** A further test of the record. It reads another column. */
  readonly where?: { readonly column: string; test(shape: string): boolean };
  /** Returns those values in the filter that change how shapes are read. */
  dependsOn?(filter: ProductFilter): unknown;
  /**
   * @returns a function that reads a shape. It returns undefined for a shape without content. It may throw a
   * `TypeError` for a shape that breaks FHIR's rules.
   */
  reader(filter: ProductFilter, isAlone: boolean): (shape: string) => FacetContent | undefined;
  /** Returns the keys of a value. If this function is missing, the value itself is its only key. */
  keysOf?(value: string): readonly string[];
  /** Returns the filter that finds a value. It is added to the other parts of the filter. */
  filterFor(value: string, filter: ProductFilter): ProductFilter;
  choices(filter: ProductFilter): readonly Choice[];
  /** Returns the class above an ATC class. */
  parentOf?(value: string): string | undefined;
}

export function choicesOf(values: readonly string[]): readonly Choice[] {
  return [...new Set(values)].map((value) => ({ value, is: (other) => other === value }));
}

/** Creates content whose values are their own keys. */
export function plainTells(values: readonly RecordValue[]): FacetContent {
  return { values, keys: values.map(({ value }) => value) };
}

/** Whether a filter treats the value as a code. A value without a digit is treated as a word. */
export function isAskable(code: string): boolean {
  return /^\S*\d\S*$/.test(code);
}

/**
 * Reads the values of concepts in the same way as filters do. A concept may have codes from several lists. The facet
 * lists it under its first code. A concept without a code has no value, because no code in a filter could find it.
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
