/**
 * The order of suggestions: what the text is comes first, then what begins with it, then what has its words. Within each
 * of these the kinds take turns, so that no kind fills the list; of one kind what more products have comes first. Where
 * several words are equally near to a misspelt one, these take turns before all else: none of them is left out for another.
 */
import { foldWord } from '../../terms/fold.js';
import { latinForms } from '../words/latin.js';
import type { Entry, Thing } from './entry.js';
import { suggestionKinds, type SuggestionKind } from './suggestion.js';
import { none, type Taker, type TextTable } from './text-table.js';

/** How a text answers what was typed: it is that, begins with it, has its words, or has them for parts of words. */
export const standings = { exact: 0, begins: 1, words: 2, parts: 3 } as const;
export type Standing = (typeof standings)[keyof typeof standings];

/** What may be shown of one kind. */
export interface Ranked {
  readonly kind: SuggestionKind;
  readonly standing: Standing;
  readonly products: number;
}

/** Suggestions of one standing and kind, the best first. */
type Row<Item> = readonly Item[];

export interface Standings {
  of(place: number, tail: number, cost: number): Standing;
  /** Whether a name that goes on from an entry may begin with what was typed. */
  mayBegin(place: number): boolean;
}

/** Tells how texts stand to what was typed, or to that with other words for misspelt ones. */
export function standingsBy(
  table: Pick<TextTable, 'beginningWith' | 'textOf'>,
  texts: readonly string[],
): Standings {
  const folded = [...new Set(texts.map(foldWord).flatMap((text) => [text, ...latinForms(text)]))];
  const rows = folded.map((text) => table.beginningWith(text)).filter(({ from, to }) => from < to);
  // What a longer text begins with, word by word: what follows may go on as the text does.
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

/** A text that was found, by its place in the table. */
interface Found extends Ranked {
  readonly place: number;
  readonly tail: number;
  readonly entry: Entry;
}

export interface Collected extends Taker {
  /** The best of each choice, by standing and kind. */
  rows(): readonly (readonly Row<Found>[])[];
}

/** Keeps the first few of each kind: most of hundreds of thousands are passed over after one comparison. */
export function createCollected(
  { entries, products, areProducts }: Pick<TextTable, 'entries' | 'products' | 'areProducts'>,
  standing: Standings,
  first: number,
): Collected {
  /** By choice, then by standing and kind. */
  const choices = new Map<number, readonly Few[]>();
  /** A thing is suggested once, by the best of its names. */
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
      // Places come in their order: of equals those before stay.
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

/** The best of one standing and kind. */
interface Few {
  readonly row: Found[];
  /** Products of the last one; below 0 while there is room. */
  least: number;
}

function fewOf(rows: readonly Few[], standing: Standing, kind: SuggestionKind): Few {
  const few = rows[standing * suggestionKinds.length + suggestionKinds.indexOf(kind)];
  if (!few) throw new TypeError('each standing has a row for each kind');
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

/** Puts rows of one kind each in one order. */
export function inOrder<Item extends Ranked>(rows: readonly Row<Item>[]): readonly Item[] {
  return Object.values(standings).flatMap((standing) =>
    takingTurns(
      rows.filter(([best]) => best?.standing === standing),
      compareTurns,
    ),
  );
}

/** The first of each row, then the second of each. */
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
