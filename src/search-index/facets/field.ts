/** What a field of facets is: where its values are told, how they are read, and how a filter asks for them. */
import type { CodeableConcept, Coding } from 'fhir/r5.js';
import { codingsOrText } from '../../facts/concepts.js';
import type { FilterPart, ProductFilter } from '../../facts/filter.js';
import { valuesOf } from '../../terms/contradictions.js';

/** A value that a record has. */
export interface ToldValue {
  readonly value: string;
  readonly name?: string | undefined;
  readonly concept?: CodeableConcept | undefined;
}

/** What a shape tells. */
export interface Tells {
  /** Values that the record is listed with. */
  readonly values: readonly ToldValue[];
  /** All that the record is found by: a value finds it by any of its own keys. */
  readonly keys: readonly string[];
}

/** Something that a filter asks for in the part of a field. */
export interface Choice {
  /** As it is shown where no product has it; undefined where it is not. */
  readonly value: string | undefined;
  /** Whether it is this value. */
  is(value: string, name: string | undefined): boolean;
}

export interface Field {
  /** The part of the filter that a value goes into. */
  readonly part: FilterPart;
  /** Parts told by the same record that the reader has an eye on. */
  readonly reads?: readonly FilterPart[];
  /** Whether values change from one day to the next. */
  readonly isDated?: boolean;
  /** Whether a name is a value as well as a code. */
  readonly isNamed?: boolean;
  /** @param isAlone whether the filter asks nothing else of the same record */
  column(isAlone: boolean): string;
  /** What else the record has to be, told in a column of its own. */
  readonly where?: { readonly column: string; test(shape: string): boolean };
  /** As much of the filter as changes what is read. */
  asks?(filter: ProductFilter): unknown;
  /** @returns undefined where a shape tells nothing; it may throw a `TypeError` for what FHIR does not allow. */
  reader(filter: ProductFilter, isAlone: boolean): (shape: string) => Tells | undefined;
  /** The keys of a value; just itself where this is left out. */
  keysOf?(value: string): readonly string[];
  /** The filter that finds a value, beside the rest. */
  asked(value: string, filter: ProductFilter): ProductFilter;
  choices(filter: ProductFilter): readonly Choice[];
  /** The class above. */
  parentOf?(value: string): string | undefined;
}

export function choicesOf(values: readonly string[]): readonly Choice[] {
  return [...new Set(values)].map((value) => ({ value, is: (other) => other === value }));
}

/** Values without keys of another form. */
export function plainTells(values: readonly ToldValue[]): Tells {
  return { values, keys: values.map(({ value }) => value) };
}

/** Whether it can be asked for as a code: what has no digit is looked up as a word. */
export function isAskable(code: string): boolean {
  return /^\S*\d\S*$/.test(code);
}

/**
 * Concepts as filters find them, each of their values listed by its first code: it may be told in several lists. What is
 * told in words alone cannot be asked for by a code, and has no value.
 */
export function codedTells(concepts: readonly CodeableConcept[]): Tells {
  const values = concepts.flatMap(valuesOf).flatMap((concept): readonly ToldValue[] => {
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
