/**
 * Encodes and decodes the file of a part: NDJSON compressed with gzip. The first line contains the codes, and each
 * further line one term. The decompressed bytes stay in memory. A term is parsed from its line on demand.
 */
import { gunzipSync } from 'node:zlib';
import type { Term } from '../source.js';

type Line = readonly [
  texts: Readonly<Record<string, string>>,
  otherNames?: readonly string[] | 0,
  successor?: string | 0,
  parent?: string | 0,
  atc?: string | 0,
];

export interface ReadablePart {
  readonly codes: readonly string[];
  /**
   * Returns a term by its code; undefined if it is not in the part.
   * @throws SyntaxError or TypeError if the line of the term is damaged
   */
  term(code: string): Term | undefined;
}

export function encodePart(terms: readonly Term[]): string {
  return [JSON.stringify(terms.map(({ code }) => code)), ...terms.map(lineOf), ''].join('\n');
}

function lineOf({ texts, otherNames, successor, parent, atc }: Term): string {
  const line: unknown[] = [
    Object.fromEntries(texts),
    otherNames.length > 0 ? otherNames : 0,
    successor ?? 0,
    parent ?? 0,
    atc ?? 0,
  ];
  while (line.at(-1) === 0) line.pop();
  return JSON.stringify(line);
}

/**
 * Decodes the file of a part.
 * @throws an error of zlib, a SyntaxError or a RangeError if the file is damaged
 */
export function decodePart(file: Buffer): ReadablePart {
  const lines = gunzipSync(file);
  const ends = endsOf(lines);
  const textOf = (index: number): string =>
    lines.toString('utf8', index === 0 ? 0 : (ends[index - 1] ?? 0) + 1, ends[index]);
  const codes = JSON.parse(textOf(0)) as readonly string[];
  if (!Array.isArray(codes) || codes.length !== ends.length - 1)
    throw new RangeError('The number of lines differs from the number of codes.');
  const indexes = new Map(codes.map((code, index) => [code, index + 1]));
  return {
    codes,
    term(code) {
      const index = indexes.get(code);
      return index === undefined ? undefined : termOf(code, JSON.parse(textOf(index)) as Line);
    },
  };
}

function termOf(code: string, [texts, otherNames, successor, parent, atc]: Line): Term {
  return {
    code,
    texts: new Map(Object.entries(texts)),
    otherNames: otherNames || [],
    successor: successor || undefined,
    atc: atc || undefined,
    parent: parent || undefined,
  };
}

/** Returns the positions of all line ends. */
function endsOf(lines: Buffer): readonly number[] {
  const ends: number[] = [];
  for (let at = lines.indexOf(0x0a); at >= 0; at = lines.indexOf(0x0a, at + 1)) ends.push(at);
  return ends;
}
