/** Compares names word by word. The parts of a name are words, numbers, and numbers with units, in any order. */
import { foldText } from '../../terms/fold.js';

/** Ranks of how well a name matches a text. A lower rank is a better match. */
export const nameTiers = {
  whole: 1,
  /**
   * The text is the number of a record that belongs to a product. This is searched only if no product, package or
   * authorization has the number.
   */
  part: 2,
  /** The text consists of the first words of the name. */
  first: 3,
  /** The text consists of words from the middle or the end of the name. */
  further: 4,
  /** The name contains all words of the text, but in another order or with other words between them. */
  scattered: 5,
  /** The text is only the beginning of a word in the name. */
  beginning: 6,
} as const;
export type NameTier = (typeof nameTiers)[keyof typeof nameTiers];

/**
 * Units of strength as names write them, in capitals and without accents. A number and the unit after it belong
 * together.
 */
const units =
  '(?:KG|MG|MCG|NG|[µμΜ]G|G|ML|[µμΜ]L|DL|CL|L|MMOL|[µμΜ]MOL|MOL|MEQ|MVAL|MBQ|GBQ|KBQ|BQ|IU|IE|UI|MIU|MIO|KIU|U|PPM|MM|CM|CM2|CM²|%|‰)';
const number = '\\p{N}+(?:[.,]\\p{N}+)*';
const joined = new RegExp(`(${number})(?=${units}(?![\\p{L}\\p{M}]))`, 'giu');
const withUnit = new RegExp(`${number}\\s*${units}(?![\\p{L}\\p{M}])`, 'giu');
const atoms = new RegExp(
  `(?<strength>${number} ?${units}(?![\\p{L}\\p{M}]))|(?<mixed>[\\p{L}\\p{M}]+${number})|${number}|[\\p{L}\\p{M}]+`,
  'giu',
);

/** Folds a name for comparison: on one line, without case, accents and trade mark signs. `5mg` becomes `5 mg`. */
export function foldName(name: string): string {
  return foldText(name.replaceAll(/[®©™℠]/gu, ''))
    .replaceAll(/[‘’ʼ`´]/gu, "'")
    .replaceAll(/(\p{N}),(?=\p{N})/gu, '$1.')
    .replaceAll(joined, '$1 ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/**
 * Returns the pieces of a folded text that are compared as a whole: a word, a number, a number with its unit, or a
 * combination such as `B12`.
 */
export function piecesOf(folded: string): readonly string[] {
  return [...folded.matchAll(atoms)].map(([piece]) => piece.replaceAll(' ', ''));
}

/** A name in folded spelling, or a text in folded spelling that names are compared with. */
export interface NameQuery {
  readonly folded: string;
  readonly pieces: readonly string[];
  /** The pieces, and the number and unit within each: `5` of `5 mg`. */
  readonly parts: ReadonlySet<string>;
}

export function nameQuery(text: string): NameQuery | undefined {
  const folded = foldName(text);
  if (folded === '') return undefined;
  const pieces = piecesOf(folded);
  return { folded, pieces, parts: new Set(pieces.flatMap((piece) => [piece, ...piece.split(seam)])) };
}

/** A word or number that a matching name must contain, either complete or as the beginning of a word. */
export interface PartToFind {
  readonly word: string;
  readonly isBeginning: boolean;
}

/**
 * Returns the words and numbers that every matching name contains, whatever its rank; empty if the text contains
 * neither.
 */
export function partsToFind({ pieces }: NameQuery): readonly PartToFind[] {
  const words = pieces.flatMap((piece) => piece.split(seam));
  return words.map((word, at) => ({ word, isBeginning: at === words.length - 1 && !/\p{N}$/u.test(word) }));
}

const seam = /(?<=\p{N})(?=[^\p{N}.])|(?<=[\p{L}\p{M}])(?=\p{N})/u;

/**
 * Returns how well a name matches; undefined if it does not. Text in the middle of a word does not match: `tazocin`
 * does not match `pentazocine`.
 */
export function tierOf(name: NameQuery, wanted: NameQuery): NameTier | undefined {
  if (name.folded === wanted.folded) return nameTiers.whole;
  let isBeginning = false;
  const { folded } = wanted;
  for (let at = name.folded.indexOf(folded); at >= 0; at = name.folded.indexOf(folded, at + 1)) {
    if (!isBoundary(name.folded, at)) continue;
    if (isBoundary(name.folded, at + folded.length)) return at === 0 ? nameTiers.first : nameTiers.further;
    // A text that ends with a digit cannot be the beginning of a word, because further digits would make it another
    // number.
    if (!/\p{N}$/u.test(folded)) isBeginning = true;
  }
  if (wanted.pieces.length > 0 && wanted.pieces.every((piece) => name.parts.has(piece)))
    return nameTiers.scattered;
  return isBeginning ? nameTiers.beginning : undefined;
}

/**
 * Whether a word or number starts or ends at an index. In `5mg`, letters and digits are separate; `2.5` is one
 * number.
 */
function isBoundary(text: string, at: number): boolean {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  if (/[\p{L}\p{M}]$/u.test(before)) return !/^[\p{L}\p{M}]/u.test(after);
  if (/\p{N}$/u.test(before)) return !/^\.?\p{N}/u.test(after);
  return !(/\p{N}\.$/u.test(before) && /^\p{N}/u.test(after));
}

/**
 * The text with which an upstream search looks for names. Upstreams compare character by character, so the text
 * contains no strength.
 */
export interface NameSearch {
  /** The part of the text to search by. */
  readonly probe: string;
  /**
   * Values that together find all matching names, whether names write the strength with a decimal point or with a
   * decimal comma.
   */
  readonly probes: readonly string[];
  /** Values that match fewer names: the complete text, with and without a space before the unit. */
  readonly spelled: readonly string[];
}

export function nameSearchOf(text: string): NameSearch {
  const given = text.trim();
  const parts = given.split(withUnit).map((part) => part.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''));
  const worded = parts.filter((part) => /[\p{L}\p{N}]{3}/u.test(part) && /\p{L}/u.test(part));
  const spelled = [...new Set([given, respaced(given, '$1 $2'), respaced(given, '$1$2')])];
  // The first part is usually the invented name.
  const [first] = parts.length > 1 ? worded : [];
  const probe = first ?? given;
  const pointed = probe.replaceAll(/(\d),(?=\d)/g, '$1.');
  const probes = [...new Set([probe, pointed, pointed.replaceAll(/(\d)\.(?=\d)/g, '$1,')])];
  return { probe, probes, spelled };
}

function respaced(text: string, written: string): string {
  return text.replaceAll(new RegExp(`(${number})\\s*(${units})(?![\\p{L}\\p{M}])`, 'giu'), written);
}

/** Whether a text contains a strength: `5 mg`, `2 %`. */
export function hasStrength(text: string): boolean {
  return text.search(withUnit) >= 0;
}

/**
 * Returns the words to search names by if no name matches the whole text. The words are searched one at a time, the
 * longest first.
 */
export function wordsToSearch(text: string): readonly string[] {
  const words = text.match(/[\p{L}\p{M}]{4,}/gu) ?? [];
  const isOne = piecesOf(foldName(text)).length < 2;
  return isOne ? [] : [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, mostWords);
}

const mostWords = 3;
