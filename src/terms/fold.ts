/** Folds texts for comparison, so that texts that differ only in case and accents are equal. */

/**
 * Removes case, accents and surrounding spaces. `ß`, `ẞ` and `SS` become equal, and so do the micro sign and the Greek
 * letter mu.
 */
export function foldText(text: string): string {
  return upper(text.normalize('NFKD').replaceAll(/\p{M}/gu, '')).trim();
}

/** `toUpperCase` does not change `ẞ`, and converts `ß` to `SS`. */
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

/**
 * Removes case, accents, and everything but letters and digits. No upstream's search ignores more differences than
 * this.
 */
export function foldFurthest(text: string): string {
  return upper(text.normalize('NFKD'))
    .replaceAll(oneLetter, (letter) => unfolding[letter] ?? letter)
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Returns the words of a text, without case and accents. A word has only letters and digits. */
export function foldedWords(text: string): readonly string[] {
  return foldWord(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/**
 * Folds a text of a list: removes case and accents, reads `_` as a space, unifies quotes and dashes, and leaves one
 * space between words.
 */
export function foldWord(text: string): string {
  return foldText(text)
    .replaceAll(oneLetter, (letter) => unfolding[letter] ?? letter)
    .replaceAll(/[‘’ʼ`]/g, "'")
    .replaceAll(/[‐–—]/g, '-')
    .replaceAll(/[_\s]+/g, ' ')
    .trim();
}
