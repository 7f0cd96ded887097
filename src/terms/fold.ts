/** Texts as they are compared: letters alike whatever their case and accents. */

/**
 * Without case, accents, and blanks around it. Letters that have two small or two large forms are one: `ß`, `ẞ` and `SS`,
 * the micro sign and both sizes of the letter mu.
 */
export function foldText(text: string): string {
  return upper(text.normalize('NFKD').replaceAll(/\p{M}/gu, '')).trim();
}

/** `ẞ` is a capital already, and only its small letter is written out. */
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

/** Letters and digits alone, without case and accents: no upstream's search folds further than this. */
export function foldFurthest(text: string): string {
  return upper(text.normalize('NFKD'))
    .replaceAll(oneLetter, (letter) => unfolding[letter] ?? letter)
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** The words of a text, folded as `foldWord` does: letters and digits alone. */
export function foldedWords(text: string): readonly string[] {
  return foldWord(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/**
 * A word of a list as it is compared: without case and accents, `_` as a blank, quotes and dashes of one kind. What
 * stands between its words is one blank.
 */
export function foldWord(text: string): string {
  return foldText(text)
    .replaceAll(oneLetter, (letter) => unfolding[letter] ?? letter)
    .replaceAll(/[‘’ʼ`]/g, "'")
    .replaceAll(/[‐–—]/g, '-')
    .replaceAll(/[_\s]+/g, ' ')
    .trim();
}
