/**
 * Computes the distance between two words. A letter that is changed, added or left out, or two swapped neighbours, is
 * one edit (optimal string alignment). This is implemented here, because no maintained package distinguishes swaps,
 * spellings and edits: `leven` counts a swap as two edits.
 */

/** A word within an array that contains the letters of many words. */
export interface Letters {
  readonly letters: Uint16Array;
  readonly start: number;
  readonly end: number;
}

export interface Difference {
  /** The number of edits. `ph` for `f` counts as one edit. */
  readonly distance: number;
  /**
   * A more exact distance, used only for ranking. Letters that sound the same (c and k, i and y, ph and f, double
   * letters, -in and -ine) count as half an edit. Any other edit counts a little less or more than one, depending on
   * how frequent the mistake is.
   */
  readonly weight: number;
}

/**
 * Returns the maximum number of edits for a typed word of this length. Short words may have fewer edits, because
 * short words are similar to each other.
 */
export function toleranceFor(length: number): number {
  if (length < 4) return 0;
  return length === 4 ? 1 : 2;
}

interface Prices {
  /** The cost of a changed or an extra letter. */
  readonly edit: number;
  /** The cost of two swapped letters, or of a missing letter. */
  readonly slip: number;
  /** The cost of another spelling of the same sound. */
  readonly spelling: number;
  /** The additional cost if the edit is at the first letter. */
  readonly first: number;
}

const asEdits: Prices = { edit: 1, slip: 1, spelling: 1, first: 0 };
/**
 * Costs in tenths of an edit. If one letter is changed, many words match by chance. If letters are swapped or
 * missing, few words match, so the match is probably the intended word. The first letter costs more, because users
 * type it correctly nine times out of ten.
 */
const asWeight: Prices = { edit: 10, slip: 8, spelling: 5, first: 2 };

/**
 * Returns a function that compares words with a typed word. Its result is undefined for words that are more than
 * `most` edits away.
 */
export function createComparison(typed: string, most: number): (word: Letters) => Difference | undefined {
  const own = lettersOf(typed);
  const rows = [0, 1, 2].map(() => new Uint16Array(typed.length + 1));
  return (word) => {
    if (Math.abs(word.end - word.start - typed.length) > most) return undefined;
    const distance = costOf(own, word, rows, asEdits, most);
    if (distance > most) return undefined;
    return {
      distance,
      weight: costOf(own, word, rows, asWeight, Number.POSITIVE_INFINITY) / asWeight.edit,
    };
  };
}

export function lettersOf(word: string): Letters {
  const letters = new Uint16Array(word.length);
  for (let at = 0; at < word.length; at += 1) letters[at] = word.charCodeAt(at);
  return { letters, start: 0, end: word.length };
}

const [C, E, F, H, I, K, N, P, Y] = [...'CEFHIKNPY'].map((letter) => letter.charCodeAt(0));

/**
 * Returns the lowest cost of changing one word into the other; if the cost is higher than `most`, any number above
 * `most`.
 */
function costOf(
  typed: Letters,
  word: Letters,
  rows: readonly Uint16Array[],
  prices: Prices,
  most: number,
): number {
  const [a, b] = [typed.letters, word.letters];
  const [from, width, height] = [word.start, typed.end, word.end - word.start];
  let [before, above, row] = rows as [Uint16Array, Uint16Array, Uint16Array];
  row[0] = 0;
  for (let i = 1; i <= width; i += 1)
    row[i] = (row[i - 1] ?? 0) + priceOfLetter(typed, i - 1, prices, prices.edit);
  for (let j = 1; j <= height; j += 1) {
    [before, above, row] = [above, row, before];
    const at = from + j - 1;
    const left = b[at];
    const price = priceOfLetter(word, at, prices, prices.slip);
    row[0] = (above[0] ?? 0) + price;
    let least = row[0];
    for (let i = 1; i <= width; i += 1) {
      const letter = a[i - 1];
      let cost =
        (above[i - 1] ?? 0) + (letter === left ? 0 : priceOfChange(letter, left, prices, i === 1 && j === 1));
      cost = Math.min(cost, (above[i] ?? 0) + price);
      cost = Math.min(cost, (row[i - 1] ?? 0) + priceOfLetter(typed, i - 1, prices, prices.edit));
      if (i > 1 && letter === b[at - 1] && a[i - 2] === left && j > 1)
        cost = Math.min(cost, (before[i - 2] ?? 0) + prices.slip);
      if (letter === F && j > 1 && left === H && b[at - 1] === P)
        cost = Math.min(cost, (before[i - 1] ?? 0) + prices.spelling);
      if (left === F && i > 1 && letter === H && a[i - 2] === P)
        cost = Math.min(cost, (above[i - 2] ?? 0) + prices.spelling);
      row[i] = cost;
      if (cost < least) least = cost;
    }
    // Later rows never cost less. A swap reaches back two rows, but does not cost less than a letter in the row
    // between.
    if (least > most) return least;
  }
  return row[width] ?? 0;
}

/** Returns the cost of a letter that only one of the words has. */
function priceOfLetter({ letters, start, end }: Letters, at: number, prices: Prices, price: number): number {
  const letter = letters[at];
  const before = at > start ? letters[at - 1] : undefined;
  if (letter === before || (at + 1 < end && letter === letters[at + 1])) return prices.spelling;
  const isFinalE = letter === E && at === end - 1 && before === N && at - 2 >= start && letters[at - 2] === I;
  if (isFinalE) return prices.spelling;
  return at === start ? price + prices.first : price;
}

function priceOfChange(
  one: number | undefined,
  other: number | undefined,
  prices: Prices,
  isFirst: boolean,
): number {
  const isSameSound =
    (one === C && other === K) ||
    (one === K && other === C) ||
    (one === I && other === Y) ||
    (one === Y && other === I);
  if (isSameSound) return prices.spelling;
  return isFirst ? prices.edit + prices.first : prices.edit;
}
