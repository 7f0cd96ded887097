/** Translates codes to texts in the reader's language, and words to codes, using the built-in and imported terms. */
import { isInAtcGroup } from './atc.js';
import { foldWord } from './fold.js';
import { atcList } from './lists.js';
import type { Term, TermSource } from './source.js';
import { createTermSearch, type TermSearch } from './term-search.js';
import { textOf, type TermText } from './term-text.js';
import { createWordIndex, type WordIndex } from './word-index.js';

export type { ListedTerm } from './term-search.js';
export type { TermText } from './term-text.js';

export interface Terms extends TermSearch {
  /**
   * Returns the text of a term in the reader's language; if there is none, in English; if there is none, in any
   * language. Undefined if the term is unknown.
   * @param list id of EMA's list (`100000073345`), or several ids joined by `~`; undefined searches all lists
   */
  find(list: string | undefined, code: string, language: string): TermText | undefined;
  /**
   * Returns the codes of all terms that a text names. The text may be a term's text or name in any language, the same
   * without "use" at the end, or the first word of exactly one term. Case and accents are ignored, and `_` counts as
   * a space. For a nullified term, its successor is returned too. For a successor, the nullified term is returned
   * too. Empty if the text names no term.
   */
  codesOf(lists: readonly string[], text: string): readonly string[];
  /** Returns the codes of the terms with exactly this preferred text in any language. Case and accents are ignored. */
  named(lists: readonly string[], text: string): readonly string[];
  /**
   * Returns the codes of the terms with this text or additional name in any language. It is like `codesOf`, but the
   * text must be complete.
   */
  called(lists: readonly string[], text: string): readonly string[];
  /** Returns all names of a term: its texts in every language, and its additional names. */
  namesOf(lists: readonly string[], code: string): readonly string[];
  /** Returns the ATC code of a term of EMA's ATC list. */
  atcOf(term: string): string | undefined;
  /**
   * Returns EMA's terms for an ATC class, or for all classes of an ATC group.
   * @param code ATC code in capitals
   */
  atcTermsIn(code: string): readonly string[];
  /** Returns the ids of all lists. */
  lists(): readonly string[];
  /** A number that changes whenever the result of any method may have changed. */
  readonly version: number;
}

/** The terms of several lists: list → code → text. */
export type TermTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Combines sources of terms.
 * @param sources the sources in order of precedence; if two have a text of one term in the same language, the first
 * is used
 */
export function createTerms(sources: readonly TermSource[]): Terms {
  const indexes = sources.map(createWordIndex);
  const { codesOf, called } = createCodesOf(sources, indexes);
  const { search, nearest } = createTermSearch(sources);
  const versions = sources.map(() => -1);
  let version = 0;

  return {
    find(list, code, language) {
      // A fast path: every concept in a response passes here, and most have a text in the wanted language.
      let isKnown = list?.includes('~') ?? false;
      if (list !== undefined) {
        for (const source of sources) {
          const term = source.term(list, code);
          const text = term?.texts.get(language);
          if (text !== undefined) return { text, language };
          isKnown ||= term !== undefined;
        }
      }
      const named = list !== undefined && isKnown ? termsOf(sources, list.split('~'), code) : [];
      // Only ids of EMA's lists are unique. Substances are numbered separately, and FHIR's lists have words as codes.
      const isOfEma = list === undefined || /^[\d~]+$/.test(list);
      const found = textOf(named, language);
      // The id of an EMA term is unique across lists.
      if (found || !isOfEma || !isTermId(code)) return found;
      return textOf(
        sources.flatMap((source) => source.anywhere(code)),
        language,
      );
    },
    codesOf,
    called,
    namesOf(lists, code) {
      const terms = termsOf(sources, lists, code);
      return [...new Set(terms.flatMap(({ texts, otherNames }) => [...texts.values(), ...otherNames]))];
    },
    named(lists, text) {
      const word = foldWord(text);
      const isText = (term: Term): boolean =>
        [...term.texts.values()].some((each) => foldWord(each) === word);
      const codes = indexes.flatMap((index) => lists.flatMap((list) => index.exact(list, word)));
      return [...new Set(codes)].filter((code) => termsOf(sources, lists, code).some(isText));
    },
    atcOf(term) {
      for (const source of sources) {
        const code = source.term(atcList, term)?.atc;
        if (code !== undefined) return code;
      }
      return undefined;
    },
    atcTermsIn: createAtcTerms(sources),
    search,
    nearest,
    lists: () => [...new Set(sources.flatMap((source) => source.lists()))],
    get version() {
      let hasChanged = false;
      for (const [at, source] of sources.entries()) {
        hasChanged ||= source.version !== versions[at];
        versions[at] = source.version;
      }
      if (hasChanged) version += 1;
      return version;
    },
  };
}

