/** Coded concepts → text in the reader's language, from the terms known to this service. */
import { foldText } from './fold.js';

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
  /** The codes of the terms of some lists that have this text, in any language. */
  codesOf(lists: readonly string[], text: string): readonly string[];
}

/** A list's terms, code → text. */
export type TermTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** @param tables English texts of terms by list id and code */
export function createTerms(tables: TermTable): Terms {
  const byList = new Map(Object.entries(tables).map(([id, terms]) => [id, new Map(Object.entries(terms))]));
  const byCode = new Map([...byList.values()].flatMap((terms) => [...terms]));
  const byText = new Map<string, ReadonlyMap<string, readonly string[]>>();

  /** Made when it is first asked for. */
  function textsOf(id: string): ReadonlyMap<string, readonly string[]> {
    const before = byText.get(id);
    if (before) return before;
    const texts = new Map<string, string[]>();
    for (const [code, text] of byList.get(id) ?? [])
      texts.set(foldText(text), [...(texts.get(foldText(text)) ?? []), code]);
    byText.set(id, texts);
    return texts;
  }

  return {
    codesOf(lists, text) {
      const folded = foldText(text);
      return lists.flatMap((id) => textsOf(id).get(folded) ?? []);
    },
    find(list, code) {
      const named = list?.split('~').find((id) => byList.get(id)?.has(code));
      // A term's id is good over all lists: the list only tells which of them to look in first.
      const text = (named === undefined ? byCode : byList.get(named))?.get(code);
      return text === undefined ? undefined : { text, language: 'en' };
    },
  };
}

const emaList = /^https?:\/\/spor\.ema\.europa\.eu\/(?:v\d+\/)?lists\/([\d~]+)/i;

/**
 * The id of EMA's list that a coding system names, whichever scheme it is written with; null for other systems.
 * Merged lists are joined by `~`.
 */
export function listOf(system: string | undefined): string | null {
  return (system === undefined ? undefined : emaList.exec(system)?.[1]) ?? null;
}
