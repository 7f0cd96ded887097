/**
 * Suggests the ATC classes of products and the groups above them, by code and by name. The name comes from records;
 * if they state none, from the built-in list.
 */
import type { Coding } from 'fhir/r5.js';
import { atcOf } from '../../facts/of-product.js';
import { isText } from '../../facts/concepts.js';
import { isAtcGroup, isAtcSubstance } from '../../terms/atc.js';
import { atcNameOf } from '../../terms/ema-terms.js';
import { foldedWords, foldWord } from '../../terms/fold.js';
import { foldNumber } from '../../terms/numbers.js';
import { recordColumn } from '../columns.js';
import { readValuesShape, untoldShape } from '../shapes.js';
import type { IndexStore } from '../store/index-store.js';
import { compareTexts } from '../words/form-table.js';
import type { Entry, Thing } from './entry.js';
import { mostFrequent } from './most-frequent.js';
import { eachShape } from './names-and-holders.js';
import { isAskable } from './suggestion.js';

/** An ATC class, or EMA's term for a class if its ATC code is unknown. */
export interface AtcEntry extends Entry {
  readonly code: string;
  readonly thing: Thing;
}

interface Counted {
  products: number;
  /** Names from the codings of the class, each with its number of products. */
  readonly names: Map<string, number>;
}

export async function atcEntries(store: IndexStore): Promise<readonly AtcEntry[]> {
  const classes = new Map<string, Counted>();
  await eachShape(store, recordColumn('classification', 'product').name, (shape, products) => {
    if (shape === untoldShape) return;
    count(readValuesShape(shape).filter(isCoding), products, classes);
  });
  const entries = [...classes].map(([code, counted]) => entryOf(code, counted));
  const named = new Set([...classes].flatMap(([code, { names }]) => (isTerm(code) ? [] : [...names.keys()])));
  const known = new Set([...named].map(foldWord));
  // Some records state the ATC code of a class, others only EMA's term for it. The class is suggested once.
  return entries
    .filter(({ code, text }) => isTaken(code) && !(isTerm(code) && known.has(foldWord(text))))
    .sort((one, other) => compareTexts(one.code, other.code));
}

/** Whether a filter treats the text as a code. */
function isTaken(code: string): boolean {
  return isAskable(code) && (/\d/.test(code) || isAtcGroup(code));
}

/** Counts the classes of some products with the same codings. */
function count(codings: readonly Coding[], products: number, classes: Map<string, Counted>): void {
  const told = new Set<string>();
  for (const coding of codings) {
    const all = atcOf([{ coding: [coding] }]).filter((code) => code === foldNumber(code));
    const code = all.find((each) => !isTerm(each)) ?? all[0];
    if (code === undefined) continue;
    const name = isText(coding.display) ? coding.display.trim() : code;
    const { names } = counted(code, classes);
    if (foldWord(name) !== code) names.set(name, (names.get(name) ?? 0) + products);
    for (const each of [code, ...groupsAbove(code)]) told.add(each);
  }
  for (const code of told) counted(code, classes).products += products;
}

function counted(code: string, classes: Map<string, Counted>): Counted {
  const one = classes.get(code) ?? { products: 0, names: new Map() };
  classes.set(code, one);
  return one;
}

function isCoding(value: unknown): value is Coding {
  return typeof value === 'object' && value !== null;
}

function isTerm(code: string): boolean {
  return !isAtcGroup(code) && !isAtcSubstance(code);
}

/** Returns the groups above a code: `C`, `C09`, `C09A` and `C09AA` for `C09AA02`. */
function groupsAbove(code: string): readonly string[] {
  if (isTerm(code)) return [];
  return [1, 3, 4, 5].filter((length) => length < code.length).map((length) => code.slice(0, length));
}

function entryOf(code: string, { products, names }: Counted): AtcEntry {
  const told = mostFrequent([...names].map(([text, count]) => ({ text, products: count })));
  const name = told === '' ? (atcNameOf(code) ?? '') : told;
  return {
    kind: 'ATC',
    code,
    text: atcText(code, name),
    products,
    thing: { filter: { atc: [code] }, detail: undefined },
    brand: undefined,
    isOther: false,
    tails: [],
  };
}

/**
 * Returns the text of the suggestion: the name of the class. If the name does not contain the code, the code is
 * added.
 */
export function atcText(code: string, name: string): string {
  if (name === '') return code;
  return isTerm(code) || (code.length > 1 && foldedWords(name).includes(code)) ? name : `${name} (${code})`;
}
