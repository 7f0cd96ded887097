/**
 * The texts of all suggestions in alphabetical order, and which of them have a word: tens of thousands of words and
 * hundreds of thousands of places, packed. What begins with a text stands in one row of it.
 */
import { foldWord } from '../../terms/fold.js';
import { eachInTurn } from '../turns.js';
import { compareTexts } from '../words/form-table.js';
import type { TokenReading } from '../words/interpret.js';
import { wordsIn } from '../words/tokens.js';
import { suggestionKinds } from './suggestion.js';
import type { Entry } from './entry.js';

export interface TextTable {
  readonly entries: readonly Entry[];
  /**
   * Acts on the place of each text that has all words. A name is left out where its brand has them all as well.
   * `cost`: steps from what was typed to the words of the text, but for those of a correction. `choice` tells texts apart
   * that are found by different words for one that was misspelt; the first of them has the least.
   */
  eachWith(tokens: readonly TokenReading[], act: (place: number, cost: number, choice: number) => void): void;
  /** The texts that begin with a folded one: from one place up to before another; those that are it come first. */
  beginningWith(folded: string): { readonly from: number; readonly exactTo: number; readonly to: number };
}

export async function createTextTable(all: readonly Entry[]): Promise<TextTable> {
  const keyed = all.map((entry) => ({ entry, folded: foldWord(entry.text) }));
  keyed.sort(
    (one, other) => compareTexts(one.folded, other.folded) || compareEntries(one.entry, other.entry),
  );
  const entries = keyed.map(({ entry }) => entry);
  const brands = brandPlaces(entries);
  const words = await placesByWord(entries);

  function firstWhere(isBehind: (folded: string) => boolean, from = 0): number {
    let [low, high] = [from, entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBehind(foldWord(entries[middle]?.text ?? ''))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    entries,
    eachWith(tokens, act) {
      const size = entries.length;
      const [met, costs, choices] = [new Uint8Array(size), new Uint8Array(size), new Uint16Array(size)];
      for (const [step, { kind, words: read }] of tokens.entries())
        for (const [choice, { word, distance }] of read.entries())
          for (const place of words(word)) {
            // By the best of its words: these come first.
            if (met[place] !== step) continue;
            met[place] = step + 1;
            if (kind === 'corrected') choices[place] = (choices[place] ?? 0) * 31 + choice;
            else costs[place] = (costs[place] ?? 0) + distance;
          }
      for (let place = 0; place < size; place += 1) {
        const brand = brands[place] ?? none;
        const isFolded = brand !== none && met[brand] === tokens.length;
        if (met[place] === tokens.length && !isFolded) act(place, costs[place] ?? 0, choices[place] ?? 0);
      }
    },
    beginningWith(folded) {
      const from = firstWhere((text) => text >= folded);
      const exactTo = firstWhere((text) => text > folded, from);
      return { from, exactTo, to: firstWhere((text) => text > folded && !text.startsWith(folded), exactTo) };
    },
  };
}

const none = -1;

function compareEntries(one: Entry, other: Entry): number {
  return (
    suggestionKinds.indexOf(one.kind) - suggestionKinds.indexOf(other.kind) ||
    compareTexts(one.text, other.text) ||
    compareTexts(JSON.stringify(one.thing), JSON.stringify(other.thing))
  );
}

function brandPlaces(entries: readonly Entry[]): Int32Array {
  const brands = new Set(entries.flatMap(({ brand }) => brand ?? []));
  const places = new Map(entries.flatMap((entry, place) => (brands.has(entry) ? [[entry, place]] : [])));
  return Int32Array.from(entries, ({ brand }) => (brand && places.get(brand)) ?? none);
}

/** Where each word stands. */
async function placesByWord(entries: readonly Entry[]): Promise<(word: string) => Uint32Array> {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  // The words of each text, one after the other, and where those of the next begin.
  const said: number[] = [];
  const ends: number[] = [];
  await eachInTurn(entries, ({ text }) => {
    for (const word of wordsIn(text)) {
      const number = numbers.get(word) ?? numbers.size;
      if (number === numbers.size) numbers.set(word, number);
      counts[number] = (counts[number] ?? 0) + 1;
      said.push(number);
    }
    ends.push(said.length);
  });
  const starts = new Uint32Array(counts.length + 1);
  counts.forEach((count, number) => (starts[number + 1] = (starts[number] ?? 0) + count));
  const next = starts.slice();
  const places = new Uint32Array(said.length);
  let at = 0;
  for (const [place, end] of ends.entries())
    for (; at < end; at += 1) {
      const number = said[at] ?? 0;
      const slot = next[number] ?? 0;
      places[slot] = place;
      next[number] = slot + 1;
    }
  return (word) => {
    const number = numbers.get(word);
    return number === undefined ? places.subarray(0, 0) : places.subarray(starts[number], starts[number + 1]);
  };
}
