/**
 * Chooses one of several texts by the languages that a reader prefers. All `language:` arguments and
 * `Accept-Language` follow this rule.
 */

/** A text, and the tag of its language; null if the language is unknown. */
export interface LanguageText {
  readonly text: string;
  readonly language: string | null;
}

/** The language for readers who state no language. For all other readers it is tried last. */
export const defaultLanguage = 'en';

/**
 * Returns the text whose language is most similar to the reader's first language. If there is no text in that
 * language, the next language is tried. If there is none in any, the first text is returned. Undefined only for an
 * empty list.
 * @param wanted language tags, the most preferred first
 */
export function choose<Text>(
  texts: readonly Text[],
  languagesOf: (text: Text) => readonly string[],
  wanted: readonly string[],
): Text | undefined {
  if (texts.length < 2) return texts[0];
  for (const tag of wanted) {
    let nearest: Text | undefined;
    let least = 0;
    for (const text of texts) {
      const near = Math.max(0, ...languagesOf(text).map((language) => nearness(language, tag)));
      if (near > least) [nearest, least] = [text, near];
    }
    if (nearest !== undefined) return nearest;
  }
  return texts[0];
}

/**
 * Whether two tags mean the same language. `pt-PT` and `pt-BR` do, since readers of one can read the other. So do
 * Bokmål and Nynorsk, which are both Norwegian. A language in two scripts counts as two languages.
 */
export function isSameLanguage(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) return true;
  const [mine, yours] = [primaryOf(a), primaryOf(b)];
  if (mine !== yours) return norwegian.has(mine) && norwegian.has(yours);
  return scriptOf(a) === scriptOf(b);
}

/**
 * Returns how similar two tags are: 4 for the same tag; 3 for the language without the reader's region; 2 for a
 * region of the reader's language; 1 for another region; 0 for another language.
 */
function nearness(has: string, wanted: string): number {
  const [a, b] = [has.toLowerCase(), wanted.toLowerCase()];
  if (a === b) return 4;
  if (!isSameLanguage(a, b)) return 0;
  if (b.startsWith(`${a}-`)) return 3;
  return a.startsWith(`${b}-`) ? 2 : 1;
}

/** Returns the first part of a tag, which is the language. */
function primaryOf(tag: string): string {
  const end = tag.indexOf('-');
  return end < 0 ? tag : tag.slice(0, end);
}

const norwegian: ReadonlySet<string> = new Set(['no', 'nb', 'nn']);

/** Returns the script that a tag names. If it names none, returns the usual script of its language and region. */
function scriptOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).maximize().script;
  } catch {
    return undefined;
  }
}
