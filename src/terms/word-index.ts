/** Indexes the names of a source's terms by list, in folded spelling. */
import { foldWord } from './fold.js';
import type { Term, TermSource } from './source.js';

export interface WordIndex {
  /** Returns the codes of the terms that have exactly this folded name. */
  exact(list: string, word: string): readonly string[];
  /** Yields the codes of the terms that have a name beginning with this word. */
  begunBy(list: string, word: string): Iterable<string>;
  /** Returns the codes of the terms that this term has replaced. */
  replacedBy(list: string, code: string): readonly string[];
}

/** One code, or several. Most words have one code. Storing it without a list takes a third of the memory. */
type Codes = string | readonly string[];

interface ListWords {
  readonly words: ReadonlyMap<string, Codes>;
  readonly replaced: ReadonlyMap<string, Codes>;
}

/** Creates an index of a source. Each list is indexed on its first use, and again if the source has changed. */
export function createWordIndex(source: TermSource): WordIndex {
  const made = new Map<string, ListWords>();
  let version = source.version;

  function indexOf(list: string): ListWords {
    if (version !== source.version) made.clear();
    version = source.version;
    const index = made.get(list) ?? indexed(source.terms(list));
    made.set(list, index);
    return index;
  }

  return {
    exact: (list, word) => codesIn(indexOf(list).words.get(word)),
    replacedBy: (list, code) => codesIn(indexOf(list).replaced.get(code)),
    *begunBy(list, word) {
      for (const [text, codes] of indexOf(list).words) {
        if (text.startsWith(word) && /^[ ,;:]/.test(text.slice(word.length))) yield* codesIn(codes);
      }
    },
  };
}

function indexed(terms: readonly Term[]): ListWords {
  const words = new Map<string, Codes>();
  const replaced = new Map<string, Codes>();
  for (const term of terms) {
    if (term.successor !== undefined) add(replaced, term.successor, term.code);
    for (const name of namesOf(term)) {
      const word = foldWord(name);
      if (word !== '') add(words, word, term.code);
    }
  }
  return { words, replaced };
}

function add(to: Map<string, Codes>, key: string, code: string): void {
  const before = to.get(key);
  if (before === undefined) to.set(key, code);
  else if (!codesIn(before).includes(code)) to.set(key, [...codesIn(before), code]);
}

function codesIn(codes: Codes | undefined): readonly string[] {
  if (codes === undefined) return [];
  return typeof codes === 'string' ? [codes] : codes;
}

/** Yields all names of a term. A code without a digit counts as a name: `active`. */
function* namesOf({ code, texts, otherNames, atc }: Term): Iterable<string> {
  yield* texts.values();
  yield* otherNames;
  if (!/\d/.test(code)) yield code;
  if (atc !== undefined) yield atc;
}
