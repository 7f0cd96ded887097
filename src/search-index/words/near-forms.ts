/**
 * Finds all forms (spellings) that are similar to a misspelt word. For each form, two sets of bits state which
 * letters it contains, and which it contains twice. An edit changes at most two bits, so a form that differs in more
 * bits is skipped. Trigrams, the usual method, would need more memory and miss some forms: two swaps in a word of
 * five letters change all its trigrams.
 */
import { createComparison, lettersOf, type Difference, type Letters } from './distance.js';
import type { FormTable } from './form-table.js';

export interface NearForm extends Difference {
  readonly form: number;
}

export interface NearForms {
  readonly bytes: number;
  /** Returns the forms within `most` edits of a text, by length, and in alphabetical order for each length. */
  near(text: string, most: number): readonly NearForm[];
  /** Returns the number of forms that must be compared after the test of bits. It is used for measurements. */
  compared(text: string, most: number): number;
}

export function createNearForms(table: FormTable): NearForms {
  // Words with digits are left out, because a number or a code is never a misspelt form of another one.
  const forms = Uint32Array.from(
    [...Array(table.size).keys()].filter((form) => !hasDigit(table.lettersOf(form))),
  ).sort((one, other) => table.lengthOf(one) - table.lengthOf(other) || one - other);
  const once = new Uint32Array(forms.length);
  const twice = new Uint32Array(forms.length);
  forms.forEach((form, at) => {
    [once[at], twice[at]] = bitsOf(table.lettersOf(form));
  });
  const longest = table.size === 0 || forms.length === 0 ? 0 : table.lengthOf(forms.at(-1) ?? 0);
  const starts = startsOf(forms, longest, (form) => table.lengthOf(form));

  function* candidates(text: string, most: number): Generator<number> {
    const [ownOnce, ownTwice] = bitsOf(lettersOf(text));
    for (
      let length = Math.max(1, text.length - most);
      length <= Math.min(longest, text.length + most);
      length += 1
    ) {
      // If one word is longer, each additional letter is an added letter, which changes only one bit.
      const bits = 2 * most - Math.abs(length - text.length);
      const end = starts[length + 1] ?? 0;
      for (let at = starts[length] ?? 0; at < end; at += 1) {
        const differing = ones((once[at] ?? 0) ^ ownOnce) + ones((twice[at] ?? 0) ^ ownTwice);
        if (differing <= bits) yield forms[at] ?? 0;
      }
    }
  }

  return {
    bytes: forms.byteLength + once.byteLength + twice.byteLength + starts.byteLength,
    near(text, most) {
      const compare = createComparison(text, most);
      const found: NearForm[] = [];
      for (const form of candidates(text, most)) {
        const difference = compare(table.lettersOf(form));
        if (difference) found.push({ form, ...difference });
      }
      return found;
    },
    compared: (text, most) => [...candidates(text, most)].length,
  };
}

/** Returns, for each length, the position of the first form of that length. */
function startsOf(forms: Uint32Array, longest: number, lengthOf: (form: number) => number): Uint32Array {
  const starts = new Uint32Array(longest + 2);
  for (const form of forms) {
    const next = lengthOf(form) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let length = 1; length < starts.length; length += 1)
    starts[length] = (starts[length] ?? 0) + (starts[length - 1] ?? 0);
  return starts;
}

function hasDigit({ letters, start, end }: Letters): boolean {
  for (let at = start; at < end; at += 1) {
    const letter = letters[at] ?? 0;
    if (letter >= 48 && letter <= 57) return true;
  }
  return false;
}

function bitsOf({ letters, start, end }: Letters): [once: number, twice: number] {
  let [once, twice] = [0, 0];
  for (let at = start; at < end; at += 1) {
    const bit = bitFor(letters[at] ?? 0);
    twice |= once & bit;
    once |= bit;
  }
  return [once >>> 0, twice >>> 0];
}

const [A, F, P, Z] = ['A', 'F', 'P', 'Z'].map((letter) => letter.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];

// Writing `PH` for `F` is one edit, so it must change at most two bits. So P has the same bit as F, and the H is an
// added letter.
function bitFor(letter: number): number {
  if (letter === P) return 1 << (F - A);
  // Letters that are not Latin share bits. So more forms are compared, but none is missed.
  return 1 << (letter >= A && letter <= Z ? letter - A : letter % 32);
}

/** Returns the number of set bits. */
function ones(bits: number): number {
  let left = bits - ((bits >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
