/**
 * Splits texts into words, in the same way for products and for typed texts. A word is one of these: letters
 * (`AMLODIPINE`), a number, alone or with its unit (`2.5`, `5MG`), or a code of letters and digits (`B12`,
 * `N02BE01`).
 */
import { foldWord } from '../../terms/fold.js';
import { greekLetterName } from './latin.js';

/** A word that a user typed. */
export interface TypedWord {
  /** The word in folded spelling. If it has several parts, they are joined. */
  readonly text: string;
  /** The parts: `B` and `12` of `B12`, `FILM` and `COATED` of `film-coated`. Empty for a simple word. */
  readonly parts: readonly string[];
  /** Whether hyphens join the parts. */
  readonly isHyphenated: boolean;
}

/** Letters or a number within a text. */
interface Piece {
  readonly text: string;
  /** The text between this piece and the previous one; undefined for the first piece. */
  readonly gap: string | undefined;
  /** The number with its unit, such as `5MG`; undefined if the piece is not such a number. */
  readonly strength?: string;
  /** Whether the piece is the unit of the previous number. */
  readonly isUnit?: boolean;
}

/** Pieces that follow each other without a gap, such as those of `5mg` or `B12`. */
type Chunk = readonly Piece[];

/** Whether a word is a number, alone or with its unit. */
export function isNumber(word: string): boolean {
  return /^\d/.test(word);
}

/** Whether a word contains a digit. Such a word never counts as a misspelt form of another word. */
export function hasDigit(word: string): boolean {
  return /\d/.test(word);
}

/**
 * Maximum number of characters of joined parts. Nobody types longer ones, such as the joined parts of
 * `N-[2-(1H-indol-3-yl)-ethyl]…`.
 */
const longestJoined = 40;
/** Maximum number of letters of a word. Further letters are removed, so that the vocabulary stays small. */
const longestWord = 100;

/**
 * Returns the words by which a text is found, each once: its words; each number with its unit, the number alone, and
 * the unit alone; the parts of its codes (`B`, `12`); and words with hyphens without their hyphens (`COCODAMOL`,
 * `COVID19`).
 */
export function wordsIn(text: string): readonly string[] {
  const pieces = piecesIn(text);
  const chunks = chunksOf(pieces);
  const codes = chunks.filter(isCode);
  const whole = new Set(codes.filter((code) => !hasParts(code)).flat());
  const words = pieces.flatMap((piece) =>
    whole.has(piece) ? [] : [piece.text, ...(piece.strength === undefined ? [] : [piece.strength])],
  );
  const joined = chunks.flatMap((_, at) =>
    [2, 3].flatMap((length) => joinedByHyphens(chunks.slice(at, at + length), length)),
  );
  return [...new Set([...words, ...codes.map(joinedText), ...joined])];
}

/**
 * Returns the words of a typed text, each once, in order. A number and its unit are one word, so that `5 mg` does not
 * match `10 mg/5 ml`.
 */
export function typedWords(text: string): readonly TypedWord[] {
  const words = hyphenatedIn(chunksOf(piecesIn(text))).flatMap((chunks): readonly TypedWord[] => {
    const [joined] = joinedByHyphens(chunks, chunks.length);
    if (joined !== undefined) return [{ text: joined, parts: typedTexts(chunks.flat()), isHyphenated: true }];
    return chunks.flatMap((chunk) =>
      isCode(chunk)
        ? [{ text: joinedText(chunk), parts: hasParts(chunk) ? textsOf(chunk) : [], isHyphenated: false }]
        : typedTexts(chunk).map((piece) => ({ text: piece, parts: [], isHyphenated: false })),
    );
  });
  return [...new Map(words.map((word) => [word.text, word])).values()];
}

function textsOf(pieces: readonly Piece[]): readonly string[] {
  return pieces.map((piece) => piece.text);
}

function joinedText(pieces: readonly Piece[]): string {
  return textsOf(pieces).join('').slice(0, longestWord);
}

function typedTexts(pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((piece) => (piece.isUnit ? [] : [piece.strength ?? piece.text]));
}

function chunksOf(pieces: readonly Piece[]): readonly Chunk[] {
  return grouped(pieces, isJoined);
}

function isJoined({ gap }: Piece): boolean {
  return gap === '';
}

function hyphenatedIn(chunks: readonly Chunk[]): readonly (readonly Chunk[])[] {
  return grouped(chunks, isAfterHyphen);
}

function isAfterHyphen([first]: Chunk): boolean {
  return first?.gap === '-';
}

function grouped<Item>(
  items: readonly Item[],
  goesOn: (item: Item) => boolean,
): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last && goesOn(item)) last.push(item);
    else groups.push([item]);
  }
  return groups;
}

function joinedByHyphens(chunks: readonly Chunk[], length: number): readonly string[] {
  if (chunks.length < length || length < 2 || !chunks.slice(1).every(isAfterHyphen)) return [];
  const joined = joinedText(chunks.flat());
  const isWord = !isNumber(joined) && !joined.includes('.') && joined.length <= longestJoined;
  return isWord ? [joined] : [];
}

/** Whether a chunk consists of letters followed by digits: `B12`, but not `5mg`. */
function isCode(chunk: Chunk): boolean {
  const [first] = chunk;
  return (
    first !== undefined &&
    chunk.length > 1 &&
    !isNumber(first.text) &&
    !chunk.some(({ text }) => text.includes('.'))
  );
}

