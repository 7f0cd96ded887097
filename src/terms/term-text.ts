/** Chooses the text of a term in the reader's language from several sources. */
import { choose, defaultLanguage } from './choice.js';
import type { Term } from './source.js';

/** The text of a term, and its language. */
export interface TermText {
  readonly text: string;
  /** The language tag of the text. */
  readonly language: string;
}

/**
 * Returns the text of a term in the reader's language; if there is none, in English; if there is none, in any
 * language. The rule is that of `choose`.
 * @param terms one term from several sources; if two have a text in the same language, the first is used
 */
export function textOf(terms: readonly Term[], language: string): TermText | undefined {
  const wanted = language.toLowerCase();
  const exact = textIn(terms, wanted);
  if (exact !== undefined) return { text: exact, language: wanted };
  const tags = [...new Set(terms.flatMap(({ texts }) => [...texts.keys()]))];
  const tag = choose(tags, (each) => [each], [wanted, defaultLanguage]);
  const text = tag === undefined ? undefined : textIn(terms, tag);
  return tag === undefined || text === undefined ? undefined : { text, language: tag };
}

function textIn(terms: readonly Term[], tag: string): string | undefined {
  for (const { texts } of terms) {
    const text = texts.get(tag);
    if (text !== undefined) return text;
  }
  return undefined;
}
