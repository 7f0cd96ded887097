/**
 * Defines what units measure, and how they are converted: mg and g both measure mass. Units are recognized in the
 * spellings of records and of people.
 */
import type { Quantity } from 'fhir/r5.js';
import leven from 'leven';
import { shortThings } from './annotations.js';
import { unitsOfMeasurement, unitsOfPresentation } from './ema-terms.js';
import { listOf } from './terms.js';
import { ucumCodes } from './ucum.js';

export interface Measure {
  /**
   * What the unit measures. Units of the same kind can be converted: `mass`, `volume`, `IU`. Each unit of
   * presentation is its own kind.
   */
  readonly kind: string;
  /** The size of the unit in base units of its kind: 0.001 for mg, since the base unit of mass is g. */
  readonly scale: number;
  /** Whether the unit counts things: tablets, vials, pieces. */
  readonly isThing: boolean;
}

/** A simple unit, or a ratio such as `mg/ml`. */
export interface Unit {
  readonly above: Measure;
  readonly below?: Measure;
}

/** Countable things that are not specified: `countable unit`, `dosage form`, `piece`. */
export const anyThing: Measure = { kind: 'thing', scale: 1, isThing: true };

/** A proportion. The general kind also matches `% w/w`, `% w/v` and `% v/v`. */
export const percent = '%';
export const percentKinds = ['% w/w', '% w/v', '% v/v'] as const;

type Row = readonly [kind: string, scale: number, show: string, ...others: readonly string[]];

/**
 * Kind, size and names of units. Facts of the SI, of the bodies that the units are named after, and of UCUM (ucum.org),
 * whose codes are among the names. The first name is for display.
 */
const table: readonly Row[] = [
  ...prefixed('mass', 'g', 'gram', 'gramme', 'gramm'),
  ['mass', 1e-6, 'microgram', 'mcg', 'mkg'],
  ...prefixed('volume', 'l', 'litre', 'liter'),
  ['volume', 0.1, 'dl', 'decilitre', 'deciliter'],
  ['volume', 0.01, 'cl', 'centilitre', 'centiliter'],
  ['volume', 1e-3, 'cm3', 'cc', 'cubic centimetre', 'cubic centimeter'],
  ...prefixed('amount of substance', 'mol', 'mole'),
  ...prefixed('equivalents', 'Eq', 'equivalent'),
  ['radioactivity', 1e9, 'GBq', 'gigabecquerel'],
  ['radioactivity', 1e6, 'MBq', 'megabecquerel'],
  ['radioactivity', 1e3, 'kBq', 'kilobecquerel'],
  ['radioactivity', 1, 'Bq', 'becquerel'],
  // One curie is 37 GBq by definition.
  ['radioactivity', 37e9, 'Ci', 'curie'],
  ['radioactivity', 37e6, 'mCi', 'millicurie'],
  ['radioactivity', 37e3, 'microcurie', 'uci'],
  ['IU', 1, 'IU', 'international unit', 'ie', 'ui'],
  ['IU', 1e3, 'thousand IU', 'kiu'],
  ['IU', 1e6, 'million IU', '10*6[iu]'],
  ['unit', 1, 'unit', 'u'],
  ['anti-Xa IU', 1, 'anti-Xa IU', 'anti-xa activity international unit'],
  [percent, 1, percent, 'percent', 'per cent', 'pct'],
  ['% w/w', 1, '% w/w', 'percent weight/weight', '% m/m'],
  ['% w/v', 1, '% w/v', 'percent weight/volume', '% m/v'],
  ['% v/v', 1, '% v/v', 'percent volume/volume'],
  ['ppm', 1, 'ppm', 'part per million', 'parts per million'],
  ['focus forming unit', 1, 'focus forming unit', 'ffu'],
  ['plaque forming unit', 1, 'plaque forming unit', 'pfu'],
  ['colony forming unit', 1, 'colony forming unit', 'cfu'],
  ['D antigen unit', 1, 'D antigen unit'],
  ['cell', 1, 'cell', 'cells'],
  ['dose', 1, 'dose'],
  ['time', 1, 'second', 's', 'sec'],
  ['time', 60, 'minute', 'min'],
  ['time', 3_600, 'hour', 'h', 'hr'],
  ['time', 86_400, 'day', 'd'],
  ['time', 604_800, 'week', 'wk'],
  ['month', 1, 'month', 'mo'],
  ['year', 1, 'year', 'a'],
  ['length', 1e-2, 'cm', 'centimetre', 'centimeter'],
  ['length', 1e-3, 'mm', 'millimetre', 'millimeter'],
  ['area', 1, 'm2', 'square metre', 'square meter'],
  ['area', 1e-4, 'cm2', 'square centimetre', 'square centimeter'],
];

