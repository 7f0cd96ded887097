/** The words of names as they are compared: whole, numbers as one, with their units, in whatever order. */
import { foldText } from '../../terms/fold.js';

/** How a name holds what is looked for; the first is the best. */
export const nameTiers = {
  whole: 1,
  /** The number of something that belongs to a product: looked for only where no product, package or authorization has it. */
  part: 2,
  /** Its first words. */
  first: 3,
  /** Words further on. */
  further: 4,
  /** All its words, in another order or between others. */
  scattered: 5,
  /** The beginning of a word alone. */
  beginning: 6,
} as const;
export type NameTier = (typeof nameTiers)[keyof typeof nameTiers];

/** Units of strengths as names write them, in capitals and without accents: a number belongs to the one behind it. */
const units =
  '(?:KG|MG|MCG|NG|[µμΜ]G|G|ML|[µμΜ]L|DL|CL|L|MMOL|[µμΜ]MOL|MOL|MEQ|MVAL|MBQ|GBQ|KBQ|BQ|IU|IE|UI|MIU|MIO|KIU|U|PPM|MM|CM|CM2|CM²|%|‰)';
const number = '\\p{N}+(?:[.,]\\p{N}+)*';
const joined = new RegExp(`(${number})(?=${units}(?![\\p{L}\\p{M}]))`, 'giu');
const withUnit = new RegExp(`${number}\\s*${units}(?![\\p{L}\\p{M}])`, 'giu');
const atoms = new RegExp(
  `(?<strength>${number} ?${units}(?![\\p{L}\\p{M}]))|(?<mixed>[\\p{L}\\p{M}]+${number})|${number}|[\\p{L}\\p{M}]+`,
  'giu',
);

/** A name as it is compared: in one line, without case, accents and signs of trade marks; `5mg` as `5 mg`. */
export function foldName(name: string): string {
  return foldText(name.replaceAll(/[®©™℠]/gu, ''))
    .replaceAll(/[‘’ʼ`´]/gu, "'")
    .replaceAll(/(\p{N}),(?=\p{N})/gu, '$1.')
    .replaceAll(joined, '$1 ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** What of a folded text has to stand together: a word, a number, a strength with its unit, `B12`. */
export function piecesOf(folded: string): readonly string[] {
  return [...folded.matchAll(atoms)].map(([piece]) => piece.replaceAll(' ', ''));
}

/** A folded text that names are searched for by, or a folded name. */
export interface WantedName {
  readonly folded: string;
  readonly pieces: readonly string[];
  /** The pieces, and the number and the unit that a piece is made of: `5` of `5 mg`. */
  readonly parts: ReadonlySet<string>;
}

export function wantedName(text: string): WantedName | undefined {
  const folded = foldName(text);
  if (folded === '') return undefined;
  const pieces = piecesOf(folded);
  return { folded, pieces, parts: new Set(pieces.flatMap((piece) => [piece, ...piece.split(seam)])) };
}

/** A part of a name, whole, or the beginning of one. */
export interface PartToFind {
  readonly word: string;
  readonly isBeginning: boolean;
}

/** What every name has among its parts that holds the text, in whatever way. None where it has neither word nor number. */
export function partsToFind({ pieces }: WantedName): readonly PartToFind[] {
  const words = pieces.flatMap((piece) => piece.split(seam));
  return words.map((word, at) => ({ word, isBeginning: at === words.length - 1 && !/\p{N}$/u.test(word) }));
}

const seam = /(?<=\p{N})(?=[^\p{N}.])|(?<=[\p{L}\p{M}])(?=\p{N})/u;

/** What stands inside a word is another word: `tazocin` is not `pentazocine`. */
export function tierOf(name: WantedName, wanted: WantedName): NameTier | undefined {
  if (name.folded === wanted.folded) return nameTiers.whole;
  let isBeginning = false;
  const { folded } = wanted;
  for (let at = name.folded.indexOf(folded); at >= 0; at = name.folded.indexOf(folded, at + 1)) {
    if (!isBoundary(name.folded, at)) continue;
    if (isBoundary(name.folded, at + folded.length)) return at === 0 ? nameTiers.first : nameTiers.further;
    // Digits that go on are another number.
    if (!/\p{N}$/u.test(folded)) isBeginning = true;
  }
  if (wanted.pieces.length > 0 && wanted.pieces.every((piece) => name.parts.has(piece)))
    return nameTiers.scattered;
  return isBeginning ? nameTiers.beginning : undefined;
}

/** Whether a word ends or begins here: between letters and digits too, as in `5mg`. `2.5` is one number. */
function isBoundary(text: string, at: number): boolean {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  if (/[\p{L}\p{M}]$/u.test(before)) return !/^[\p{L}\p{M}]/u.test(after);
  if (/\p{N}$/u.test(before)) return !/^\.?\p{N}/u.test(after);
  return !(/\p{N}\.$/u.test(before) && /^\p{N}/u.test(after));
}

/** A part of a text that upstreams find names by: they compare letter by letter, so that strengths are left out. */
export interface NameSearch {
  /** The part that names are searched by. */
  readonly probe: string;
  /** Finds all names that hold the text, its strength written in any way: the part, its numbers written in both ways. */
  readonly probes: readonly string[];
  /** Finds fewer: the text, its strength written in both ways. */
  readonly spelled: readonly string[];
}

export function nameSearchOf(text: string): NameSearch {
  const given = text.trim();
  const parts = given.split(withUnit).map((part) => part.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''));
  const worded = parts.filter((part) => /[\p{L}\p{N}]{3}/u.test(part) && /\p{L}/u.test(part));
  const spelled = [...new Set([given, respaced(given, '$1 $2'), respaced(given, '$1$2')])];
  // What stands first is what it is called, as a rule.
  const [first] = parts.length > 1 ? worded : [];
  const probe = first ?? given;
  const pointed = probe.replaceAll(/(\d),(?=\d)/g, '$1.');
  const probes = [...new Set([probe, pointed, pointed.replaceAll(/(\d)\.(?=\d)/g, '$1,')])];
  return { probe, probes, spelled };
}

function respaced(text: string, written: string): string {
  return text.replaceAll(new RegExp(`(${number})\\s*(${units})(?![\\p{L}\\p{M}])`, 'giu'), written);
}

/** Whether a text tells how strong something is: `5 mg`, `2 %`. */
export function hasStrength(text: string): boolean {
  return text.search(withUnit) >= 0;
}

/** Words that names can be searched by one at a time, where all of them together find none: the longest first. */
export function wordsToSearch(text: string): readonly string[] {
  const words = text.match(/[\p{L}\p{M}]{4,}/gu) ?? [];
  const isOne = piecesOf(foldName(text)).length < 2;
  return isOne ? [] : [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, mostWords);
}

const mostWords = 3;
