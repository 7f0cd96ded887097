/** Misspelt words, and a plain implementation of the edit distance. */

export type Random = () => number;

/**
 * Returns the word with one edit at a random place, including the first letter: a letter is changed, added, left out, or
 * swapped with its neighbour.
 */
export function withEdit(word: string, random: Random): string {
  const at = Math.floor(random() * word.length);
  const kind = Math.floor(random() * 4);
  if (kind === 0) return word.slice(0, at) + letterFor(word, random) + word.slice(at + 1);
  if (kind === 1) {
    const before = Math.floor(random() * (word.length + 1));
    return word.slice(0, before) + letterFor(word, random) + word.slice(before);
  }
  if (kind === 2) return word.slice(0, at) + word.slice(at + 1);
  const first = Math.floor(random() * (word.length - 1));
  return word.slice(0, first) + (word[first + 1] ?? '') + (word[first] ?? '') + word.slice(first + 2);
}

const latin = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function letterFor(word: string, random: Random): string {
  const alphabet = /^[A-Z]*$/.test(word) ? latin : word;
  return alphabet[Math.floor(random() * alphabet.length)] ?? '';
}

const sounds: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/C/g, () => 'K'],
  [/K/g, () => 'C'],
  [/I/g, () => 'Y'],
  [/Y/g, () => 'I'],
  [/PH/g, () => 'F'],
  [/F/g, () => 'PH'],
  [/INE$/g, () => 'IN'],
  [/IN$/g, () => 'INE'],
  [/(.)\1/g, (found) => found.slice(1)],
  [/[LMNPRST]/g, (found) => found + found],
];

/** Returns another spelling of the same sound, at a random place; undefined if the word has no such place. */
export function withSpelling(word: string, random: Random): string | undefined {
  const places = sounds.flatMap(([letters, spell]) =>
    [...word.matchAll(letters)].map(
      ({ 0: found, index }) => word.slice(0, index) + spell(found) + word.slice(index + found.length),
    ),
  );
  return places[Math.floor(random() * places.length)];
}

/** Optimal string alignment over whole matrices, with `PH` for `F` as one edit. */
export function plainDistance(one: string, other: string): number {
  const rows = Array.from({ length: one.length + 1 }, (_, i) =>
    Array.from({ length: other.length + 1 }, (_unused, j) => (i === 0 ? j : i)),
  );
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= one.length; i += 1) {
    for (let j = 1; j <= other.length; j += 1) {
      const [a, b] = [one.slice(0, i), other.slice(0, j)];
      const ways = [
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (a.at(-1) === b.at(-1) ? 0 : 1),
        i > 1 && j > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1) ? at(i - 2, j - 2) + 1 : undefined,
        a.endsWith('PH') && b.endsWith('F') ? at(i - 2, j - 1) + 1 : undefined,
        a.endsWith('F') && b.endsWith('PH') ? at(i - 1, j - 2) + 1 : undefined,
      ];
      const row = rows[i];
      if (row) row[j] = Math.min(...ways.filter((way) => way !== undefined));
    }
  }
  return at(one.length, other.length);
}
