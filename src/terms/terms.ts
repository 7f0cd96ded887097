/**
 * Translates coded concepts to text in the reader's language, and words to codes, by the terms known to this service.
 */
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
   * Returns the text of a term in the wanted language, else in English, else in any; undefined where it has none here.
   * @param list id of EMA's list (`100000073345`), or several joined by `~`; undefined looks the code up in all lists
   */
  find(list: string | undefined, code: string, language: string): TermText | undefined;
  /**
   * Returns the codes of all terms that a text names. The text is one of theirs, in any language, with case and accents
   * folded and `_` as a space; or one of theirs without "use" at the end; or the first word of one term only. A
   * nullified term and its successor stand for each other. Empty where it names none.
   */
  codesOf(lists: readonly string[], text: string): readonly string[];
  /** Returns the codes of the terms that have this very text, in any language, with case and accents folded. */
  named(lists: readonly string[], text: string): readonly string[];
  /**
   * Returns the codes of the terms with this text in any language, or with this other name; as `codesOf`, but never by
   * a beginning.
   */
  called(lists: readonly string[], text: string): readonly string[];
  /** Returns all names of a term: its texts in every language, and its other names. */
  namesOf(lists: readonly string[], code: string): readonly string[];
  /** Returns the code of the ATC class that a term of EMA's list stands for. */
  atcOf(term: string): string | undefined;
  /** Returns EMA's terms for an ATC class, or for all classes in a group; `code` in capitals. */
  atcTermsIn(code: string): readonly string[];
  /** Returns the ids of the known lists. */
  lists(): readonly string[];
  /** It changes whenever an answer may have changed. */
  readonly version: number;
}

/** A list's terms, code → text. */
export type TermTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Combines sources.
 * @param sources where two have a text of one term in the same language, the earlier day counts
 */
export function createTerms(sources: readonly TermSource[]): Terms {
  const indexes = sources.map(createWordIndex);
  const { codesOf, called } = createCodesOf(sources, indexes);
  const { search, nearest } = createTermSearch(sources);
  const versions = sources.map(() => -1);
  let version = 0;

  /** Finds a term in any list. A term's id is unique in all lists; the list only says where to look first. */
  function termsAnywhere(code: string): readonly Term[] {
    if (!isTermId(code)) return [];
    return sources.flatMap((source) => source.lists().flatMap((list) => source.term(list, code) ?? []));
  }

  return {
    find(list, code, language) {
      // A fast path: each concept of an answer passes here, and most have a text in the reader's own language.
      if (list !== undefined) {
        for (const source of sources) {
          const text = source.term(list, code)?.texts.get(language);
          if (text !== undefined) return { text, language };
        }
      }
      const named = list === undefined ? [] : termsOf(sources, list.split('~'), code);
      // Substances are numbered by their own service, and FHIR's lists have words as codes.
      const isOfEma = list === undefined || /^[\d~]+$/.test(list);
      const others = isOfEma ? termsAnywhere(code) : [];
      return textOf(named, language) ?? textOf(others, language);
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

/** Reads the long list once for all callers, and again when it has changed. */
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
  /** Adds successors and replaced terms, so that a search for one term also finds records with the other. */
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
      // Both are needed: in another list, a short form of EMA's text may be a code.
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

/** Whether a code has the form that EMA uses for the terms of all its lists. */
function isTermId(code: string): boolean {
  return /^\d{12}$/.test(code);
}

const emaList = /^https?:\/\/spor\.ema\.europa\.eu\/(?:v\d+\/)?lists\/([\d~]+)/i;

/**
 * Returns the id of EMA's list that a coding system names, written with either scheme; null for other systems. Merged
 * lists are joined by `~`.
 */
export function listOf(system: string | undefined): string | null {
  return (system === undefined ? undefined : emaList.exec(system)?.[1]) ?? null;
}
