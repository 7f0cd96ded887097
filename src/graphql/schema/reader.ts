/** Chooses texts for the reader, for every field with a `language:` argument or that depends on `Accept-Language`. */
import type { CodeableConcept } from 'fhir/r5.js';
import { choose, defaultLanguage, isSameLanguage, type LanguageText } from '../../terms/choice.js';
import { canonicalTag } from '../../terms/languages.js';
import { atcList } from '../../terms/lists.js';
import { labelOf, tagsOf, type LabelContent } from '../../terms/label.js';
import type { LanguageArgs } from './args/fields.js';
import type { Context } from '../context.js';

/** A text in one language or in several, such as a name that is used in two countries. */
export interface MultilingualText {
  readonly text: string;
  readonly languages: readonly string[];
}

/** A name, with the brand in it where one is given. */
export interface BrandedName extends MultilingualText {
  readonly brand: string | undefined;
}

/** Returns the text of a concept; null where it has none at all. */
export function readLabel(
  concept: CodeableConcept,
  args: LanguageArgs,
  context: Context,
): LabelContent | null {
  const label = labelOf(concept, askedInAll(args, context), context.terms);
  if (label?.language) context.noteLanguage(label.language);
  return label;
}

/** Returns the text of a term in the reader's most wanted language; null where none is known. */
export function readTerm(list: string, code: string, args: LanguageArgs, context: Context): string | null {
  const [wanted = defaultLanguage] = askedInAll(args, context);
  const found = context.terms.find(list, code, wanted);
  if (!found || !isSameLanguage(found.language, wanted)) return null;
  context.noteLanguage(found.language);
  return found.text;
}

/** Returns the same for an ATC class, by its code. */
export function readAtcName(code: string, args: LanguageArgs, context: Context): string | null {
  const { terms } = context;
  const term = terms.atcTermsIn(code).find((each) => terms.atcOf(each) === code);
  return term === undefined ? null : readTerm(atcList, term, args, context);
}

/** Returns the text in a language of the reader, else the English one, else the first; null without a text. */
export function readText(said: readonly LanguageText[], args: LanguageArgs, context: Context): string | null {
  const chosen = choose(said, tagsOf, askedInAll(args, context));
  if (chosen?.language) context.noteLanguage(chosen.language);
  return chosen?.text ?? null;
}

/** Returns the name that the reader can read, else the first, since no name is more of a default than another. */
export function readName(
  names: readonly MultilingualText[],
  args: LanguageArgs,
  context: Context,
): string | null {
  const chosen = chooseName(names, args, context);
  noteLanguageOf(chosen, args, context);
  return chosen?.text ?? null;
}

/** Returns the brand in the name that `readName` returns, else in the first name that has one. */
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
 * Returns a composed text, such as an amount, in the first wanted language in which it is possible.
 * @param say returns undefined where it has no text in that language, null where it has none in any; English is always
 * possible
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

/** Returns the wanted languages: the field's argument, then those of the request. */
function asked({ language }: LanguageArgs, { languages }: Context): readonly string[] {
  return language ? [canonicalTag(language), ...languages] : languages;
}

/** Returns these and the default language. */
function askedInAll(args: LanguageArgs, context: Context): readonly string[] {
  const wanted = asked(args, context);
  return wanted.includes(defaultLanguage) ? wanted : [...wanted, defaultLanguage];
}
