/**
 * Writes units as people read them after a number: mg, IU, tablets. EMA's and UCUM's names of units are for programs.
 */
import type { Quantity } from 'fhir/r5.js';
import { isSameLanguage, type LanguageText } from './choice.js';
import { annotationAlone, termOfAnnotation, thingNamed } from './annotations.js';
import { unitsOfMeasurement, unitsOfPresentation } from './ema-terms.js';
import { namedLists } from './lists.js';
import { emaUnitOf } from './ucum.js';
import { listOf, type Terms } from './terms.js';

/** The abbreviations that package inserts use. They write out all other units: micrograms, units. */
const shortForms = new Map([
  ['kilogram', 'kg'],
  ['gram', 'g'],
  ['milligram', 'mg'],
  ['litre', 'l'],
  ['millilitre', 'ml'],
  ['mole', 'mol'],
  ['millimole', 'mmol'],
  ['milliequivalent', 'mEq'],
  ['gigabecquerel', 'GBq'],
  ['megabecquerel', 'MBq'],
  ['kilobecquerel', 'kBq'],
  ['becquerel', 'Bq'],
  ['millicurie', 'mCi'],
  ['international unit', 'IU'],
  ['million international units', 'million IU'],
  ['kilo international units', 'thousand IU'],
  ['kilo units', 'thousand units'],
  ['anti-xa activity international unit', 'anti-Xa IU'],
  ['percent', '%'],
  ['part per million', 'ppm'],
  ['square metre', 'm²'],
  ['square centimetre', 'cm²'],
  ['cubic centimetre', 'cm³'],
  ['centimetre', 'cm'],
  ['millimetre', 'mm'],
]);

/** Readable names for UCUM codes. Codes that are missing here are displayed unchanged. */
const ucumNames = new Map([
  ['ug', 'microgram(s)'],
  ['ng', 'nanogram(s)'],
  ['pg', 'picogram(s)'],
  ['L', 'l'],
  ['mL', 'ml'],
  ['uL', 'microlitre(s)'],
  ['umol', 'micromole(s)'],
  ['meq', 'mEq'],
  ['[iU]', 'IU'],
  ['[IU]', 'IU'],
  ['[drp]', 'drop(s)'],
  ['cm2', 'cm²'],
  ['m2', 'm²'],
  ['1', ''],
  ['s', 'second(s)'],
  ['min', 'minute(s)'],
  ['h', 'hour(s)'],
  ['d', 'day(s)'],
  ['wk', 'week(s)'],
  ['mo', 'month(s)'],
  ['a', 'year(s)'],
  ['Cel', '°C'],
  ['[degF]', '°F'],
  ['mm[Hg]', 'mmHg'],
  ['m[iU]', 'mIU'],
  ['{#}', ''],
  ['10*3', 'thousand'],
  ['10*6', 'million'],
  ['10*9', 'billion'],
]);

/** Abbreviations of units that package inserts write out, because `µ` could be read as `m`. */
const writtenOut = new Map([
  ['ug', 'microgram(s)'],
  ['mcg', 'microgram(s)'],
  ['ul', 'microlitre(s)'],
  ['umol', 'micromole(s)'],
  ['wk', 'week(s)'],
  ['mo', 'month(s)'],
]);

/**
 * Countable things that records state in UCUM annotations and that are not in EMA's list of units of presentation.
 */
const countable = new Set(
  'actuation application box dose inhalation kit pack package piece puff spray unit'.split(' '),
);

/** Units of time. EMA's names of them have no plural sign `(s)`. */
const times = new Set(['second', 'minute', 'hour', 'day', 'week', 'month', 'year']);

const percentages = new Map([
  ['percent weight/weight', '% w/w'],
  ['percent weight/volume', '% w/v'],
  ['percent volume/volume', '% v/v'],
]);

/**
 * Returns the English unit of a quantity as written after the number `count`: `tablet`, `tablets`, `mg`, `mg/ml`. Empty
 * for a quantity without a unit; undefined if the unit is an unknown term of EMA.
 */
export function readableUnit({ system, code, unit }: Quantity, count: number): string | undefined {
  const isEma = system === undefined || listOf(system) !== null;
  if (isEma && code !== undefined) {
    const presentation = termIn(unitsOfPresentation, code);
    if (presentation !== undefined) return counted(presentation.toLowerCase(), count);
    const measure = termIn(unitsOfMeasurement, code);
    if (measure !== undefined) return readableName(measure, count);
  }
  if (unit !== undefined && unit.trim() !== '') return readableName(unit.trim(), count);
  if (code === undefined) return '';
  const measure = isEma ? undefined : termIn(unitsOfMeasurement, emaUnitOf(code) ?? '');
  if (measure !== undefined) return readableName(measure, count);
  return isEma && /^\d+$/.test(code) ? undefined : readableName(fromUcum(code), count);
}

