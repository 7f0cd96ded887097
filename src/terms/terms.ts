/** Coded concepts → text in the reader's language, from the terms known to this service. */
import { languageServes } from './languages.js';
import type { TermSource } from './source.js';

/** A term's text. */
export interface TermText {
  readonly text: string;
  /** Language tag of the text. */
  readonly language: string;
}

export interface Terms {
  /**
   * The text of a term in the language asked for, else in English, else undefined.
   * @param list id of EMA's list (`100000073345`), or several joined by `~`; undefined looks the code up in all lists
   */
  find(list: string | undefined, code: string, language: string): TermText | undefined;
}

/** A list's terms, code → text. */
export type TermTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * @param lists English texts of terms by list id and code
 * @param sources their texts come before those
 */
export function createTerms(lists: TermTable, sources: readonly TermSource[] = []): Terms {
  const byList = new Map(Object.entries(lists).map(([id, terms]) => [id, new Map(Object.entries(terms))]));
  const byCode = new Map([...byList.values()].flatMap((terms) => [...terms]));
  const builtIn = (list: string | undefined, code: string): TermText | undefined => {
    const named = list?.split('~').find((id) => byList.get(id)?.has(code));
    // A term's id is good over all lists: the list only tells which of them to look in first.
    const text = (named === undefined ? byCode : byList.get(named))?.get(code);
    return text === undefined ? undefined : { text, language: 'en' };
  };
  const sourced = (code: string, ids?: readonly string[]): ReadonlyMap<string, string> | undefined => {
    for (const source of sources) {
      for (const id of ids ?? source.lists()) {
        const texts = source.term(id, code)?.texts;
        if (texts && texts.size > 0) return texts;
      }
    }
    return undefined;
  };
  return {
    find(list, code, language) {
      const own = builtIn(list, code);
      const texts = sourced(code, list?.split('~')) ?? (own ? undefined : sourced(code));
      if (texts === undefined) return own;
      return textIn(texts, language) ?? textIn(texts, 'en') ?? own ?? firstOf(texts);
    },
  };
}

/** In that language, or in it without its region, or of another region. */
function textIn(texts: ReadonlyMap<string, string>, wanted: string): TermText | undefined {
  const tag = wanted.toLowerCase();
  const exact = texts.get(tag);
  if (exact !== undefined) return { text: exact, language: tag };
  const language = [...texts.keys()].find((has) => languageServes(has, tag));
  return language === undefined ? undefined : { text: texts.get(language) ?? '', language };
}

function firstOf(texts: ReadonlyMap<string, string>): TermText | undefined {
  const [first] = texts;
  return first && { language: first[0], text: first[1] };
}

const emaList = /^https?:\/\/spor\.ema\.europa\.eu\/(?:v\d+\/)?lists\/([\d~]+)/i;

/**
 * The id of EMA's list that a coding system names, whichever scheme it is written with; null for other systems.
 * Merged lists are joined by `~`.
 */
export function listOf(system: string | undefined): string | null {
  return (system === undefined ? undefined : emaList.exec(system)?.[1]) ?? null;
}