/** The only two units that differ only in case: millions and thousandths of an IU. */
const byCase = new Map<string, Measure>([
  ['MIU', { kind: 'IU', scale: 1e6, isThing: false }],
  ['mIU', { kind: 'IU', scale: 1e-3, isThing: false }],
]);

const multiples = new Map([
  ['thousand', 1e3],
  ['kilo', 1e3],
  ['million', 1e6],
  ['mio', 1e6],
  ['billion', 1e9],
]);

const measures = new Map<string, Measure>(
  table.flatMap(([kind, scale, ...names]) =>
    names.map((name) => [folded(name), { kind, scale, isThing: false }] as const),
  ),
);
for (const name of ['countable unit', 'dosage form', 'piece', 'each', '1']) measures.set(name, anyThing);
for (const [short, name] of shortThings) measures.set(short, { kind: name, scale: 1, isThing: true });
for (const name of [...Object.values(unitsOfPresentation), '[drp]']) {
  const kind = name === '[drp]' ? 'drop' : name.toLowerCase();
  measures.set(name.toLowerCase(), { kind, scale: 1, isThing: true });
}
// Each of the other units in EMA's list is its own kind.
for (const name of Object.values(unitsOfMeasurement).map(folded)) {
  if (!name.includes('/') && !plain(name) && !multiplied(name))
    measures.set(name, { kind: name, scale: 1, isThing: false });
}
for (const [term, code] of Object.entries(ucumCodes)) {
  const name = folded((unitsOfMeasurement as Readonly<Record<string, string>>)[term] ?? code);
  const measure = plain(name) ?? multiplied(name);
  if (measure && !code.includes('/') && !measures.has(folded(code))) measures.set(folded(code), measure);
}

/** Returns the measure of a simple unit by its name, abbreviation or UCUM code; undefined for an unknown unit. */
export function measureNamed(name: string): Measure | undefined {
  const exact = byCase.get(name.trim());
  if (exact) return exact;
  const word = folded(name.replaceAll(/[{}]/g, '')).replace(/^%\s*\(?([wmv]\/[wv])\)?$/, '% $1');
  for (const spelling of [word, word.replaceAll('.', '')]) {
    const found = spelling === '' ? undefined : (plain(spelling) ?? multiplied(spelling));
    if (found) return found;
  }
  return undefined;
}

/**
 * Returns the measures of a unit, which may be a ratio: `mg/ml`, `milligram(s)/24 hours`, `ug/(24.h)`. Undefined for an
 * unknown unit.
 */
export function unitNamed(name: string): Unit | undefined {
  const whole = measureNamed(name);
  if (whole) return { above: whole };
  const [first = '', second, third] = name.split('/');
  if (second === undefined || third !== undefined) return undefined;
  const above = measureNamed(first);
  const below = several(second);
  return above && below && { above, below };
}

/**
 * Returns the unit of a quantity. `anyThing` if the quantity has no unit; undefined if the unit is unknown, or if code
 * and text contradict each other.
 */
export function unitOf(quantity: Quantity): Unit | undefined {
  const [code, unit] = [wordIn(quantity.code), wordIn(quantity.unit)];
  if (code === undefined && unit === undefined) return { above: anyThing };
  const coded = code === undefined ? undefined : unitCoded(code, wordIn(quantity.system));
  const named = unit === undefined ? undefined : unitNamed(unit);
  if (!coded || !named) return coded ?? named;
  return areAlike(coded, named) ? coded : undefined;
}

