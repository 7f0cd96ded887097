/**
 * Chooses texts in the reader's language, for every field with a `language:` argument or that depends on
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

/** A product name. `brand` is the part that the record marks as the brand. */
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

/** Returns the text of a term in the reader's most wanted language. Null if the term has no text in that language. */
export function readTerm(list: string, code: string, args: LanguageArgs, context: Context): string | null {
  const [wanted = defaultLanguage] = askedInAll(args, context);
  const found = context.terms.find(list, code, wanted);
  if (!found || !isSameLanguage(found.language, wanted)) return null;
  context.noteLanguage(found.language);
  return found.text;
}

/** Returns the name of an ATC class in the reader's most wanted language, by the code of the class. */
export function readAtcName(code: string, args: LanguageArgs, context: Context): string | null {
  const { terms } = context;
  const term = terms.atcTermsIn(code).find((each) => terms.atcOf(each) === code);
  return term === undefined ? null : readTerm(atcList, term, args, context);
}

/**
 * Returns the text in one of the reader's languages, else the English one, else the first. Null if there is no text.
 */
export function readText(said: readonly LanguageText[], args: LanguageArgs, context: Context): string | null {
  const chosen = choose(said, tagsOf, askedInAll(args, context));
  if (chosen?.language) context.noteLanguage(chosen.language);
  return chosen?.text ?? null;
}

/** Returns the name in one of the reader's languages, else the first name, because no name is the default. */
export function readName(
  names: readonly MultilingualText[],
  args: LanguageArgs,
  context: Context,
): string | null {
  const chosen = chooseName(names, args, context);
  noteLanguageOf(chosen, args, context);
  return chosen?.text ?? null;
}

/** Returns the brand of the name that `readName` returns, else of the first name with a brand. */
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
 * Returns a composed text, such as an amount, in the first wanted language in which it can be composed.
 * @param say returns undefined if it has no text in this language, null if it has none in any language. English is
 * always possible
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

/** Returns the wanted languages: the field's `language` argument, then the languages of the request. */
function asked({ language }: LanguageArgs, { languages }: Context): readonly string[] {
  return language ? [canonicalTag(language), ...languages] : languages;
}

/** Returns the wanted languages, and the default language at the end. */
function askedInAll(args: LanguageArgs, context: Context): readonly string[] {
  const wanted = asked(args, context);
  return wanted.includes(defaultLanguage) ? wanted : [...wanted, defaultLanguage];
}
