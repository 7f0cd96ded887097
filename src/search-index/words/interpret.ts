/**
 * Reads a text that a user searches for, word by word, using the vocabulary. A known word, or the beginning of one,
 * is never corrected. For a misspelt word, all equally similar words are searched, and are marked as ambiguous. Every
 * correction is reported.
 */
import { checkAskedText } from './asked-text.js';
import { isNumber, type TypedWord } from './tokens.js';
import type { KnownWord, Vocabulary, WordMatch } from './vocabulary.js';

export interface InterpretOptions {
  /** Whether misspelt words are replaced by words with a similar spelling. @default true */
  readonly typos?: boolean;
  /**
   * Whether some existing words may be missing in the vocabulary, because the index does not contain all products, or
   * because no list of substances is imported. If so, even a single similar word may be wrong, so every correction is
   * ambiguous.
   * @default true
   */
  readonly mayLackWords?: boolean;
  /** The name of the text's argument, for errors. @default 'text' */
  readonly place?: string;
}

export interface Interpretation {
  /** The words of the text, each once. A product matches if it contains all of them, in any order. */
  readonly tokens: readonly TokenReading[];
  /**
   * The whole text, with misspelt words replaced by words of the vocabulary, in small letters. The most similar
   * version comes first. A search for such a text corrects nothing. Empty if no word was corrected.
   */
  readonly didYouMean: readonly string[];
}

export interface TokenReading {
  /** The typed word in folded spelling. */
  readonly typed: string;
  /**
   * - `exact`: the typed word is in the vocabulary. Words that begin with it, or contain it as a part, are searched
   *   too.
   * - `prefix`: words of the vocabulary begin with the typed word.
   * - `number`: the typed word is a number. It matches only itself. `words` is empty if no product has it.
   * - `corrected`: the typed word is not in the vocabulary. `words` have a similar spelling, or the user left out the
   *   blank between two known words.
   * - `unknown`: the typed word is not in the vocabulary, and no word has a similar spelling. No product matches.
   */
  readonly kind: 'exact' | 'prefix' | 'number' | 'corrected' | 'unknown';
  /**
   * The words by which products are searched, the best first. For a misspelt word, these are all the most similar
   * words.
   */
  readonly words: readonly ReadWord[];
  /** For a misspelt word: other words within the allowed number of edits. They are suggested, but not searched. */
  readonly further: readonly ReadWord[];
}

export interface ReadWord extends WordMatch {
  /** Whether the user may have meant another word. */
  readonly ambiguous: boolean;
}

/**
 * Reads a text by means of the vocabulary.
 * @throws BAD_USER_INPUT if the text has no words that can be searched, or is too long
 */
export function interpret(
  text: string,
  vocabulary: Vocabulary,
  { typos = true, mayLackWords = true, place = 'text' }: InterpretOptions = {},
): Interpretation {
  const typed = checkAskedText(text, place);
  const readings = typed.flatMap((word) => readingsOf(word, { vocabulary, typos, mayLackWords }));
  const tokens = [...new Map(readings.map((reading) => [reading.typed, reading])).values()];
  return { tokens, didYouMean: meantInstead(tokens) };
}

interface Reading {
  readonly vocabulary: Vocabulary;
  readonly typos: boolean;
  readonly mayLackWords: boolean;
}

/**
 * Minimum number of characters of a part of a code that may match the beginning of a word. Too many words begin with
 * shorter parts, such as the B of B12.
 */
const shortestBeginning = 3;

