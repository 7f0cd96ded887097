/** Writes units as people read them after a number: mg, IU, tablets. EMA and UCUM write them for machines. */
import type { Quantity } from 'fhir/r5.js';
import { isSameLanguage, type LanguageText } from './choice.js';
import { annotationAlone, termOfAnnotation, thingNamed } from './annotations.js';
import { unitsOfMeasurement, unitsOfPresentation } from './ema-terms.js';
import { namedLists } from './lists.js';
import { emaUnitOf } from './ucum.js';
import { listOf, type Terms } from './terms.js';

/** Short forms that package inserts use. All other units are written out, as in package inserts: micrograms, units. */
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

/** Names for UCUM codes that people do not read as they are. All other codes are shown as they are. */
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

/** Short forms of units that package inserts write out, because a `µ` could be taken for an `m`. */
const writtenOut = new Map([
  ['ug', 'microgram(s)'],
  ['mcg', 'microgram(s)'],
  ['ul', 'microlitre(s)'],
  ['umol', 'micromole(s)'],
  ['wk', 'week(s)'],
  ['mo', 'month(s)'],
]);

/** Things that records count in annotations, and that EMA's list of units of presentation lacks. */
const countable = new Set(
  'actuation application box dose inhalation kit pack package piece puff spray unit'.split(' '),
);

/** EMA's names of times have no plural sign. */
const times = new Set(['second', 'minute', 'hour', 'day', 'week', 'month', 'year']);

const percentages = new Map([
  ['percent weight/weight', '% w/w'],
  ['percent weight/volume', '% w/v'],
  ['percent volume/volume', '% v/v'],
]);

/**
 * Returns the unit of a quantity as it reads after `count`: `tablet`, `tablets`, `mg`, `mg/ml`. Empty where the
 * quantity has no unit; undefined where only the number of its term is known.
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

/** Short forms that are the same in every language. */
const symbols: ReadonlySet<string> = new Set(
  [...shortForms.values(), ''].filter((form) => !/IU|units/.test(form)),
);

/**
 * Returns the unit as it reads after `count` in a language; `language` is null where it is the same in all. Undefined
 * where it is not known in that language; in English, where only the number of its term is known.
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
    // The language of the upstream's own words is unknown.
    return { text: english, language: term === undefined ? null : 'en' };
  }
  const found = term === undefined ? undefined : terms.find(term.list, term.code, tag);
  if (!found || (!isEnglish && !isSameLanguage(found.language, tag))) return undefined;
  return { text: behindNumber(found.text, found.language, count), language: found.language };
}

function isSymbol(unit: string): boolean {
  return unit.split('/').every((part) => symbols.has(part) || part.startsWith('%'));
}

/** Returns EMA's term for the unit, also by its UCUM code. */
function termOf({ system, code }: Quantity): { readonly list: string; readonly code: string } | undefined {
  if (code === undefined) return undefined;
  const list = listOf(system);
  const own = system === undefined || list !== null ? code : (emaUnitOf(code) ?? termOfAnnotation(code));
  if (own === undefined || !/^\d{12}$/.test(own)) return undefined;
  return { list: list ?? unitLists, code: own };
}

const unitLists = namedLists.UNIT.join('~');

/**
 * Adapts a term to stand after a number. Terms begin with a capital, which only German keeps in a sentence, and have
 * `(s)` for one or several.
 */
function behindNumber(term: string, language: string, count: number): string {
  const text = term.replaceAll(/\((\p{L}{1,3})\)/gu, count === 1 ? '' : '$1');
  const [first = '', second = ''] = text;
  const isName = second !== '' && second === second.toUpperCase();
  return isName || isSameLanguage(language, 'de') ? text : first.toLowerCase() + text.slice(first.length);
}

/**
 * Returns the short form of a unit of EMA's list in package inserts: `milligram(s)` → `mg`; undefined where they write
 * it out.
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

/** Writes a unit's name: `milligram(s)/millilitre` → `mg/ml`. Only the part before the slash takes the plural. */
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

/** Returns the English plural of a unit of presentation. */
function counted(unit: string, count: number): string {
  if (count === 1) return unit;
  if (unit === 'matrix') return 'matrices';
  if (/(?:s|x|ch|sh)$/.test(unit)) return `${unit}es`;
  if (/[^aeiou]y$/.test(unit)) return `${unit.slice(0, -1)}ies`;
  return `${unit}s`;
}
