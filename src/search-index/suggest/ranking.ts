/**
 * The order of suggestions: what the text is comes first, then what begins with it, then what has its words. Within each
 * of these the kinds take turns, so that no kind fills the list; of one kind what more products have comes first. Where
 * several words are equally near to a misspelt one, these take turns before all else: none of them is left out for another.
 */
import { foldWord } from '../../terms/fold.js';
import { latinForms } from '../words/latin.js';
import type { Entry, Thing } from './entry.js';
import { suggestionKinds, type SuggestionKind } from './suggestion.js';
import { none, type TextTable } from './text-table.js';

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

/** Tells how texts stand to what was typed, or to that with other words for misspelt ones. */
export function standingIn(
  table: Pick<TextTable, 'beginningWith' | 'textOf'>,
  texts: readonly string[],
): (place: number, tail: number, cost: number) => Standing {
  const folded = [...new Set(texts.map(foldWord).flatMap((text) => [text, ...latinForms(text)]))];
  const rows = folded.map((text) => table.beginningWith(text)).filter(({ from, to }) => from < to);
  // What a longer text begins with, word by word: what follows may go on as the text does.
  const stems = folded
    .flatMap((text) => [...text.matchAll(/\s/g)].map(({ index }) => text.slice(0, index)))
    .map((stem) => table.beginningWith(stem))
    .filter(({ from, exactTo }) => from < exactTo);
  return (place, tail, cost) => {
    if (tail !== none) {
      if (!stems.some(({ from, exactTo }) => place >= from && place < exactTo)) return otherwise(cost);
      const whole = foldWord(table.textOf(place, tail));
      if (folded.includes(whole)) return standings.exact;
      return folded.some((text) => whole.startsWith(text)) ? standings.begins : otherwise(cost);
    }
    if (rows.some(({ from, exactTo }) => place >= from && place < exactTo)) return standings.exact;
    if (rows.some(({ from, to }) => place >= from && place < to)) return standings.begins;
    return otherwise(cost);
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

export interface Collected {
  take(place: number, tail: number, standing: Standing, choice: number): void;
  /** The best of each choice, by standing and kind. */
  rows(): readonly (readonly Row<Found>[])[];
}

/** Keeps the first few of each kind: most of many are passed over after one comparison. */
export function createCollected(entries: readonly Entry[], first: number): Collected {
  const choices = new Map<number, Map<number, Found[]>>();
  /** A thing is suggested once, by the best of its names. */
  const things = new Map<Thing, Found & { readonly choice: number }>();

  function keep(found: Found, choice: number): void {
    const rows = choices.get(choice) ?? new Map<number, Found[]>();
    choices.set(choice, rows);
    const key = found.standing * suggestionKinds.length + suggestionKinds.indexOf(found.kind);
    const few = rows.get(key) ?? [];
    rows.set(key, few);
    const last = few.at(-1);
    if (few.length === first && last && compareFound(found, last) >= 0) return;
    const at = few.findIndex((other) => compareFound(found, other) < 0);
    few.splice(at < 0 ? few.length : at, 0, found);
    if (few.length > first) few.pop();
  }

  return {
    take(place, tail, standing, choice) {
      const entry = entries[place];
      if (!entry) return;
      const { kind, products, thing } = entry;
      const found: Found = { kind, standing, products, place, tail, entry };
      if (!thing) return keep(found, choice);
      const other = things.get(thing);
      const isBetter =
        !other || choice < other.choice || (choice === other.choice && compareNames(found, other) < 0);
      if (isBetter) things.set(thing, { ...found, choice });
    },
    rows() {
      for (const { choice, ...found } of things.values()) keep(found, choice);
      things.clear();
      return [...choices].sort(([one], [other]) => one - other).map(([, rows]) => [...rows.values()]);
    },
  };
}

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
