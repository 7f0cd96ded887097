/**
 * Reads bar codes of packages: GS1's numbers of trade items (GTIN) in every spelling, and the whole strings of
 * scanners.
 */
import type { PackagedProductDefinition, PackagedProductDefinitionPackaging } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import { foldNumber } from './numbers.js';

/** The character that GS1 puts after an element of variable length: GS. */
export const gs1Separator = '\u001D';

/** GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN-13) and GTIN-14. */
const gtinLengths: ReadonlySet<number> = new Set([8, 12, 13, 14]);
const mostDigits = 14;

/**
 * Lengths of the elements that need no separator, by the first two digits of their application identifier, which are
 * included. Source: GS1 General Specifications, "Element strings with predefined length using GS1 Application
 * Identifiers".
 */
const fixedLengths: ReadonlyMap<string, number> = new Map([
  ['00', 20],
  ...['01', '02', '03'].map((ai) => [ai, 16] as const),
  ['04', 18],
  ...['11', '12', '13', '14', '15', '16', '17', '18', '19'].map((ai) => [ai, 8] as const),
  ['20', 4],
  ...['31', '32', '33', '34', '35', '36'].map((ai) => [ai, 10] as const),
  ['41', 16],
]);

/** The symbology identifier of a scanner: DataMatrix, GS1-128, QR, DotCode, DataBar. */
const symbology = /^\](?:d2|C1|Q3|J1|e0)/;
/** Spellings of a separator in programs that cannot show it. */
const shownSeparator = /<GS>|\u241D/g;

/**
 * Returns the 14 digits of the GTIN that a text is or contains; undefined where there is none, or its check digit is
 * wrong. In a GS1 element string only the GTIN counts (application identifier 01); batch, date and serial number are
 * ignored.
 */
export function gtinOf(text: string): string | undefined {
  const digits = text.replaceAll(/[\s-]/gu, '');
  if (/^\d+$/.test(digits) && gtinLengths.has(digits.length)) return checked(digits);
  return gtinInElements(text);
}

/** Returns whether a text is a whole GS1 string with a GTIN in it, and not a mere number. */
export function isElementString(text: string): boolean {
  return gtinInElements(text) !== undefined;
}

/**
 * Folds a bar code: equal for all its spellings, whether its check digit is right or wrong. Other text is compared as a
 * number.
 */
export function foldBarcode(text: string): string {
  const number = gtinOf(text) ?? foldNumber(text.replaceAll(gs1Separator, ''));
  return /^\d+$/.test(number) && gtinLengths.has(number.length) ? number.padStart(mostDigits, '0') : number;
}

/** Returns the spellings that records may have of a bar code; none where the text is not a GTIN. */
export function barcodeSpellingsOf(text: string): readonly string[] {
  const gtin = gtinOf(text);
  if (gtin === undefined) return [];
  return [...gtinLengths]
    .filter((length) => /^0*$/.test(gtin.slice(0, mostDigits - length)))
    .map((length) => gtin.slice(mostDigits - length))
    .toReversed();
}

/** The system of bar codes among a package's own identifiers. */
const dataCarrier = /\/dataCarrierIdentifier$/i;

/** Returns the bar codes of a package as registered, at any depth of its packaging. (`packaging.identifier`) */
export function barcodesOf({
  identifier,
  packaging,
}: Pick<PackagedProductDefinition, 'identifier' | 'packaging'>): readonly string[] {
  const own = elements(identifier).filter(({ system }) => dataCarrier.test(String(system ?? '')));
  return [...own, ...carriersIn(packaging)].flatMap(({ value }) =>
    typeof value === 'string' && /\S/.test(value) ? [value] : [],
  );
}

function carriersIn(
  packaging: PackagedProductDefinitionPackaging | undefined,
): readonly { readonly value?: unknown }[] {
  if (typeof packaging !== 'object' || packaging === null) return [];
  return [...elements(packaging.identifier), ...elements(packaging.packaging).flatMap(carriersIn)];
}

function gtinInElements(text: string): string | undefined {
  const given = text.trim().replace(symbology, '').replaceAll(shownSeparator, gs1Separator);
  if (given.startsWith('(')) return gtinInBrackets(given);
  let rest = given;
  while (rest !== '') {
    if (rest.startsWith(gs1Separator)) {
      rest = rest.slice(1);
      continue;
    }
    const identifier = rest.slice(0, 2);
    const length = fixedLengths.get(identifier);
    if (identifier === '01') return /^\d{16}/.test(rest) ? checked(rest.slice(2, 16)) : undefined;
    // Without a separator, the end of an element of variable length is unknown.
    const end = length ?? rest.indexOf(gs1Separator);
    if (!/^\d\d/.test(rest) || end < 0) return undefined;
    rest = rest.slice(end);
  }
  return undefined;
}

/** Reads the form for people: `(01)09520000001003(17)280131(10)A1`. */
function gtinInBrackets(text: string): string | undefined {
  const [, digits] = /(?:^|[^(])\(01\)\s*(\d{14})(?!\d)/.exec(text) ?? [];
  return digits === undefined ? undefined : checked(digits);
}

/** Returns the 14 digits; undefined where the check digit is wrong. */
function checked(digits: string): string | undefined {
  const whole = digits.padStart(mostDigits, '0');
  const sum = [...whole].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0 && sum > 0 ? whole : undefined;
}
