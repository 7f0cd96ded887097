/** Recognizes languages and countries. Records name them by EMA's term, by language tag or ISO code, or in words. */
import type { CodeableConcept, Coding } from 'fhir/r5.js';
import { LRUCache } from 'lru-cache';
import { elements } from '../fhir/elements.js';
import { countries, otherAreas } from './countries.js';
import { languages, otherLanguages } from './language-tags.js';
import { listOf } from './terms.js';

/** Other codes and names of countries: older codes, and EMA's second term for France. */
const countryAliases = new Map([
  ['el', 'GR'],
  ['uk', 'GB'],
  ['100000000396', 'FR'],
  ['metropolitan france', 'FR'],
]);

export const languageTerms: Readonly<Record<string, string>> = {
  ...Object.fromEntries(languages.map(([, term, name]) => [term, name])),
  ...otherLanguages,
};
export const countryTerms: Readonly<Record<string, string>> = {
  ...Object.fromEntries(countries.map(([, , term, , official]) => [term, official])),
  ...otherAreas,
};

const tagOf = new Map(
  languages.flatMap(([tag, term, name]) => [
    [tag, tag],
    [term, tag],
    [name.toLowerCase(), tag],
  ]),
);
const countryOf = new Map(
  countries.flatMap(([alpha2, ...others]) =>
    [alpha2, ...others].map((each) => [each.toLowerCase(), alpha2] as const),
  ),
);

/** Maximum characters of a language tag. Longer texts are not tags of languages. */
const longestTag = 35;

/** Whether a text is a language tag, and whether that language exists. */
interface Judgement {
  readonly isTag: boolean;
  readonly isLanguage: boolean;
}

const none: Judgement = { isTag: false, isLanguage: false };
const displayNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** Cache of results by tag, because records and lists repeat a few tags very often. */
const judged = new LRUCache<string, Judgement>({ max: 1_000 });

/** Whether a text is a BCP 47 language tag. `en_US` and `C`, which operating systems use, are not. */
export function isLanguageTag(tag: string): boolean {
  return judgementOf(tag).isTag;
}

/** Whether a text is a language tag whose first part is an existing language: true for `pt-BR`, false for `xx`. */
export function isLanguage(tag: string): boolean {
  return judgementOf(tag).isLanguage;
}

function judgementOf(tag: string): Judgement {
  if (tag.length > longestTag) return none;
  const known = judged.get(tag);
  if (known) return known;
  const isTag = isCanonical(tag);
  const judgement = { isTag, isLanguage: isTag && isNamed(tag) };
  judged.set(tag, judgement);
  return judgement;
}

function isCanonical(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function isNamed(tag: string): boolean {
  try {
    return displayNames.of(new Intl.Locale(tag).language) !== undefined;
  } catch {
    // `und` is a valid tag, but means an undetermined language.
    return false;
  }
}

/**
 * Returns the canonical form of a language tag: `de-AT` for `DE-at`, `de` for `deu`. Any other text is returned as it
 * is.
 */
export function canonicalTag(tag: string): string {
  return isLanguageTag(tag) ? (Intl.getCanonicalLocales(tag)[0] ?? tag) : tag;
}

/** Returns the tags of the languages that a concept names by EMA's term, by tag or in English. */
export function languageTagsOf(concept: CodeableConcept | undefined): readonly string[] {
  return [...new Set(wordsOf(concept).flatMap((word) => tagOf.get(word) ?? (isLanguage(word) ? word : [])))];
}

/**
 * Whether a concept names the given country.
 * @param country EMA's term, an ISO code or an English name
 */
export function countryMatches(concept: CodeableConcept | undefined, country: string): boolean {
  const wanted = countryNamed(country.trim().toLowerCase());
  return wordsOf(concept).some((word) => countryNamed(word) === wanted);
}

/**
 * Returns all codes of a country: EMA's terms and ISO's codes. For an unknown country, returns the given text.
 * @param country EMA's term, an ISO code or an English name
 */
export function countryCodesOf(country: string): readonly string[] {
  const alpha2 = countryNamed(country.trim().toLowerCase());
  const [, alpha3, term] = countries.find(([each]) => each === alpha2) ?? [];
  if (alpha3 === undefined || term === undefined)
    return [...new Set([country.trim(), country.trim().toUpperCase()])];
  const aliases = [...countryAliases].flatMap(([alias, of]) => (of === alpha2 ? [alias] : []));
  const codes = aliases.filter((alias) => /^(\d+|\w\w)$/.test(alias)).map((alias) => alias.toUpperCase());
  return [...new Set([term, alpha2, alpha3, ...codes])];
}

function countryNamed(word: string): string {
  return countryAliases.get(word) ?? countryOf.get(word) ?? word;
}

/**
 * Returns the ISO 3166-1 alpha-2 code of a country, or EMA's term for an area without an ISO code. Undefined for an
 * unknown word.
 * @param word EMA's term, an ISO code or an English name, in lower case
 */
export function areaNamed(word: string): string | undefined {
  const named = countryAliases.get(word) ?? countryOf.get(word);
  return named ?? otherAreaOf.get(word);
}

const otherAreaOf = new Map(
  Object.entries(otherAreas).flatMap(([term, name]) => [
    [term, term],
    [name.toLowerCase(), term],
  ]),
);

const languageNames = new Map(languages.map(([tag, , name]) => [tag, name]));
const countryNames = new Map(countries.map(([alpha2, , , name]) => [alpha2, name]));

/**
 * Returns the English name of the language or country that a coding names by BCP 47 tag or ISO 3166 code; undefined for
 * other systems.
 */
export function nameOfTag({ system, code = '' }: Coding): string | undefined {
  if (system === 'urn:ietf:bcp:47') return languageNames.get(code.toLowerCase());
  if (system !== 'urn:iso:std:iso:3166') return undefined;
  return countryNames.get(countryNamed(code.toLowerCase()));
}

const isoOfTerm = new Map([
  ...countries.map(([alpha2, , term]) => [term, alpha2] as const),
  ...languages.map(([tag, term]) => [term, tag] as const),
  ...[...countryAliases].filter(([alias]) => /^\d{12}$/.test(alias)),
]);

/** Codes of countries that ISO reserves for private use: Northern Ireland, Kosovo. */
const usersOwn = new Set(['XI', 'XK']);

/**
 * Returns the ISO 3166-1 alpha-2 code of a country (`SE`) or the BCP 47 tag of a language (`sv`), for a coding of EMA,
 * ISO 3166 or BCP 47. Undefined for any other coding.
 */
export function isoOf({ system, code }: Coding): string | undefined {
  if (typeof code !== 'string') return undefined;
  if (system === 'urn:ietf:bcp:47') return isLanguage(code) ? canonicalTag(code) : undefined;
  if (system === undefined || listOf(system) !== null) return isIso(isoOfTerm.get(code));
  return /^urn:iso:std:iso:3166(:-1)?$/.test(system) ? isIso(areaNamed(code.toLowerCase())) : undefined;
}

function isIso(code: string | undefined): string | undefined {
  return code === undefined || usersOwn.has(code) || /\d/.test(code) ? undefined : code;
}

/** Returns the codes, displays and text of a concept in lower case. */
export function wordsOf(concept: CodeableConcept | undefined): readonly string[] {
  const codings = elements(concept?.coding).flatMap(({ code, display }) => [code, display]);
  return [...codings, concept?.text].flatMap((word) =>
    typeof word === 'string' ? word.trim().toLowerCase() || [] : [],
  );
}
