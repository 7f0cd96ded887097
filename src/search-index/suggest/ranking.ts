/**
 * Ranks suggestions. Texts that equal the typed text come first, then texts that begin with it, then texts that
 * contain its words. Within each of these ranks, the kinds of suggestions alternate, so that no kind fills the list.
 * Within a kind, texts of more products come first. If a misspelt word is equally similar to several known words,
 * suggestions for these words alternate, so that none is left out.
 */
import { foldWord } from '../../terms/fold.js';
import { latinForms } from '../words/latin.js';
import type { Entry, Thing } from './entry.js';
import { suggestionKinds, type SuggestionKind } from './suggestion.js';
import { none, type Taker, type TextTable } from './text-table.js';

/**
 * How a text matches the typed text: it equals it, begins with it, contains its words, or contains its words as parts
 * of words.
 */
export const standings = { exact: 0, begins: 1, words: 2, parts: 3 } as const;
export type Standing = (typeof standings)[keyof typeof standings];

/** The properties of a suggestion that are used for ranking. */
export interface Ranked {
  readonly kind: SuggestionKind;
  readonly standing: Standing;
  readonly products: number;
}

/** Suggestions of one rank and kind, the best ones first. */
type Row<Item> = readonly Item[];

export interface Standings {
  of(place: number, tail: number, cost: number): Standing;
  /** Whether a name that begins with an entry, and continues, may begin with the typed text. */
  mayBegin(place: number): boolean;
}

/** Returns functions that compare texts with the typed text, and with its corrections. */
export function standingsBy(
  table: Pick<TextTable, 'beginningWith' | 'textOf'>,
  texts: readonly string[],
): Standings {
  const folded = [...new Set(texts.map(foldWord).flatMap((text) => [text, ...latinForms(text)]))];
  const rows = folded.map((text) => table.beginningWith(text)).filter(({ from, to }) => from < to);
  // The entries that the typed text begins with. A longer name with such a beginning may begin with the typed text.
  const stems = folded
    .flatMap((text) => [...text.matchAll(/\s/g)].map(({ index }) => text.slice(0, index)))
    .map((stem) => table.beginningWith(stem))
    .filter(({ from, exactTo }) => from < exactTo);
  const mayBegin = (place: number): boolean =>
    stems.some(({ from, exactTo }) => place >= from && place < exactTo);
  return {
    mayBegin,
    of(place, tail, cost) {
      const isWhole = tail === none;
      if (isWhole && rows.some(({ from, exactTo }) => place >= from && place < exactTo))
        return standings.exact;
      if (isWhole && rows.some(({ from, to }) => place >= from && place < to)) return standings.begins;
      if (isWhole || !mayBegin(place)) return otherwise(cost);
      const whole = foldWord(table.textOf(place, tail));
      if (folded.includes(whole)) return standings.exact;
      return folded.some((text) => whole.startsWith(text)) ? standings.begins : otherwise(cost);
    },
  };
}

function otherwise(cost: number): Standing {
  return cost > 0 ? standings.parts : standings.words;
}

/** A matching text, with its position in the table of texts. */
interface Found extends Ranked {
  readonly place: number;
  readonly tail: number;
  readonly entry: Entry;
}

export interface Collected extends Taker {
  /** Returns the best suggestions for each choice of corrected words, by rank and kind. */
  rows(): readonly (readonly Row<Found>[])[];
}

/**
 * Collects the `first` best texts of each kind. If there are hundreds of thousands of texts, most are skipped after
 * one comparison.
 */
