/** Texts as they are compared: letters alike whatever their case and accents. */

/** Without case, accents, and blanks around it. */
export function foldText(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toUpperCase().trim();
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
  return text
    .normalize('NFKD')
    .toUpperCase()
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
