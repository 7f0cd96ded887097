/**
 * Finds the text of a coded value: from the known terms, or else in the record's own words. It never invents a text.
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
  /** Whether it replaces a missing text in the most wanted language. */
  readonly fallback: boolean;
  /** Whether the record contradicts itself, so that the text is in its own words. */
  readonly conflict: boolean;
}

/**
 * Returns the text of a concept; null where it has only codes, and none is known.
 * @param wanted tags of languages, the most wanted first; one at least
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

/** Returns the text of its term, the record's own words, or a name by its tag. */
function saidOf(concept: CodeableConcept, wanted: readonly string[], terms: Terms): LanguageText | undefined {
  const codings = elements(concept.coding);
  const known = termText(codings, wanted, terms);
  const own = wordsOf(concept, codings);
  return choose(known ? [known, ...own] : own, tagsOf, wanted) ?? nameIn(codings);
}

/**
 * Returns the text of most values at once: one term with a text in the wanted language, and the same display or none.
 * No other text can be better.
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

/** Whether a text is not in the most wanted language, as far as its language is known. */
function isFallback({ language }: LanguageText, [asked = defaultLanguage]: readonly string[]): boolean {
  return language === null || !isSameLanguage(language, asked);
}

/** Returns the tag of a text's language as a list: one, or none. */
export function tagsOf({ language }: LanguageText): readonly string[] {
  return language === null ? [] : [language];
}

/** Returns the text of the first known term, in the first wanted language that it has, else in any. */
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

/** Returns the record's displays and its text, with their translations. */
function wordsOf(concept: CodeableConcept, codings: readonly Coding[]): readonly LanguageText[] {
  return [
    ...codings.flatMap((coding) => languageTexts(coding, 'display')),
    ...languageTexts(concept, 'text'),
  ];
}

/**
 * Returns the text that the displays agree on. Where they differ, returns the text of the whole concept, or else every
 * display. Without any words of its own, a concept has the texts of all its terms.
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

/** Joins different texts, each once: `Oral use / Cutaneous use`. */
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

/** Returns the English name of a language or country that is given by its tag only. */
function nameIn(codings: readonly Coding[]): LanguageText | undefined {
  const name = codings.map(nameOfTag).find((each) => each !== undefined);
  return name === undefined ? undefined : { text: name, language: 'en' };
}
