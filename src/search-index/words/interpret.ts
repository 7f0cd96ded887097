/**
 * Reads a searched text word by word, with the vocabulary. Corrections are always reported, and never chosen silently:
 * a known word, or the beginning of one, is never corrected. For a misspelt word, all words that are equally near
 * count, and are marked.
 */
import { checkAskedText } from './asked-text.js';
import { isNumber, type TypedWord } from './tokens.js';
import type { KnownWord, Vocabulary, WordMatch } from './vocabulary.js';

export interface InterpretOptions {
  /** Whether misspelt words are replaced by similar ones. @default true */
  readonly typos?: boolean;
  /**
   * Whether there may be real words that the vocabulary lacks: the index does not hold all products, or no list of
   * substances is imported. Then even a single near word may be wrong, and every correction is ambiguous.
   * @default true
   */
  readonly mayLackWords?: boolean;
  /** The name of the text's argument, for errors. @default 'text' */
  readonly place?: string;
}

export interface Interpretation {
  /** The words of the text, each once. A product is found where it has them all, in any order. */
  readonly tokens: readonly TokenReading[];
  /**
   * The whole text with words of the vocabulary in place of misspelt ones, the nearest first, in small letters. Each
   * text is read without further corrections. Empty where nothing was corrected.
   */
  readonly didYouMean: readonly string[];
}

export interface TokenReading {
  /** The typed word, folded. */
  readonly typed: string;
  /**
   * - `exact`: it is a word of the vocabulary. Words that begin with it, or contain it as a part, follow.
   * - `prefix`: known words begin with it.
   * - `number`: it only matches itself. Without words where no product has it.
   * - `corrected`: it is unknown. The words are near to it, or it is two known words without the blank.
   * - `unknown`: it is unknown, and nothing is near. No product is found.
   */
  readonly kind: 'exact' | 'prefix' | 'number' | 'corrected' | 'unknown';
  /** The words to find products by, the best first. For a misspelt word, all that are equally near. */
  readonly words: readonly ReadWord[];
  /** For a misspelt word, further words within the tolerance. No product is searched by them. */
  readonly further: readonly ReadWord[];
}

export interface ReadWord extends WordMatch {
  /** Whether another word may be meant as well, so that neither may be taken for certain. */
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

/** The length of parts of a code that may match as beginnings. Shorter ones begin too many words: the B of B12. */
const shortestBeginning = 3;

function readingsOf({ text, parts, isHyphenated }: TypedWord, by: Reading): readonly TokenReading[] {
  const { vocabulary } = by;
  const isKnown = (word: string): boolean => vocabulary.matches(word).length > 0;
  if (parts.length === 0) return readingsOfWord(text, by);
  if (isHyphenated) {
    // Some write the word with a blank, so that its parts find more.
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

/** Returns the part of a word whose blank is missing. That counts as one edit. */
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

/** The usual number of corrected texts. There are more where more words are equally near, so that none is left out. */
const fewMeant = 5;
/** The highest number: at two edits, a word of five letters may be near to hundreds. */
const mostMeant = 20;

function meantInstead(tokens: readonly TokenReading[]): readonly string[] {
  const choices = tokens.map(choicesOf);
  if (!tokens.some(({ kind }) => kind === 'corrected')) return [];
  const longest = Math.max(...choices.map(({ length }) => length));
  const equallyNear = tokens.map(({ kind, words }) => (kind === 'corrected' ? words.length - 1 : 0));
  const most = Math.max(fewMeant, Math.min(mostMeant, 1 + equallyNear.reduce((sum, each) => sum + each, 0)));
  const texts = [textOf(choices, () => 0)];
  // One word is changed at a time. Every combination of changes would be too many to read.
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
