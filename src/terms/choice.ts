/** Chooses one of several texts for a reader: the one rule of every `language:` argument, and of `Accept-Language`. */

/** A text, and the tag of its language, where that is known. */
export interface LanguageText {
  readonly text: string;
  readonly language: string | null;
}

/** The language for readers who name none, and the last one that is tried. */
export const defaultLanguage = 'en';

/**
 * Returns the first text that is nearest to the most wanted language; without one, that of the next language; else the
 * first of all. Undefined only where there is no text.
 * @param wanted tags, the most wanted first
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
 * Whether two tags name one language. `pt-PT` and `pt-BR` do, since readers of one can read the other, and so do Bokmål
 * and Nynorsk, both of which are Norwegian. A language in two scripts counts as two.
 */
export function isSameLanguage(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) return true;
  const [mine, yours] = [primaryOf(a), primaryOf(b)];
  if (mine !== yours) return norwegian.has(mine) && norwegian.has(yours);
  return scriptOf(a) === scriptOf(b);
}

/**
 * Returns 0 for another language. Else it returns, from the nearest on: 4 for the same tag, 3 for a language in place
 * of a region's, 2 for a region's in place of the language, 1 for another region's.
 */
function nearness(has: string, wanted: string): number {
  const [a, b] = [has.toLowerCase(), wanted.toLowerCase()];
  if (a === b) return 4;
  if (!isSameLanguage(a, b)) return 0;
  if (b.startsWith(`${a}-`)) return 3;
  return a.startsWith(`${b}-`) ? 2 : 1;
}

/** Returns the tag's first part, which is the language. */
function primaryOf(tag: string): string {
  const end = tag.indexOf('-');
  return end < 0 ? tag : tag.slice(0, end);
}

const norwegian: ReadonlySet<string> = new Set(['no', 'nb', 'nn']);

/** Returns the script that a tag names, or the usual one of its language and region. */
function scriptOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).maximize().script;
  } catch {
    return undefined;
  }
}
