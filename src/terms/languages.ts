/** Languages and countries, which records name by EMA's term, by tag, or in words. */
import type { CodeableConcept } from 'fhir/r5.js';

/** RMS list 100000072057, the languages of the Union with Norwegian and Icelandic, by BCP 47 tag. */
const languageTerms: Readonly<Record<string, string>> = {
  '100000072288': 'sv',
  '100000072172': 'et',
  '100000072178': 'de',
};

/** Whether a usage's language is the one asked for by its tag; `pt` asks for `pt-PT` as well. */
export function languageMatches(concept: CodeableConcept | undefined, tag: string): boolean {
  const wanted = tag.toLowerCase();
  const tags = (concept?.coding ?? []).map(({ code = '' }) => (languageTerms[code] ?? code).toLowerCase());
  return tags.some((each) => each === wanted || each.startsWith(`${wanted}-`)) || saysSo(concept, wanted);
}

/** Whether a usage's country is the one asked for by its code, EMA's or ISO's, or by its name. */
export function countryMatches(concept: CodeableConcept | undefined, country: string): boolean {
  const wanted = country.trim().toLowerCase();
  return (
    (concept?.coding ?? []).some(({ code = '' }) => code.toLowerCase() === wanted) || saysSo(concept, wanted)
  );
}

function saysSo(concept: CodeableConcept | undefined, words: string): boolean {
  const texts = [concept?.text, ...(concept?.coding ?? []).map(({ display }) => display)];
  return texts.some((text) => text?.toLowerCase() === words);
}