function readingsOf({ text, parts, isHyphenated }: TypedWord, by: Reading): readonly TokenReading[] {
  const { vocabulary } = by;
  const isKnown = (word: string): boolean => vocabulary.matches(word).length > 0;
  if (parts.length === 0) return readingsOfWord(text, by);
  if (isHyphenated) {
    // Some products write the word with a blank, so a search by its parts finds more products.
    const isOne = vocabulary.find(text) !== undefined && !parts.every(isKnown);
    return isOne ? readingsOfWord(text, by) : parts.flatMap((part) => readingsOfWord(part, by));
  }
  if (isKnown(text)) return readingsOfWord(text, by);
  return parts.flatMap((part) =>
    part.length < shortestBeginning && !isNumber(part) ? [exactly(part, by)] : readingsOfWord(part, by),
  );
}

function exactly(word: string, { vocabulary }: Reading): TokenReading {
  const words = vocabulary.matches(word).filter(({ way }) => way === 'exact');
  return reading(word, words.length > 0 ? 'exact' : 'unknown', words);
}

function readingsOfWord(word: string, by: Reading): readonly TokenReading[] {
  const { vocabulary, typos } = by;
  const words = vocabulary.matches(word);
  if (isNumber(word)) return [reading(word, 'number', words)];
  const [best] = words;
  if (best) return [reading(word, best.way === 'exact' ? 'exact' : 'prefix', words)];
  if (!typos) return [reading(word, 'unknown', [])];
  const near = vocabulary.near(word);
  if (near.length > 0) return [corrected(word, near, by)];
  const parts = vocabulary.partsOf(word);
  if (!parts) return [reading(word, 'unknown', [])];
  return parts.map((part) => corrected(part.word, [asPartOf(part)], by));
}

/**
 * Returns the match for one of two words that the user typed without a blank between them. The missing blank counts
 * as one edit.
 */
function asPartOf(part: KnownWord): WordMatch {
  return { ...part, way: 'near', distance: 1, weight: 1 };
}

function reading(typed: string, kind: TokenReading['kind'], words: readonly WordMatch[]): TokenReading {
  return { typed, kind, words: words.map((word) => ({ ...word, ambiguous: false })), further: [] };
}

function corrected(typed: string, near: readonly WordMatch[], { mayLackWords }: Reading): TokenReading {
  const nearest = near.filter(({ distance }) => distance === near[0]?.distance);
  const ambiguous = mayLackWords || nearest.length > 1;
  return {
    typed,
    kind: 'corrected',
    words: nearest.map((word) => ({ ...word, ambiguous })),
    further: near.slice(nearest.length).map((word) => ({ ...word, ambiguous: true })),
  };
}

/**
 * The usual maximum number of corrected texts. If more words are equally similar, there are more texts, so that no
 * word is left out.
 */
const fewMeant = 5;
/** Maximum number of corrected texts. Hundreds of words may be within two edits of a word with five letters. */
const mostMeant = 20;

function meantInstead(tokens: readonly TokenReading[]): readonly string[] {
  const choices = tokens.map(choicesOf);
  if (!tokens.some(({ kind }) => kind === 'corrected')) return [];
  const longest = Math.max(...choices.map(({ length }) => length));
  const equallyNear = tokens.map(({ kind, words }) => (kind === 'corrected' ? words.length - 1 : 0));
  const most = Math.max(fewMeant, Math.min(mostMeant, 1 + equallyNear.reduce((sum, each) => sum + each, 0)));
  const texts = [textOf(choices, () => 0)];
  // Only one word is changed at a time, because all combinations of changes would be too many to read.
  for (let rank = 1; rank < longest && texts.length < most; rank += 1)
    for (const [at, words] of choices.entries())
      if (rank < words.length) texts.push(textOf(choices, (other) => (other === at ? rank : 0)));
  return [...new Set(texts)].slice(0, most);
}

function choicesOf({ typed, kind, words, further }: TokenReading): readonly string[] {
  return kind === 'corrected' ? [...words, ...further].map(({ word }) => word) : [typed];
}

function textOf(choices: readonly (readonly string[])[], rankOf: (at: number) => number): string {
  return choices
    .map((words, at) => words[rankOf(at)] ?? words[0] ?? '')
    .join(' ')
    .toLowerCase();
}
