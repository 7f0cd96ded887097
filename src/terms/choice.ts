/** Which of several texts a reader gets: the one rule of every `language:` argument, and of `Accept-Language`. */

/** A text, and the tag of the language that it is known to be in. */
export interface Said {
  readonly text: string;
  readonly language: string | null;
}

/** The language of texts for readers who name none, and the last that is looked for. */
export const defaultLanguage = 'en';

/**
 * Returns the first text that is nearest to the most wanted language; where there is none, that of the next; else the
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
 * Whether two tags name one language: `pt-PT` and `pt-BR` do, for whoever reads one can read the other, and so do Bokmål
 * and Nynorsk, both of which are Norwegian. Languages that are written in two scripts are two.
 */
export function isSameLanguage(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) return true;
  const [mine, yours] = [primaryOf(a), primaryOf(b)];
  if (mine !== yours) return norwegian.has(mine) && norwegian.has(yours);
  return scriptOf(a) === scriptOf(b);
}

/** 0 where it is another language; the higher, the nearer: the same tag, a language for a region, a region's for it, another region's. */
function nearness(has: string, wanted: string): number {
  const [a, b] = [has.toLowerCase(), wanted.toLowerCase()];
  if (a === b) return 4;
  if (!isSameLanguage(a, b)) return 0;
  if (b.startsWith(`${a}-`)) return 3;
  return a.startsWith(`${b}-`) ? 2 : 1;
}

/** The tag's first part: the language alone. */
function primaryOf(tag: string): string {
  const end = tag.indexOf('-');
  return end < 0 ? tag : tag.slice(0, end);
}

const norwegian: ReadonlySet<string> = new Set(['no', 'nb', 'nn']);

/** The script that a tag names, or that its language and region are written in. */
function scriptOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).maximize().script;
  } catch {
    return undefined;
  }
}