export function createCollected(
  { entries, products, areProducts }: Pick<TextTable, 'entries' | 'products' | 'areProducts'>,
  standing: Standings,
  first: number,
): Collected {
  /** The rows for each choice of corrected words, by rank and kind. */
  const choices = new Map<number, readonly Few[]>();
  /** The best name for each thing. A thing is suggested only once. */
  const things = new Map<Thing, Found & { readonly choice: number }>();
  const best = rowsFor(0);
  const names = fewOf(best, standings.words, 'PRODUCT');

  function rowsFor(choice: number): readonly Few[] {
    const known = choices.get(choice);
    if (known) return known;
    const rows = Array.from({ length: rowsOfChoice }, (): Few => ({ row: [], least: -1 }));
    choices.set(choice, rows);
    return rows;
  }

  function keep(found: Found, few: Few): void {
    const at = few.row.findIndex((other) => compareFound(found, other) < 0);
    few.row.splice(at < 0 ? few.row.length : at, 0, found);
    if (few.row.length > first) few.row.pop();
    if (few.row.length === first) few.least = few.row.at(-1)?.products ?? 0;
  }

  function takeThing(found: Found, thing: Thing, choice: number): void {
    const other = things.get(thing);
    const isBetter =
      !other || choice < other.choice || (choice === other.choice && compareNames(found, other) < 0);
    if (isBetter) things.set(thing, { ...found, choice });
  }

  return {
    take(place, tail, cost, choice) {
      const which = standing.of(place, tail, cost);
      const rows = choice === 0 ? best : rowsFor(choice);
      // Positions come in ascending order. If texts have equally many products, the earlier one is kept.
      if (areProducts[place] === 1 && (products[place] ?? 0) <= fewOf(rows, which, 'PRODUCT').least) return;
      const entry = entries[place];
      if (!entry) return;
      const { kind, thing } = entry;
      const found: Found = { kind, standing: which, products: entry.products, place, tail, entry };
      if (thing) takeThing(found, thing, choice);
      else keep(found, fewOf(rows, which, kind));
    },
    wantsNames: (place) =>
      (products[place] ?? 0) > names.least || choices.size > 1 || standing.mayBegin(place),
    rows() {
      for (const { choice, ...found } of things.values())
        keep(found, fewOf(rowsFor(choice), found.standing, found.kind));
      things.clear();
      const sorted = [...choices].sort(([one], [other]) => one - other);
      return sorted
        .map(([, rows]) => rows.map(({ row }) => row))
        .filter((rows) => rows.some(({ length }) => length > 0));
    },
  };
}

/** The best suggestions of one rank and kind. */
interface Few {
  readonly row: Found[];
  /** The number of products of the last suggestion; -1 if the row is not full yet. */
  least: number;
}

function fewOf(rows: readonly Few[], standing: Standing, kind: SuggestionKind): Few {
  const few = rows[standing * suggestionKinds.length + suggestionKinds.indexOf(kind)];
  if (!few) throw new TypeError('A row of suggestions is missing.');
  return few;
}

const rowsOfChoice = Object.keys(standings).length * suggestionKinds.length;

function compareFound(one: Found, other: Found): number {
  return other.products - one.products || one.place - other.place || one.tail - other.tail;
}

function compareNames(one: Found, other: Found): number {
  return (
    one.standing - other.standing ||
    Number(one.entry.isOther) - Number(other.entry.isOther) ||
    one.place - other.place
  );
}

/** Merges rows, each with suggestions of one kind, into one ranked list. */
export function inOrder<Item extends Ranked>(rows: readonly Row<Item>[]): readonly Item[] {
  return Object.values(standings).flatMap((standing) =>
    takingTurns(
      rows.filter(([best]) => best?.standing === standing),
      compareTurns,
    ),
  );
}

/** Returns the first item of each row, then the second item of each row, and so on. */
export function takingTurns<Item>(
  rows: readonly Row<Item>[],
  compare: (one: Item, other: Item) => number = () => 0,
): readonly Item[] {
  const longest = Math.max(0, ...rows.map(({ length }) => length));
  return [...Array(longest).keys()].flatMap((turn) =>
    rows.flatMap((row) => row.slice(turn, turn + 1)).sort(compare),
  );
}

function compareTurns(one: Ranked, other: Ranked): number {
  return (
    other.products - one.products || suggestionKinds.indexOf(one.kind) - suggestionKinds.indexOf(other.kind)
  );
}
