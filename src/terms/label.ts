/**
 * Finds the text of a coded value in the built-in and imported terms; if they have none, in the record. A text is
 * never invented.
 */
import type { CodeableConcept, Coding } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import { choose, defaultLanguage, isSameLanguage, type LanguageText } from './choice.js';
import { isContradictory, termOf } from './contradictions.js';
import { foldText } from './fold.js';
import { nameOfTag } from './languages.js';
import { languageTexts } from './language-texts.js';
import type { Terms } from './terms.js';

export interface LabelContent extends LanguageText {
  /** Whether the text is in another language than the reader's first language, or in an unknown language. */
  readonly fallback: boolean;
  /** Whether the record's codings contradict each other. The text is then the record's own. */
  readonly conflict: boolean;
}

/**
 * Returns the text of a concept; null if the concept has only codes, and none of them is known.
 * @param wanted language tags, the most preferred first; at least one
 */
export function labelOf(
  concept: CodeableConcept,
  wanted: readonly string[],
  terms: Terms,
): LabelContent | null {
  const codings = elements(concept.coding);
  const plain = plainText(codings, wanted, terms);
  if (plain) return { text: plain.text, language: plain.language, fallback: false, conflict: false };
  const conflict = isContradictory(codings, terms);
  const said = conflict ? saidInConflict(concept, wanted, terms) : saidOf(concept, wanted, terms);
  if (!said) return null;
  return { ...said, fallback: isFallback(said, wanted), conflict };
}

/** Returns the text of the concept's term, the record's own text, or the English name of a language or country code. */
function saidOf(concept: CodeableConcept, wanted: readonly string[], terms: Terms): LanguageText | undefined {
  const codings = elements(concept.coding);
  const known = termText(codings, wanted, terms);
  const own = wordsOf(concept, codings);
  return choose(known ? [known, ...own] : own, tagsOf, wanted) ?? nameIn(codings);
}

/**
 * Returns the text of a simple concept. It has one coding, whose term has a text in the reader's language, and whose
 * display is equal or missing. Most concepts are simple.
 */
function plainText(
  [only, another]: readonly Coding[],
  [asked = defaultLanguage]: readonly string[],
  terms: Terms,
): LanguageText | undefined {
  const term = only && !another ? termOf(only) : undefined;
  const found = term && terms.find(term.list, term.code, asked);
  if (!found || (only?.display && only.display !== found.text)) return undefined;
  return isSameLanguage(found.language, asked) ? found : undefined;
}

/** Whether a text is in another language than the reader's first language, or in an unknown language. */
function isFallback({ language }: LanguageText, [asked = defaultLanguage]: readonly string[]): boolean {
  return language === null || !isSameLanguage(language, asked);
}

/** Returns a list with the language tag of the text; an empty list if the language is unknown. */
export function tagsOf({ language }: LanguageText): readonly string[] {
  return language === null ? [] : [language];
}

/**
 * Returns the text of the first coding with a known term, in the first of the reader's languages that has a text; if
 * none has, in any language.
 */
function termText(
  codings: readonly Coding[],
  wanted: readonly string[],
  terms: Terms,
): LanguageText | undefined {
  for (const coding of codings) {
    const term = termOf(coding);
    let first: LanguageText | undefined;
    for (const tag of term ? wanted : []) {
      const found = term && terms.find(term.list, term.code, tag);
      if (found && isSameLanguage(found.language, tag)) return found;
      first ??= found;
    }
    if (first) return first;
  }
  return undefined;
}

/** Returns the displays and the text of a concept in the record, each with its translations. */
function wordsOf(concept: CodeableConcept, codings: readonly Coding[]): readonly LanguageText[] {
  return [
    ...codings.flatMap((coding) => languageTexts(coding, 'display')),
    ...languageTexts(concept, 'text'),
  ];
}

/**
 * Returns the text of a contradictory concept: the display, if all displays are equal; otherwise the concept's text;
 * otherwise all displays. If the record has no text at all, returns the texts of all terms.
 */
function saidInConflict(
  concept: CodeableConcept,
  wanted: readonly string[],
  terms: Terms,
): LanguageText | undefined {
  const codings = elements(concept.coding);
  const text = languageTexts(concept, 'text');
  const displays = codings.map((coding) => languageTexts(coding, 'display'));
  const doAgree = new Set(codings.flatMap(({ display }) => (display ? foldText(display) : []))).size <= 1;
  if (doAgree || text.length > 0) {
    const own = doAgree ? [...displays.flat(), ...text] : text;
    const said = choose(own, tagsOf, wanted);
    if (said) return said;
  }
  const own = displays.flatMap((each) => choose(each, tagsOf, wanted) ?? []);
  return together(
    own.length > 0 ? own : codings.flatMap((coding) => saidOf({ coding: [coding] }, wanted, terms) ?? []),
  );
}

/** Joins texts without duplicates: `Oral use / Cutaneous use`. */
function together(all: readonly LanguageText[]): LanguageText | undefined {
  const isFirst = ({ text }: LanguageText, at: number): boolean =>
    all.findIndex((other) => foldText(other.text) === foldText(text)) === at;
  const distinct = all.filter(isFirst);
  const [first, ...others] = distinct;
  if (!first || others.length === 0) return first;
  const isOneLanguage = others.every(({ language }) => language === first.language);
  return {
    text: distinct.map(({ text }) => text).join(' / '),
    language: isOneLanguage ? first.language : null,
  };
}

/** Returns the English name of the language or country that one of the codings names by tag or ISO code. */
function nameIn(codings: readonly Coding[]): LanguageText | undefined {
  const name = codings.map(nameOfTag).find((each) => each !== undefined);
  return name === undefined ? undefined : { text: name, language: 'en' };
}
