/** Folds texts for comparison: without the differences of case and accents. */

/**
 * Removes case, accents and surrounding spaces. Letters with two lower or upper case forms become one: `ß`, `ẞ` and
 * `SS`, the micro sign and both cases of the letter mu.
 */
export function foldText(text: string): string {
  return upper(text.normalize('NFKD').replaceAll(/\p{M}/gu, '')).trim();
}

/** `ẞ` is already upper case, and only its lower case letter becomes `SS`. */
function upper(text: string): string {
  return text.replaceAll('ẞ', 'ß').toUpperCase();
}

const unfolding: Readonly<Record<string, string>> = {
  Æ: 'AE',
  Ø: 'O',
  Œ: 'OE',
  Ł: 'L',
  Đ: 'D',
  Ð: 'D',
  Þ: 'TH',
};
const oneLetter = /[ÆØŒŁĐÐÞ]/g;

/** Keeps letters and digits only, without case and accents. No upstream's search folds further than this. */
export function foldFurthest(text: string): string {
  return upper(text.normalize('NFKD'))
    .replaceAll(oneLetter, (letter) => unfolding[letter] ?? letter)
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Returns the words of a text, folded as by `foldWord`: letters and digits only. */
export function foldedWords(text: string): readonly string[] {
  return foldWord(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/**
 * Folds a word of a list: without case and accents, `_` as a space, quotes and dashes of one kind, and one space
 * between words.
 */
export function foldWord(text: string): string {
  return foldText(text)
    .replaceAll(oneLetter, (letter) => unfolding[letter] ?? letter)
    .replaceAll(/[‘’ʼ`]/g, "'")
    .replaceAll(/[‐–—]/g, '-')
    .replaceAll(/[_\s]+/g, ' ')
    .trim();
}
