/**
 * The texts of all suggestions in alphabetical order, and a search for texts that contain all words of a typed text.
 */
import { foldWord } from '../../terms/fold.js';
import { compareTexts } from '../words/form-table.js';
import type { TokenReading } from '../words/interpret.js';
import type { Entry } from './entry.js';
import { suggestionKinds } from './suggestion.js';
import { createWordPlaces, type WordPlaces } from './word-places.js';

/** The position that stands for no ending, for a name without an ending. */
export const none = -1;

export interface Taker {
  /**
   * Receives a text that was found: the position of its entry, and the position of the name's ending, or `none`.
   * @param cost the number of edits between the typed words and the words of the text; corrected words are not
   * counted
   * @param choice a number for the choice of corrections that found the text; the best choice has the lowest number
   */
  take(place: number, tail: number, cost: number, choice: number): void;
  /**
   * Whether longer names that begin with an entry can still be among the best. If not, they are skipped, because
   * there are very many.
   */
  wantsNames(place: number): boolean;
}

export interface TextTable {
  readonly entries: readonly Entry[];
  /**
   * The number of products of each entry. They are in one array, because the entries themselves are spread over
   * memory.
   */
  readonly products: Uint32Array;
  /** 1 for each entry that is a product. */
  readonly areProducts: Uint8Array;
  textOf(place: number, tail: number): string;
  /**
   * Calls `taker` for each text that contains all words. A name is left out if its shorter entry contains all words
   * too. Positions come in ascending order, and so do the endings for each position.
   */
  eachWith(tokens: readonly TokenReading[], taker: Taker): void;
  /** Returns the range of entries that begin with a folded text. Entries that equal it come first. */
  beginningWith(folded: string): { readonly from: number; readonly exactTo: number; readonly to: number };
}

export async function createTextTable(all: readonly Entry[], tails: readonly string[]): Promise<TextTable> {
  const entries = sorted(all);
  const brands = brandPlaces(entries);
  const goOn = Uint8Array.from(entries, (entry) => (entry.tails.length > 0 ? 1 : 0));
  const words = await createWordPlaces(mapped(entries, ({ text }) => text));
  const tailWords = await createWordPlaces(tails);

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
    products: Uint32Array.from(entries, (entry) => entry.products),
    areProducts: Uint8Array.from(entries, ({ kind }) => (kind === 'PRODUCT' ? 1 : 0)),
    textOf: (place, tail) => (entries[place]?.text ?? '') + (tails[tail] ?? ''),
    eachWith(tokens, taker) {
      const whole = 2 ** tokens.length - 1;
      const own = havingWords(tokens, words, entries.length);
      const following = havingWords(tokens, tailWords, tails.length);
      const any = following.met.reduce((sum, each) => sum | each, 0);
      for (let place = 0; place < own.met.length; place += 1) {
        const met = own.met[place] ?? 0;
        if ((met | any) !== whole) continue;
        const brand = brands[place] ?? none;
        if (brand !== none && own.met[brand] === whole) continue;
        if (met === whole) taker.take(place, none, own.costs[place] ?? 0, own.choices[place] ?? 0);
        else if (goOn[place] === 1 && taker.wantsNames(place)) takeNames(place, own, following, taker);
      }

      function takeNames(at: number, { met, costs, choices }: Having, after: Having, { take }: Taker): void {
        for (const tail of entries[at]?.tails ?? [])
          if (((met[at] ?? 0) | (after.met[tail] ?? 0)) === whole)
            take(
              at,
              tail,
              (costs[at] ?? 0) + (after.costs[tail] ?? 0),
              (choices[at] ?? 0) + (after.choices[tail] ?? 0),
            );
      }
    },
    beginningWith(folded) {
      const from = firstWhere((text) => text >= folded);
      const exactTo = firstWhere((text) => text > folded, from);
      return { from, exactTo, to: firstWhere((text) => !text.startsWith(folded), exactTo) };
    },
  };
}

interface Having {
  /** For each text, one bit for each typed word that the text contains. */
  readonly met: Uint32Array;
  readonly costs: Uint8Array;
  readonly choices: Uint16Array;
}

function havingWords(tokens: readonly TokenReading[], words: WordPlaces, size: number): Having {
  const [met, costs, choices] = [new Uint32Array(size), new Uint8Array(size), new Uint16Array(size)];
  for (const [step, { kind, words: read }] of tokens.entries()) {
    const bit = 2 ** step;
    for (const [choice, { word, distance }] of read.entries())
      for (const place of words(word)) {
        const before = met[place] ?? 0;
        // The words are sorted, the best first, so only the first match counts.
        if ((before & bit) !== 0) continue;
        met[place] = before | bit;
        if (kind === 'corrected') choices[place] = (choices[place] ?? 0) * 31 + choice;
        else if (distance > 0) costs[place] = (costs[place] ?? 0) + distance;
      }
  }
  return { met, costs, choices };
}

function sorted(all: readonly Entry[]): readonly Entry[] {
  const keyed = all.map((entry) => ({ entry, folded: foldWord(entry.text) }));
  keyed.sort(
    (one, other) => compareTexts(one.folded, other.folded) || compareEntries(one.entry, other.entry),
  );
  return keyed.map(({ entry }) => entry);
}

function compareEntries(one: Entry, other: Entry): number {
  return (
    suggestionKinds.indexOf(one.kind) - suggestionKinds.indexOf(other.kind) ||
    compareTexts(one.text, other.text) ||
    compareTexts(JSON.stringify(one.thing ?? null), JSON.stringify(other.thing ?? null))
  );
}

function brandPlaces(entries: readonly Entry[]): Int32Array {
  const places = new Map<Entry, number>();
  for (const { brand } of entries) if (brand) places.set(brand, none);
  for (const [place, entry] of entries.entries()) if (places.has(entry)) places.set(entry, place);
  return Int32Array.from(entries, ({ brand }) => (brand ? (places.get(brand) ?? none) : none));
}

function* mapped<Item, Made>(items: Iterable<Item>, make: (item: Item) => Made): Generator<Made> {
  for (const item of items) yield make(item);
}
