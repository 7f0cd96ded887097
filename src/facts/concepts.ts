/** Coded values of records, as filters compare them. */
import type { CodeableConcept, Coding, Identifier } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';

export function codings(concept: CodeableConcept | undefined): readonly Coding[] {
  return elements(concept?.coding);
}

export function codingsOfAll(concepts: readonly CodeableConcept[] | undefined): readonly Coding[] {
  return elements(concepts).flatMap(codings);
}

/** A value without any code is known by its text: what is looked through here finds it by that. */
export function codingsOrText(concept: CodeableConcept | undefined): readonly Coding[] {
  const given = codings(concept);
  if (given.some(({ code }) => typeof code === 'string')) return given;
  return [concept?.text, ...given.map(({ display }) => display)].flatMap((text) =>
    typeof text === 'string' ? [{ code: text.trim() }] : [],
  );
}

/** Whether a coding has one of these codes, whatever its system: EMA numbers the terms of all its lists alike. */
export function hasCode(codes: readonly string[]): (coding: Coding) => boolean {
  const wanted = new Set(codes.map((code) => code.trim()));
  return ({ code }) => typeof code === 'string' && wanted.has(code.trim());
}

/** The identifiers that have a value. */
export function identifiersOf(
  given: Identifier | readonly Identifier[] | undefined,
): readonly { readonly system?: string; readonly value: string }[] {
  return elements(given as readonly Identifier[] | undefined).flatMap(({ system, value }) =>
    typeof value === 'string' ? [{ value, ...(typeof system === 'string' ? { system } : {}) }] : [],
  );
}

/** The strings of an element that may hold anything. */
export function textsOf(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.filter((text) => typeof text === 'string') : [];
}
