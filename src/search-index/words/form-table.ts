/**
 * Stores the forms (spellings) of tens of thousands of words in alphabetical order. All letters are in one array.
 * There is no object for each form.
 */
import type { Letters } from './distance.js';

/** A spelling of a word. A Greek or Cyrillic word also has forms in Latin letters. */
export interface Form {
  readonly text: string;
  /** The number of the word in the vocabulary. */
  readonly word: number;
}

export interface FormTable {
  readonly size: number;
  /** The size of the arrays in bytes. */
  readonly bytes: number;
  wordOf(form: number): number;
  textOf(form: number): string;
  lettersOf(form: number): Letters;
  lengthOf(form: number): number;
  /** Returns the range of forms that begin with a text. Forms that equal it come first. */
  beginningWith(text: string): readonly [from: number, to: number];
}

export function createFormTable(forms: readonly Form[]): FormTable {
  const sorted = forms.toSorted((one, other) => compareTexts(one.text, other.text) || one.word - other.word);
  const size = sorted.length;
  const starts = new Uint32Array(size + 1);
  sorted.forEach(({ text }, at) => {
    starts[at + 1] = (starts[at] ?? 0) + text.length;
  });
  const letters = new Uint16Array(starts[size] ?? 0);
  sorted.forEach(({ text }, form) => {
    const start = starts[form] ?? 0;
    for (let at = 0; at < text.length; at += 1) letters[start + at] = text.charCodeAt(at);
  });
  const words = Uint32Array.from(sorted, ({ word }) => word);
  const startOf = (form: number): number => starts[form] ?? 0;

  /**
   * Returns 0 if the form begins with the text, a number below 0 if it comes before such forms, and a number above 0
   * if it comes after them.
   */
  function compare(form: number, text: string): number {
    const [start, end] = [startOf(form), startOf(form + 1)];
    for (let at = 0; at < text.length; at += 1) {
      if (start + at >= end) return -1;
      const difference = (letters[start + at] ?? 0) - text.charCodeAt(at);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  function firstWhere(isBehind: (form: number) => boolean): number {
    let [low, high] = [0, size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBehind(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    size,
    bytes: starts.byteLength + letters.byteLength + words.byteLength,
    wordOf: (form) => words[form] ?? 0,
    textOf: (form) => String.fromCharCode(...letters.subarray(startOf(form), startOf(form + 1))),
    lettersOf: (form) => ({ letters, start: startOf(form), end: startOf(form + 1) }),
    lengthOf: (form) => startOf(form + 1) - startOf(form),
    beginningWith: (text) => [
      firstWhere((form) => compare(form, text) >= 0),
      firstWhere((form) => compare(form, text) > 0),
    ],
  };
}

/** Compares by code units, which gives the same order on every machine. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
