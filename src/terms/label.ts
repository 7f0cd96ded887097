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
  const said = conflict ? saidInConflict(concept, wanted, terms) : saidOf(concept, wanted, terms);
  if (!said) return null;
  return { ...said, fallback: isFallback(said, wanted), conflict };
}

/** The text of its term, the record's own words, or a name by its tag. */
function saidOf(concept: CodeableConcept, wanted: readonly string[], terms: Terms): Said | undefined {
  const codings = elements(concept.coding);
  const known = termText(codings, wanted, terms);
  const own = wordsOf(concept, codings);
  return choose(known ? [known, ...own] : own, tagsOf, wanted) ?? nameIn(codings);
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

/**
 * What the displays agree on; where they differ, the text that stands over all of them, else every one of them. What has
 * no words of its own has the texts of all its terms.
 */
function saidInConflict(concept: CodeableConcept, wanted: readonly string[], terms: Terms): Said | undefined {
  const codings = elements(concept.coding);
  const text = saidIn(concept, 'text');
  const displays = codings.map((coding) => saidIn(coding, 'display'));
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

/** Different texts, each once: `Oral use / Cutaneous use`. */
function together(all: readonly Said[]): Said | undefined {
  const isFirst = ({ text }: Said, at: number): boolean =>
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

/** The English name of a language or country that is given by its tag alone. */
function nameIn(codings: readonly Coding[]): Said | undefined {
  const name = codings.map(nameOfTag).find((each) => each !== undefined);
  return name === undefined ? undefined : { text: name, language: 'en' };
}