/** Creates `atcTermsIn`. It reads the long ATC list once, and again if its source has changed. */
function createAtcTerms(sources: readonly TermSource[]): Terms['atcTermsIn'] {
  const held = sources.map(() => ({ version: -1, classes: [] as (readonly [atc: string, term: string])[] }));
  const classesOf = (source: TermSource, at: number): readonly (readonly [string, string])[] => {
    const before = held[at];
    if (before?.version === source.version) return before.classes;
    const classes = source
      .terms(atcList)
      .flatMap(({ atc, code }): [string, string][] => (atc === undefined ? [] : [[atc, code]]));
    held[at] = { version: source.version, classes };
    return classes;
  };
  return (code) => {
    const found = sources
      .flatMap(classesOf)
      .filter(([atc]) => atc === code || isInAtcGroup(atc, code))
      .map(([, term]) => term);
    return [...new Set(found)];
  };
}

function createCodesOf(
  sources: readonly TermSource[],
  indexes: readonly WordIndex[],
): Pick<Terms, 'codesOf' | 'called'> {
  /**
   * Adds the successors and predecessors of terms, so that a search for one of them also finds records with the
   * other.
   */
  function withReplaced(lists: readonly string[], codes: readonly string[]): readonly string[] {
    const successors = codes.flatMap((code) =>
      termsOf(sources, lists, code).flatMap(({ successor }) => successor ?? []),
    );
    const current = [...codes, ...successors];
    const replaced = indexes.flatMap((index) =>
      lists.flatMap((list) => current.flatMap((code) => index.replacedBy(list, code))),
    );
    return [...new Set([...current, ...replaced])];
  }

  function exact(lists: readonly string[], words: readonly string[]): readonly string[] {
    return words.flatMap((word) =>
      indexes.flatMap((index) => lists.flatMap((list) => index.exact(list, word))),
    );
  }

  return {
    called(lists, text) {
      const word = foldWord(text);
      return word === '' ? [] : withReplaced(lists, exact(lists, [word]));
    },
    codesOf(lists, text) {
      const word = foldWord(text);
      if (word === '') return [];
      // Both forms of the text are looked up, because in another list the text without "use" may be a code.
      const named = exact(lists, [word, `${word} USE`]);
      if (named.length > 0) return withReplaced(lists, named);
      if (word.includes(' ')) return [];
      const begun = indexes.flatMap((index) => lists.flatMap((list) => [...index.begunBy(list, word)]));
      const codes = withReplaced(lists, begun);
      const inUse = codes.filter((code) => termsOf(sources, lists, code).every((term) => !term.successor));
      return inUse.length > 1 ? [] : codes;
    },
  };
}

function termsOf(sources: readonly TermSource[], lists: readonly string[], code: string): readonly Term[] {
  return sources.flatMap((source) => lists.flatMap((list) => source.term(list, code) ?? []));
}

/** Whether a code has the form of EMA's term ids. */
function isTermId(code: string): boolean {
  return /^\d{12}$/.test(code);
}

const emaList = /^https?:\/\/spor\.ema\.europa\.eu\/(?:v\d+\/)?lists\/([\d~]+)/i;

/**
 * Returns the id of the EMA list that a code system stands for, with `http` or `https`; null for other systems. The
 * ids of merged lists are joined by `~`.
 */
export function listOf(system: string | undefined): string | null {
  return (system === undefined ? undefined : emaList.exec(system)?.[1]) ?? null;
}