/** Abbreviations that are the same in every language. */
const symbols: ReadonlySet<string> = new Set(
  [...shortForms.values(), ''].filter((form) => !/IU|units/.test(form)),
);

/**
 * Returns the unit of a quantity in a language, as written after the number `count`. Its `language` is null if the unit
 * is the same in every language. Undefined if the unit has no text in the language; in English, if the unit is an
 * unknown term of EMA.
 */
export function unitIn(
  quantity: Quantity,
  count: number,
  tag: string,
  terms: Terms,
): LanguageText | undefined {
  const english = readableUnit(quantity, count);
  if (english !== undefined && isSymbol(english)) return { text: english, language: null };
  const isEnglish = isSameLanguage(tag, 'en');
  const term = termOf(quantity);
  if (english !== undefined && (isEnglish || term === undefined)) {
    // The language of the record's own text is unknown.
    return { text: english, language: term === undefined ? null : 'en' };
  }
  const found = term === undefined ? undefined : terms.find(term.list, term.code, tag);
  if (!found || (!isEnglish && !isSameLanguage(found.language, tag))) return undefined;
  return { text: behindNumber(found.text, found.language, count), language: found.language };
}

function isSymbol(unit: string): boolean {
  return unit.split('/').every((part) => symbols.has(part) || part.startsWith('%'));
}

/** Returns EMA's term for the unit of a quantity, by EMA's code or UCUM's. */
function termOf({ system, code }: Quantity): { readonly list: string; readonly code: string } | undefined {
  if (code === undefined) return undefined;
  const list = listOf(system);
  const own = system === undefined || list !== null ? code : (emaUnitOf(code) ?? termOfAnnotation(code));
  if (own === undefined || !/^\d{12}$/.test(own)) return undefined;
  return { list: list ?? unitLists, code: own };
}

const unitLists = namedLists.UNIT.join('~');

/**
 * Adapts the text of a term for use after a number. Changes the first letter from a capital, except in German, and
 * resolves the plural sign `(s)`.
 */
function behindNumber(term: string, language: string, count: number): string {
  const text = term.replaceAll(/\((\p{L}{1,3})\)/gu, count === 1 ? '' : '$1');
  const [first = '', second = ''] = text;
  const isName = second !== '' && second === second.toUpperCase();
  return isName || isSameLanguage(language, 'de') ? text : first.toLowerCase() + text.slice(first.length);
}

/**
 * Returns the abbreviation that package inserts use for a unit of EMA's list: `mg` for `milligram(s)`. Undefined if
 * they write the unit out.
 */
export function shortFormOf(name: string): string | undefined {
  return shortForms.get(name.replace(/s?\(s\)/, '').toLowerCase());
}

function termIn(terms: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(terms, code) ? terms[code] : undefined;
}

function fromUcum(code: string): string {
  return code
    .split('/')
    .map((part) => ucumNames.get(part) ?? part)
    .join('/');
}

/**
 * Returns a readable name of a unit: `mg/ml` for `milligram(s)/millilitre`. Only the part before the slash becomes
 * plural.
 */
function readableName(name: string, count: number): string {
  const percentage = percentages.get(name);
  if (percentage !== undefined) return percentage;
  return name
    .split('/')
    .map((part, at) => readablePart(part.trim(), at === 0 ? count : 1))
    .join('/');
}

function readablePart(written: string, count: number): string {
  const word = annotationAlone(written);
  const thing = word === undefined ? undefined : thingNamed(word);
  if (thing !== undefined) return counted(thing, count);
  if (word !== undefined && countable.has(word.toLowerCase())) return counted(word.toLowerCase(), count);
  // UCUM puts words that are not units into braces: {doses}, mg/{dose}, mg{total}.
  const part = written.replaceAll(/(?<=[^\s{])\{/g, ' {').replaceAll(/[{}]/g, '');
  const isCountable = /s?\(s\)/.test(part);
  const one = part.replace(/s?\(s\)/, '');
  const short = shortForms.get(one.toLowerCase());
  if (short !== undefined) return short;
  const long = writtenOut.get(one.normalize('NFKC').replace('μ', 'u').toLowerCase());
  if (long !== undefined) return readablePart(long, count);
  if (count === 1) return times.has(one.replace(/s$/, '')) ? one.replace(/s$/, '') : one;
  if (isCountable) return part.replace(/s?\(s\)/, 's');
  return times.has(part) ? `${part}s` : part;
}

/** Returns the name of a unit of presentation, in the plural unless `count` is 1. */
function counted(unit: string, count: number): string {
  if (count === 1) return unit;
  if (unit === 'matrix') return 'matrices';
  if (/(?:s|x|ch|sh)$/.test(unit)) return `${unit}es`;
  if (/[^aeiou]y$/.test(unit)) return `${unit.slice(0, -1)}ies`;
  return `${unit}s`;
}
