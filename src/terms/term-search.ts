/** Searches terms by text. It is used for drop-downs, and for suggestions after an unknown word. */
import leven from 'leven';
import { foldWord } from './fold.js';
import type { Term, TermSource } from './source.js';
import { textOf } from './term-text.js';

/** A term of a list, as drop-downs display it. */
export interface ListedTerm {
  readonly list: string;
  readonly code: string;
  readonly text: string;
}

interface Found extends ListedTerm {
  /** The data of the term in each source. */
  readonly terms: readonly Term[];
}

export interface TermSearch {
  /**
   * Returns the terms that were not replaced by others, sorted by their texts in the given language. With `text`,
   * returns only terms that contain this text. Those that begin with it come first.
   */
  search(
    lists: readonly string[],
    text: string | undefined,
    language: string,
    first: number,
  ): readonly ListedTerm[];
  /** Returns the texts of the terms most similar to a text, the most similar first, without duplicates. */
  nearest(lists: readonly string[], text: string, language: string, most: number): readonly string[];
}

export function createTermSearch(sources: readonly TermSource[]): TermSearch {
  function termsInUse(lists: readonly string[], language: string): readonly Found[] {
    const byCode = new Map<string, { readonly list: string; readonly terms: Term[] }>();
    for (const source of sources) {
      for (const list of lists) {
        for (const term of source.terms(list)) {
          const before = byCode.get(term.code);
          if (before) before.terms.push(term);
          else byCode.set(term.code, { list, terms: [term] });
        }
      }
    }
    const inUse = [...byCode].flatMap(([code, { list, terms }]) => {
      if (terms.some(({ successor }) => successor !== undefined)) return [];
      const told = textOf(terms, language)?.text;
      const text = told ?? terms.flatMap(({ otherNames }) => otherNames)[0] ?? code;
      return [{ list, code, text, terms, isListed: told !== undefined }];
    });
    const listed = new Set(inUse.flatMap(({ text, isListed }) => (isListed ? [foldWord(text)] : [])));
    // Records may state a term with a code of another system. A drop-down contains the term only once.
    return inUse.filter(({ text, isListed }) => isListed || !listed.has(foldWord(text)));
  }

  return {
    search(lists, text, language, first) {
      const wanted = foldWord(text ?? '');
      const { compare } = new Intl.Collator([language, 'en'], { numeric: true });
      return termsInUse(lists, language)
        .map((term) => ({ term, rank: wanted === '' ? 0 : rankOf(term, wanted) }))
        .filter(({ rank }) => rank < notFound)
        .sort(
          (a, b) =>
            a.rank - b.rank || compare(a.term.text, b.term.text) || (a.term.code < b.term.code ? -1 : 1),
        )
        .slice(0, first)
        .map(({ term: { list, code, text: shown } }) => ({ list, code, text: shown }));
    },
    nearest(lists, text, language, most) {
      const word = foldWord(text).slice(0, longestCompared);
      const near = termsInUse(lists, language)
        .map((term) => ({ text: term.text, distance: distanceTo(term, word) }))
        .sort((a, b) => a.distance - b.distance || (a.text < b.text ? -1 : 1));
      return [...new Set(near.map((each) => each.text))].slice(0, most);
    },
  };
}

const notFound = 6;

/**
 * Returns how well a term matches: 0 if its text begins with the searched text, 1 if a word of its text does, 2 if
 * its text contains it; 3 to 5 for the same in an additional name; 6 if it does not match.
 */
function rankOf({ text, terms }: Found, wanted: string): number {
  const own = rankIn(text, wanted);
  if (own < 3) return own;
  return Math.min(notFound, ...otherNames(terms).map((name) => 3 + rankIn(name, wanted)));
}

function rankIn(name: string, wanted: string): number {
  const folded = foldWord(name);
  const at = folded.indexOf(wanted);
  if (at <= 0) return at === 0 ? 0 : 3;
  return folded.includes(` ${wanted}`) ? 1 : 2;
}

/**
 * Returns the English texts, additional names and codes of a term. Comparing texts in all languages would take too
 * long for a long list.
 */
function otherNames(terms: readonly Term[]): readonly string[] {
  return terms.flatMap(({ code, texts, otherNames: names, atc }) =>
    [texts.get('en'), ...names, code, atc].filter((name) => name !== undefined),
  );
}

/** Maximum number of characters that are compared, so that an error message is ready within milliseconds. */
const longestCompared = 60;

/**
 * Returns the minimum number of characters to change in `word` to get a name of the term. A single word of a name
 * costs one more.
 */
function distanceTo({ text, terms }: Found, word: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (const name of new Set([text, ...otherNames(terms)])) {
    const folded = foldWord(name).slice(0, longestCompared);
    if (word.length >= 3 && folded.includes(word)) least = Math.min(least, 0.5 + folded.length / 1_000);
    least = Math.min(least, leven(word, folded));
    const bySize = folded.length / 1_000;
    for (const part of folded.split(/[ ,]+/)) least = Math.min(least, 1 + bySize + leven(word, part));
  }
  return least;
}
