/** Coded concepts → text in the reader's language, from the terms known to this service. */

/** A term's text. */
export interface TermText {
  readonly text: string;
  /** Language tag of the text. */
  readonly language: string;
}

export interface Terms {
  /**
   * The text of a term in the language asked for, else in English, else undefined.
   * @param list id of EMA's list (`100000073345`); undefined looks the code up in all lists
   */
  find(list: string | undefined, code: string, language: string): TermText | undefined;
}

/** A list's terms, code → text by language tag. */
export type TermTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** @param lists English texts of terms by list id and code */
export function createTerms(lists: TermTable): Terms {
  const byCode = new Map<string, string>();
  for (const terms of Object.values(lists))
    for (const [code, text] of Object.entries(terms)) byCode.set(code, text);
  return {
    find(list, code) {
      const text = (list === undefined ? undefined : lists[list]?.[code]) ?? byCode.get(code);
      return text === undefined ? undefined : { text, language: 'en' };
    },
  };
}

const emaList = /^https?:\/\/spor\.ema\.europa\.eu\/v1\/lists\/([\d~]+)/i;

/** The id of EMA's list that a coding system names, whichever scheme it is written with; null for other systems. */
export function listOf(system: string | undefined): string | null {
  return (system === undefined ? undefined : emaList.exec(system)?.[1]) ?? null;
}