/** Returns the unit names that are most similar to a word, the most similar first. */
export function nearestUnits(name: string, most: number): readonly string[] {
  // A longer word is not a typing error, and comparing it would be slow.
  const word = folded(name).slice(0, 40);
  const near = shown
    .map(({ show, names }) => ({ show, distance: Math.min(...names.map((each) => leven(word, each))) }))
    .sort((a, b) => a.distance - b.distance);
  return [...new Set(near.map(({ show }) => show))].slice(0, most);
}

const shown: readonly { readonly show: string; readonly names: readonly string[] }[] = [
  ...table.map(([, , show, ...names]) => ({ show, names: [show, ...names].map(folded) })),
  ...Object.values(unitsOfPresentation).map((name) => ({
    show: name.toLowerCase(),
    names: [name.toLowerCase()],
  })),
];

function unitCoded(code: string, system: string | undefined): Unit | undefined {
  const list = listOf(system);
  if (system === undefined || list !== null) {
    for (const terms of [unitsOfPresentation, unitsOfMeasurement] as Readonly<Record<string, string>>[]) {
      const name = Object.hasOwn(terms, code) ? terms[code] : undefined;
      if (name !== undefined) return unitNamed(name);
    }
    // An unknown term of this list is still a unit of presentation.
    if (list === presentationList) return { above: { kind: code, scale: 1, isThing: true } };
  }
  return /^\d{2,}$/.test(code) ? undefined : unitNamed(code);
}

const presentationList = '200000000014';

/** Whether two units agree. Two countable things always agree, because one may be more specific than the other. */
function areAlike(one: Unit, other: Unit): boolean {
  const isSame = (a: Measure | undefined, b: Measure | undefined): boolean =>
    (a?.kind === b?.kind && a?.scale === b?.scale) || (a?.isThing === true && b?.isThing === true);
  return isSame(one.above, other.above) && isSame(one.below, other.below);
}

/** Parses a denominator: `24 hours`, `(24.h)`, `ml`. */
function several(name: string): Measure | undefined {
  const [, count = '1', unit = name] = /^\(?\s*(\d+(?:\.\d+)?)\s*\.?\s*(\D.*?)\)?$/.exec(name.trim()) ?? [];
  const measure = measureNamed(unit);
  return measure && Number(count) > 0 ? { ...measure, scale: measure.scale * Number(count) } : undefined;
}

function plain(word: string): Measure | undefined {
  return singulars(word).flatMap((each) => measures.get(each) ?? [])[0];
}

/** Parses a unit with a multiplier: `million international units`, `Mio. I.E.`. */
function multiplied(word: string): Measure | undefined {
  const [first = '', ...rest] = word.split(' ');
  const times = multiples.get(first.replace(/s$|\.$/, ''));
  const measure = times === undefined ? undefined : plain(rest.join(' '));
  return times === undefined || !measure ? undefined : { ...measure, scale: measure.scale * times };
}

function singulars(word: string): readonly string[] {
  return [
    word,
    word.replace(/s$/, ''),
    word.replace(/es$/, ''),
    word.replace(/ies$/, 'y'),
    word.replace(/ices$/, 'ix'),
  ];
}

/**
 * Converts the name of a unit to a common spelling. `μ` becomes `u`, because people write both. EMA's plural sign
 * `(s)` is removed.
 */
function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll('μ', 'u')
    .toLowerCase()
    .replaceAll(/s?\(s\)/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function wordIn(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** Returns the rows of a unit with the SI prefixes that are used for medicines. */
function prefixed(kind: string, symbol: string, ...names: readonly string[]): readonly Row[] {
  const prefixes = [
    [1, '', ''],
    [1e3, 'k', 'kilo'],
    [1e-3, 'm', 'milli'],
    [1e-6, 'u', 'micro'],
    [1e-9, 'n', 'nano'],
    [1e-12, 'p', 'pico'],
  ] as const;
  return prefixes.map(([scale, short, long]): Row => {
    const written = names.map((name) => `${long}${name}`);
    const [first = symbol, ...others] = written;
    // The abbreviation with μ is not displayed, because μ could be read as m.
    return short === 'u'
      ? [kind, scale, first, ...others, `u${symbol}`]
      : [kind, scale, `${short}${symbol}`, ...written];
  });
}
