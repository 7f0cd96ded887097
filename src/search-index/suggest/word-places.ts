/**
 * Finds the texts of a list by their words. The positions of tens of thousands of words, millions in total, are
 * stored compactly in arrays.
 */
import { eachInTurn } from '../turns.js';
import { wordsIn } from '../words/tokens.js';

/** Returns the positions in the list of the texts that contain a word, in ascending order. */
export type WordPlaces = (word: string) => Uint32Array;

export async function createWordPlaces(texts: Iterable<string>): Promise<WordPlaces> {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  // The words of all texts, one after the other, and the position where each text ends.
  const said: number[] = [];
  const ends: number[] = [];
  await eachInTurn(texts, (text) => {
    for (const word of wordsIn(text)) {
      const number = numbers.get(word) ?? numbers.size;
      if (number === numbers.size) numbers.set(word, number);
      counts[number] = (counts[number] ?? 0) + 1;
      said.push(number);
    }
    ends.push(said.length);
  });
  const starts = new Uint32Array(counts.length + 1);
  counts.forEach((count, number) => {
    starts[number + 1] = (starts[number] ?? 0) + count;
  });
  const next = starts.slice();
  const places = new Uint32Array(said.length);
  let at = 0;
  for (const [place, end] of ends.entries())
    for (; at < end; at += 1) {
      const slot = next[said[at] ?? 0] ?? 0;
      places[slot] = place;
      next[said[at] ?? 0] = slot + 1;
    }
  return (word) => {
    const number = numbers.get(word);
    return number === undefined ? places.subarray(0, 0) : places.subarray(starts[number], starts[number + 1]);
  };
}
