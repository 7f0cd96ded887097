/**
 * Reads bar codes of packages: GS1's Global Trade Item Numbers (GTIN) in all notations, and complete strings from
 * scanners.
 */
import type { PackagedProductDefinition, PackagedProductDefinitionPackaging } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import { foldNumber } from './numbers.js';

/** The separator (ASCII character GS) that GS1 puts after an element of variable length. */
export const gs1Separator = '\u001D';

/** The number of digits of GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN-13) and GTIN-14. */
const gtinLengths: ReadonlySet<number> = new Set([8, 12, 13, 14]);
const mostDigits = 14;

/**
 * Lengths of elements without a separator, by the first two digits of their application identifier. The length includes
 * the application identifier. Source: GS1 General Specifications, "Element strings with predefined length using GS1
 * Application Identifiers".
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

/** The prefix by which a scanner states the kind of bar code: DataMatrix, GS1-128, QR, DotCode, DataBar. */
const symbology = /^\](?:d2|C1|Q3|J1|e0)/;
/** Visible characters that are used in place of the separator. */
const shownSeparator = /<GS>|\u241D/g;

/**
 * Returns the 14 digits of the GTIN in a text; undefined if the text has none, or if its check digit is wrong. From a
 * GS1 element string, only the GTIN is read (application identifier 01). Batch, date and serial number are ignored.
 */
export function gtinOf(text: string): string | undefined {
  const digits = text.replaceAll(/[\s-]/gu, '');
  if (/^\d+$/.test(digits) && gtinLengths.has(digits.length)) return checked(digits);
  return gtinInElements(text);
}

/** Returns whether a text is a GS1 element string that contains a GTIN, and not only a GTIN. */
export function isElementString(text: string): boolean {
  return gtinInElements(text) !== undefined;
}

/**
 * Converts a bar code to one spelling for all its notations, even if the check digit is wrong. Any other text is
 * folded as a number.
 */
export function foldBarcode(text: string): string {
  const number = gtinOf(text) ?? foldNumber(text.replaceAll(gs1Separator, ''));
  return /^\d+$/.test(number) && gtinLengths.has(number.length) ? number.padStart(mostDigits, '0') : number;
}

/** Returns the notations of a GTIN that records may use; none if the text is not a GTIN. */
export function barcodeSpellingsOf(text: string): readonly string[] {
  const gtin = gtinOf(text);
  if (gtin === undefined) return [];
  return [...gtinLengths]
    .filter((length) => /^0*$/.test(gtin.slice(0, mostDigits - length)))
    .map((length) => gtin.slice(mostDigits - length))
    .toReversed();
}

/** The system that marks a bar code among the identifiers of a package. */
const dataCarrier = /\/dataCarrierIdentifier$/i;

/**
 * Returns the bar codes of a package and of all its packagings, as the record states them. (`identifier`,
 * `packaging.identifier`)
 */
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
    // If an element of variable length has no separator after it, its end is unknown.
    const end = length ?? rest.indexOf(gs1Separator);
    if (!/^\d\d/.test(rest) || end < 0) return undefined;
    rest = rest.slice(end);
  }
  return undefined;
}

/** Reads the GTIN from the human-readable notation: `(01)09520000001003(17)280131(10)A1`. */
function gtinInBrackets(text: string): string | undefined {
  const [, digits] = /(?:^|[^(])\(01\)\s*(\d{14})(?!\d)/.exec(text) ?? [];
  return digits === undefined ? undefined : checked(digits);
}

/** Returns the 14 digits of a GTIN; undefined if the check digit is wrong. */
function checked(digits: string): string | undefined {
  const whole = digits.padStart(mostDigits, '0');
  const sum = [...whole].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0 && sum > 0 ? whole : undefined;
}
