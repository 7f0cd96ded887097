/** The text of a term in the language that is asked for, out of what several sources have. */
import type { Term } from './source.js';

/** A term's text. */
export interface TermText {
  readonly text: string;
  /** Language tag of the text. */
  readonly language: string;
}

/** Norwegian is written in two ways, and many lists do not say in which. */
const norwegian: Readonly<Record<string, readonly string[]>> = {
  no: ['nb', 'nn'],
  nb: ['no', 'nn'],
  nn: ['no', 'nb'],
};

/**
 * In the language asked for, without or with a region; else in English, else in any that there is.
 * @param terms one term as several sources have it: of texts in one language that of the first counts
 */
export function textOf(terms: readonly Term[], language: string): TermText | undefined {
  if (terms.length === 0) return undefined;
  const wanted = language.toLowerCase();
  const exact = textIn(terms, wanted);
  if (exact !== undefined) return { text: exact, language: wanted };
  for (const tag of standIns(wanted)) {
    const text = textIn(terms, tag);
    if (text !== undefined) return { text, language: tag };
  }
  const [bare = wanted] = wanted.split('-', 1);
  return textWith(terms, `${bare}-`) ?? inEnglish(terms) ?? textWith(terms, '');
}

/** `pt-br` → `pt`, and what Norwegian is written in. */
function standIns(tag: string): readonly string[] {
  const parts = tag.split('-');
  const shorter = parts.slice(1).map((_, cut) => parts.slice(0, parts.length - 1 - cut).join('-'));
  return [...shorter, ...(norwegian[parts[0] ?? ''] ?? [])];
}

function inEnglish(terms: readonly Term[]): TermText | undefined {
  const text = textIn(terms, 'en');
  return text === undefined ? undefined : { text, language: 'en' };
}

function textIn(terms: readonly Term[], tag: string): string | undefined {
  for (const { texts } of terms) {
    const text = texts.get(tag);
    if (text !== undefined) return text;
  }
  return undefined;
}

function textWith(terms: readonly Term[], beginning: string): TermText | undefined {
  for (const { texts } of terms)
    for (const [language, text] of texts) if (language.startsWith(beginning)) return { text, language };
  return undefined;
}
