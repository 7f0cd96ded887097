/**
 * A text that someone searches for, word by word: what each is in the vocabulary. A correction is never silent and never
 * chooses: a known word, or the beginning of one, is never corrected, and of a misspelt one all words that are equally
 * near count, and are marked.
 */
import { checkAskedText } from './asked-text.js';
import { isNumber, type TypedWord } from './tokens.js';
import type { KnownWord, Vocabulary, WordMatch } from './vocabulary.js';

export interface InterpretOptions {
  /** Whether a misspelt word is looked for by those near to it. @default true */
  readonly typos?: boolean;
  /**
   * Whether there may be real words that the vocabulary lacks: not all that the upstream has is held, or no list of
   * substances is imported. Then the one word that is near may be the wrong one, and every correction is ambiguous.
   * @default true
   */
  readonly mayLackWords?: boolean;
  /** The argument that the text was given as, for errors. @default 'text' */
  readonly place?: string;
}

export interface Interpretation {
  /** A product is found where each of them is in it, in any order. Each stands here once. */
  readonly tokens: readonly TokenReading[];
  /**
   * The whole text with words of the vocabulary for those that are misspelt, the nearest first, in small letters. Each
   * is read without a correction. Empty where nothing was corrected.
   */
  readonly didYouMean: readonly string[];
}

export interface TokenReading {
  /** The word as it was typed, folded. */
  readonly typed: string;
  /**
   * - `exact`: it is a word of the vocabulary; those that begin with it, or have it for a part, follow.
   * - `prefix`: known words begin with it.
   * - `number`: only itself; without words where no product bears it.
   * - `corrected`: it is nowhere; the words are those near to it, or it is two words of the vocabulary without a blank.
   * - `unknown`: it is nowhere, and nothing is near. No product is found.
   */
  readonly kind: 'exact' | 'prefix' | 'number' | 'corrected' | 'unknown';
  /** The words that products are sought by, the best first. Of a misspelt word all that are equally near. */
  readonly words: readonly ReadWord[];
  /** Of a misspelt word those within the tolerance that are farther away; no product is sought by them. */
  readonly further: readonly ReadWord[];
}

export interface ReadWord extends WordMatch {
  /** Whether another word may be meant as well: nobody may take the one for the other. */
  readonly ambiguous: boolean;
}

/**
 * Reads a text by the words that are known.
 * @throws BAD_USER_INPUT for a text that nothing can be searched by, or that is too long
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

/** Parts of a code that are shorter begin too many words: the B of B12. */
const shortestBeginning = 3;

function readingsOf({ text, parts, isHyphenated }: TypedWord, by: Reading): readonly TokenReading[] {
  const { vocabulary } = by;
  const isKnown = (word: string): boolean => vocabulary.matches(word).length > 0;
  if (parts.length === 0) return readingsOfWord(text, by);
  if (isHyphenated) {
    // Others write the same with a blank, so that what is found by its parts is more.
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

/** A blank that was left out is one edit. */
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

/** Texts that are shown; more where more words are equally near: none of these is left out. */
const fewMeant = 5;
/** All the same no list of hundreds: at two edits a word of five letters may be near to so many. */
const mostMeant = 20;

function meantInstead(tokens: readonly TokenReading[]): readonly string[] {
  const choices = tokens.map(choicesOf);
  if (!tokens.some(({ kind }) => kind === 'corrected')) return [];
  const longest = Math.max(...choices.map(({ length }) => length));
  const equallyNear = tokens.map(({ kind, words }) => (kind === 'corrected' ? words.length - 1 : 0));
  const most = Math.max(fewMeant, Math.min(mostMeant, 1 + equallyNear.reduce((sum, each) => sum + each, 0)));
  const texts = [textOf(choices, () => 0)];
  // One word at a time: nobody reads all the ways in which three can be changed.
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
