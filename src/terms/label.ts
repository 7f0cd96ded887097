/** The text of a coded value: by the terms known here, else in the record's own words. Nothing is invented. */
import type { CodeableConcept, Coding } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import { choose, defaultLanguage, isSameLanguage, type Said } from './choice.js';
import { isContradictory, termOf } from './contradictions.js';
import { foldText } from './fold.js';
import { nameOfTag } from './languages.js';
import { saidIn } from './said.js';
import type { Terms } from './terms.js';

export interface LabelContent extends Said {
  /** Whether it stands in for a text in the language that is wanted most. */
  readonly fallback: boolean;
  /** Whether the record contradicts itself, so that these are its own words. */
  readonly conflict: boolean;
}

/**
 * Returns what a concept is called; null where it has codes alone, and none that is known.
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
  const known = termText(codings, wanted, terms);
  const own = conflict ? wordsInConflict(concept, codings) : wordsOf(concept, codings);
  const texts = known && !conflict ? [known, ...own] : own;
  const said = choose(texts, tagsOf, wanted) ?? known ?? nameIn(codings);
  if (!said) return null;
  return { ...said, fallback: isFallback(said, wanted), conflict };
}

/** Most values are one term whose text is wanted, with that very text or none beside it: there is no more to be found. */
function plainText(
  [only, another]: readonly Coding[],
  [asked = defaultLanguage]: readonly string[],
  terms: Terms,
): Said | undefined {
  const term = only && !another ? termOf(only) : undefined;
  const found = term && terms.find(term.list, term.code, asked);
  if (!found || (only?.display && only.display !== found.text)) return undefined;
  return isSameLanguage(found.language, asked) ? found : undefined;
}

/** Whether a text is not in the language that is wanted most, as far as that is known. */
function isFallback({ language }: Said, [asked = defaultLanguage]: readonly string[]): boolean {
  return language === null || !isSameLanguage(language, asked);
}

/** The tags of the language of a text: one, or none. */
export function tagsOf({ language }: Said): readonly string[] {
  return language === null ? [] : [language];
}

/** The text of the first term that is known: in the first language wanted that it has, else whatever it has. */
function termText(codings: readonly Coding[], wanted: readonly string[], terms: Terms): Said | undefined {
  for (const coding of codings) {
    const term = termOf(coding);
    let first: Said | undefined;
    for (const tag of term ? wanted : []) {
      const found = term && terms.find(term.list, term.code, tag);
      if (found && isSameLanguage(found.language, tag)) return found;
      first ??= found;
    }
    if (first) return first;
  }
  return undefined;
}

/** The record's displays, or its text where there are none, with their translations. */
function wordsOf(concept: CodeableConcept, codings: readonly Coding[]): readonly Said[] {
  return [...codings.flatMap((coding) => saidIn(coding, 'display')), ...saidIn(concept, 'text')];
}

/** What the displays agree on; where they differ, the text that stands over all of them decides. */
function wordsInConflict(concept: CodeableConcept, codings: readonly Coding[]): readonly Said[] {
  const displays = codings.flatMap((coding) => saidIn(coding, 'display'));
  const written = codings.flatMap(({ display }) => display || []);
  const doAgree = new Set(written.map(foldText)).size <= 1;
  const text = saidIn(concept, 'text');
  if (doAgree || text.length === 0) return [...displays, ...text];
  return text;
}

/** The English name of a language or country that is given by its tag alone. */
function nameIn(codings: readonly Coding[]): Said | undefined {
  const name = codings.map(nameOfTag).find((each) => each !== undefined);
  return name === undefined ? undefined : { text: name, language: 'en' };
}
