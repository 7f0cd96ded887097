/** Chooses the text of a term in the wanted language, from all that several sources have. */
import { choose, defaultLanguage } from './choice.js';
import type { Term } from './source.js';

/** A term's text. */
export interface TermText {
  readonly text: string;
  /** Language tag of the text. */
  readonly language: string;
}

/**
 * Returns the text by the rule of `choose`: in the wanted language, else in English, else in any.
 * @param terms one term from several sources: where two have a text in one language, the first counts
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
