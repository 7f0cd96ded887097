/**
 * Reads a searched text word by word with the vocabulary. A known word, or the beginning of one, is never corrected.
 * For a misspelt word, all equally near words are searched, and are marked as ambiguous. Every correction is reported.
 */
import { checkAskedText } from './asked-text.js';
import { isNumber, type TypedWord } from './tokens.js';
import type { KnownWord, Vocabulary, WordMatch } from './vocabulary.js';

export interface InterpretOptions {
  /** Whether misspelt words are replaced by similar ones. @default true */
  readonly typos?: boolean;
  /**
   * Whether the vocabulary may lack real words: the index does not have all products, or no list of substances is
   * imported. Then even a single near word may be wrong, so that every correction is ambiguous.
   * @default true
   */
  readonly mayLackWords?: boolean;
  /** The name of the text's argument, for errors. @default 'text' */
  readonly place?: string;
}

export interface Interpretation {
  /** The words of the text, each once. A product is found if it has all of them, in any order. */
  readonly tokens: readonly TokenReading[];
  /**
   * The whole text with misspelt words replaced by words of the vocabulary, in small letters, the nearest first. A
   * search for such a text corrects nothing further. Empty if no word was corrected.
   */
  readonly didYouMean: readonly string[];
}

export interface TokenReading {
  /** The typed word, folded. */
  readonly typed: string;
  /**
   * - `exact`: the typed word is in the vocabulary. Words that begin with it, or contain it as a part, are searched
   * too.
   * - `prefix`: words of the vocabulary begin with the typed word.
   * - `number`: the typed word is a number. It only matches itself, and `words` is empty if no product has it.
   * - `corrected`: the typed word is unknown. `words` are near to it, or the blank between two known words is missing.
   * - `unknown`: the typed word is unknown, and no known word is near. No product is found.
   */
  readonly kind: 'exact' | 'prefix' | 'number' | 'corrected' | 'unknown';
  /** The words to find products by, the best first. For a misspelt word, all nearest words. */
  readonly words: readonly ReadWord[];
  /** For a misspelt word, further words within the tolerated number of edits. They are suggested, but not searched. */
  readonly further: readonly ReadWord[];
}

export interface ReadWord extends WordMatch {
  /** Whether the user may have meant another word, so that this word is not certain. */
  readonly ambiguous: boolean;
}

/**
 * Reads a text with the known words.
 * @throws BAD_USER_INPUT for a text without searchable words, or one that is too long
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
 * The minimum number of characters of a part of a code that may match beginnings of words. Shorter parts begin too
 * many words: the B of B12.
 */
const shortestBeginning = 3;

function readingsOf({ text, parts, isHyphenated }: TypedWord, by: Reading): readonly TokenReading[] {
  const { vocabulary } = by;
  const isKnown = (word: string): boolean => vocabulary.matches(word).length > 0;
  if (parts.length === 0) return readingsOfWord(text, by);
  if (isHyphenated) {
    // Some products have the word with a blank, so that its parts find more products.
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

/** Returns the match for one of two words that were typed without a blank. The missing blank counts as one edit. */
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

/** The usual number of corrected texts. There are more if more words are equally near, so that no word is left out. */
const fewMeant = 5;
/**
 * The highest number of corrected texts. Within two edits, a word of five letters may be near to hundreds of words.
 */
const mostMeant = 20;

function meantInstead(tokens: readonly TokenReading[]): readonly string[] {
  const choices = tokens.map(choicesOf);
  if (!tokens.some(({ kind }) => kind === 'corrected')) return [];
  const longest = Math.max(...choices.map(({ length }) => length));
  const equallyNear = tokens.map(({ kind, words }) => (kind === 'corrected' ? words.length - 1 : 0));
  const most = Math.max(fewMeant, Math.min(mostMeant, 1 + equallyNear.reduce((sum, each) => sum + each, 0)));
  const texts = [textOf(choices, () => 0)];
  // One word is changed at a time. All combinations of changes would be too many to read.
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
