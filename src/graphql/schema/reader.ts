/**
 * Chooses texts in the reader's language. It is used by every field that has a `language:` argument or depends on
 * `Accept-Language`.
 */
import type { CodeableConcept } from 'fhir/r5.js';
import { choose, defaultLanguage, isSameLanguage, type LanguageText } from '../../terms/choice.js';
import { canonicalTag } from '../../terms/languages.js';
import { atcList } from '../../terms/lists.js';
import { labelOf, tagsOf, type LabelContent } from '../../terms/label.js';
import type { LanguageArgs } from './args/fields.js';
import type { Context } from '../context.js';

/** A text in one or several languages, such as a name that is used in two countries. */
export interface MultilingualText {
  readonly text: string;
  readonly languages: readonly string[];
}

/** A product name. `brand` is the part that the record marks as the invented name. */
export interface BrandedName extends MultilingualText {
  readonly brand: string | undefined;
}

/** Returns the text of a concept. Null if the concept has no text in any language. */
export function readLabel(
  concept: CodeableConcept,
  args: LanguageArgs,
  context: Context,
): LabelContent | null {
  const label = labelOf(concept, askedInAll(args, context), context.terms);
  if (label?.language) context.noteLanguage(label.language);
  return label;
}

/**
 * Returns the text of a term in the first of the reader's languages that has one. Null if the term has no text in any
 * of them.
 */
export function readTerm(list: string, code: string, args: LanguageArgs, context: Context): string | null {
  const [wanted = defaultLanguage] = askedInAll(args, context);
  const found = context.terms.find(list, code, wanted);
  if (!found || !isSameLanguage(found.language, wanted)) return null;
  context.noteLanguage(found.language);
  return found.text;
}

/**
 * Returns the name of an ATC class in the first of the reader's languages that has one. The class is given by its
 * code.
 */
export function readAtcName(code: string, args: LanguageArgs, context: Context): string | null {
  const { terms } = context;
  const term = terms.atcTermsIn(code).find((each) => terms.atcOf(each) === code);
  return term === undefined ? null : readTerm(atcList, term, args, context);
}

/**
 * Returns the text in one of the reader's languages. If there is none, returns the English text, or else the first
 * text. Null if there is no text.
 */
export function readText(said: readonly LanguageText[], args: LanguageArgs, context: Context): string | null {
  const chosen = choose(said, tagsOf, askedInAll(args, context));
  if (chosen?.language) context.noteLanguage(chosen.language);
  return chosen?.text ?? null;
}

/**
 * Returns the name in one of the reader's languages. If there is none, returns the first name, because no language is
 * the default for names.
 */
export function readName(
  names: readonly MultilingualText[],
  args: LanguageArgs,
  context: Context,
): string | null {
  const chosen = chooseName(names, args, context);
  noteLanguageOf(chosen, args, context);
  return chosen?.text ?? null;
}

/**
 * Returns the brand of the name that `readName` returns. If it has none, returns the brand of the first name that has
 * one.
 */
export function readBrand(
  names: readonly BrandedName[],
  args: LanguageArgs,
  context: Context,
): string | null {
  const chosen = chooseName(names, args, context);
  const branded = chosen?.brand === undefined ? names.find(({ brand }) => brand !== undefined) : chosen;
  noteLanguageOf(branded, args, context);
  return branded?.brand ?? null;
}

function chooseName<Name extends MultilingualText>(
  names: readonly Name[],
  args: LanguageArgs,
  context: Context,
): Name | undefined {
  return choose(names, (name) => name.languages, asked(args, context));
}

function noteLanguageOf(name: MultilingualText | undefined, args: LanguageArgs, context: Context): void {
  const wanted = asked(args, context);
  const { languages = [] } = name ?? {};
  const language = languages.find((each) => wanted.some((tag) => isSameLanguage(each, tag))) ?? languages[0];
  if (language !== undefined) context.noteLanguage(language);
}

/**
 * Returns a composed text, such as an amount, in the first of the reader's languages in which it can be composed.
 * @param say returns undefined if the text cannot be composed in this language, and null if it cannot be composed in
 * any; English is always possible
 */
export function readComputed(
  say: (tag: string) => LanguageText | null | undefined,
  args: LanguageArgs,
  context: Context,
): string | null {
  for (const tag of askedInAll(args, context)) {
    const said = say(tag);
    if (said === undefined) continue;
    if (said?.language) context.noteLanguage(said.language);
    return said?.text ?? null;
  }
  return null;
}

/** Returns the languages to use: the field's `language` argument, then the languages of the request. */
function asked({ language }: LanguageArgs, { languages }: Context): readonly string[] {
  return language ? [canonicalTag(language), ...languages] : languages;
}

/** Returns the languages to use, with the default language at the end. */
function askedInAll(args: LanguageArgs, context: Context): readonly string[] {
  const wanted = asked(args, context);
  return wanted.includes(defaultLanguage) ? wanted : [...wanted, defaultLanguage];
}