/**
 * Whether a code may also be written with blanks, as vitamin B 12 or interferon alfa 2b. An ATC code is never written
 * so.
 */
function hasParts([first, ...others]: Chunk): boolean {
  return first !== undefined && (others.length === 1 || (others.length === 2 && first.text.length > 2));
}

function piecesIn(text: string): readonly Piece[] {
  const folded = foldNumbers(foldLetters(text));
  const pieces: Piece[] = [];
  let end: number | undefined;
  for (const { 0: found, index } of folded.matchAll(/\p{L}+|\d+(?:[.,]\d+)*/gu)) {
    const gap = end === undefined ? undefined : folded.slice(end, index);
    pieces.push({
      text: isNumber(found)
        ? foldDecimals(found.slice(0, longestWord))
        : unitOrName(found.slice(0, longestWord)),
      gap,
    });
    end = index + found.length;
  }
  return withStrengths(pieces);
}

/** Units of strengths and contents, as names in the languages of Europe write them. */
const units: ReadonlySet<string> = new Set(
  'KG G MG MCG NG L DL CL ML MCL MOL MMOL MCMOL MEQ IU U MIU KBQ MBQ GBQ KJ KCAL CM MM PPM'.split(' '),
);
const unitNames: readonly (readonly [RegExp, string])[] = [
  [/^(IE|UI)$/, 'IU'],
  [/^(MI[CK]ROGRAM|МКГ$)/, 'MCG'],
  [/^(MILL?IGRAM|МГ$)/, 'MG'],
  [/^(GRAM(S|M|ME|MES)?|Г)$/, 'G'],
  [/^(MILL?ILIT|МЛ$)/, 'ML'],
];

function unitOf(word: string): string | undefined {
  return units.has(word) ? word : unitNames.find(([names]) => names.test(word))?.[1];
}

/** Adds units to numbers. In `5/160 mg`, both numbers get the unit. */
function withStrengths(pieces: readonly Piece[]): readonly Piece[] {
  const inCodes = new Set(grouped(pieces, isJoined).filter(isCode).flat());
  const told: Piece[] = [];
  let unit: string | undefined;
  for (const [at, piece] of [...pieces.entries()].toReversed()) {
    const next = pieces[at + 1];
    const gap = next?.gap ?? '';
    const own = next && /^[ -]?$/.test(gap) ? unitOf(next.text) : undefined;
    const isInRow = next !== undefined && isNumber(next.text) && /^ ?[/+] ?$/.test(gap);
    unit = own ?? (isInRow ? unit : undefined);
    const isStrength = unit !== undefined && isNumber(piece.text) && !inCodes.has(piece);
    if (isStrength && own !== undefined) told.push({ ...(told.pop() ?? piece), isUnit: true });
    told.push(isStrength ? { ...piece, strength: `${piece.text}${unit}` } : piece);
    if (!isNumber(piece.text)) unit = undefined;
  }
  return told.toReversed();
}

/** Letters that Unicode does not decompose, in addition to those that `foldWord` replaces. */
const moreLetters: Readonly<Record<string, string>> = { Ħ: 'H', Ŧ: 'T', Ŋ: 'NG', ẞ: 'SS' };

const quarters: Readonly<Record<string, string>> = { '¼': '.25', '½': '.5', '¾': '.75' };

/**
 * Folds letters. The micro sign, and the Greek letter that some keyboards type for it, are replaced first, because
 * folding them as letters would turn micrograms into milligrams. Characters without width are removed, because a soft
 * hyphen may be inside a word.
 */
function foldLetters(text: string): string {
  const plain = text
    .replaceAll(
      /(?<!\d)(\d*)\s?([¼½¾])/g,
      (_, whole: string, part: string) => `${whole || '0'}${quarters[part] ?? ''} `,
    )
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/(?<!\p{L})[µμ](?=[A-Z]{1,3}(?!\p{L}))/giu, 'mc');
  return foldWord(plain)
    .replaceAll(/[ĦŦŊẞ]/g, (letter) => moreLetters[letter] ?? letter)
    .replaceAll(/'S(?![\p{L}\d])/gu, 'S');
}

function unitOrName(letters: string): string {
  return letters === 'UG' ? 'MCG' : greekLetterName(letters);
}

/**
 * Joins grouped thousands, such as `10 000` and `1.000`, into one number. Converts `.5` to `0.5`, so that it is not
 * read as 5.
 */
function foldNumbers(text: string): string {
  return text
    .replaceAll(/(?<![\p{L}\d.,])[1-9]\d{0,2}(?:[ '.,]000)+(?!\d)/gu, (number) =>
      number.replaceAll(/[ '.,]/g, ''),
    )
    .replaceAll(/(?<![\p{L}\d.,])[.,](?=\d)/gu, '0.');
}

/**
 * Converts decimals: `2,50` to 2.5, and `5.0` to 5. A number that ends with three digits is not changed: `2.500`
 * means two and a half in some countries, and thousands in others.
 */
function foldDecimals(number: string): string {
  const [whole = '', decimals, ...more] = number.split(/[.,]/);
  if (decimals === undefined) return number;
  const mayBeThousands = decimals.length === 3 && !whole.startsWith('0');
  if (more.length > 0 || mayBeThousands) return number.replaceAll(',', '.');
  const told = decimals.replace(/0+$/, '');
  return told === '' ? whole : `${whole}.${told}`;
}
