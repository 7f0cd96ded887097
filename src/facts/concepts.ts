/** Compares coded values of records with the values of filters. */
import type { CodeableConcept, Coding, Identifier } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import { foldedWords } from '../terms/fold.js';
import type { Verdict } from './verdict.js';

export function codings(concept: CodeableConcept | undefined): readonly Coding[] {
  return elements(concept?.coding);
}

export function codingsOfAll(concepts: readonly CodeableConcept[] | undefined): readonly Coding[] {
  return elements(concepts).flatMap(codings);
}

/** Returns the codes of a concept, of any system. */
export function codesIn(concept: CodeableConcept | undefined): readonly string[] {
  const codes: string[] = [];
  for (const { code } of codings(concept)) if (isText(code)) codes.push(code.trim());
  return codes;
}

/**
 * Returns the codings of a concept. If the concept has no codes, returns its texts as codings, so that filters can
 * compare them. If it has neither codes nor texts, returns one empty coding.
 */
export function codingsOrText(concept: CodeableConcept | undefined): readonly Coding[] {
  const [only] = elements([concept]);
  if (!only) return [];
  const given = codings(only);
  if (given.some(({ code }) => typeof code === 'string')) return given;
  const texts = textsIn(only).map((text) => ({ display: text.trim() }));
  return texts.length > 0 ? texts : [{}];
}

/** Returns the texts of a concept: `text`, then the displays of its codings. */
export function textsIn(concept: CodeableConcept | undefined): readonly string[] {
  return textsOf([concept?.text, ...codings(concept).map(({ display }) => display)]);
}

/**
 * Returns a function that tests whether a coding has one of the codes or, if it has no code, one of the texts. The
 * result is undefined for a coding without code and text, and for a text that is compared with codes.
 */
export function isCoded(asked: readonly string[]): (coding: Coding) => Verdict {
  const wanted = new Set(asked.map((each) => each.trim()));
  const areTexts = [...wanted].every((each) => !/^\S*\d\S*$/.test(each));
  return ({ code, display }) => {
    if (typeof code === 'string') return wanted.has(code.trim());
    if (display === undefined) return undefined;
    return wanted.has(display) || (areTexts ? false : undefined);
  };
}

/**
 * Returns a function that tests whether a coding has one of the codes. The code system is ignored, because the ids of
 * EMA's terms are unique across all its lists.
 */
export function hasCode(codes: readonly string[]): (coding: Coding) => boolean {
  const wanted = new Set(codes.map((code) => code.trim()));
  return ({ code }) => typeof code === 'string' && wanted.has(code.trim());
}

/**
 * Returns a function that compares numbers after applying `fold` to the number of the record and to that of the
 * filter.
 */
export function byNumber(fold: (number: string) => string): {
  readonly meets: (asked: readonly string[]) => (number: string) => boolean;
  readonly exact: {
    readonly tokensOf: (number: string) => readonly string[];
    readonly tokensFor: (asked: readonly string[]) => readonly string[];
  };
} {
  return {
    meets(asked) {
      const wanted = new Set(asked.map(fold));
      return (number) => wanted.has(fold(number));
    },
    exact: { tokensOf: (number) => [fold(number)], tokensFor: (asked) => asked.map(fold) },
  };
}

/**
 * Returns a function that tests whether a text contains one of the phrases, with all its words complete and in order.
 */
export function hasPhrase(asked: readonly string[]): (text: string) => boolean {
  const phrases = asked.map(foldedWords).filter((words) => words.length > 0);
  const wanted = phrases.map(spaced);
  return (text) => {
    const given = spaced(foldedWords(text));
    return wanted.some((phrase) => given.includes(phrase));
  };
}

function spaced(words: readonly string[]): string {
  return ` ${words.join(' ')} `;
}

/** Returns the identifiers that have a value. */
export function identifiersOf(
  given: Identifier | readonly Identifier[] | undefined,
): readonly { readonly system?: string; readonly value: string }[] {
  return elements(given as readonly Identifier[] | undefined).flatMap(({ system, value }) =>
    typeof value === 'string' ? [{ value, ...(typeof system === 'string' ? { system } : {}) }] : [],
  );
}

/** Returns the strings in an element of unknown type. */
export function textsOf(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.filter((text) => typeof text === 'string') : [];
}

/** Whether a value is a string that is not blank. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
