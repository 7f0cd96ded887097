/**
 * Classifies the terms of a lookup. The form of a text shows which kinds of name or number it can be, and so which
 * searches may find it.
 */
import { isFhirId, resourceKey } from '../../fhir/reference.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName } from '../../fhir/search.js';
import { isAtcGroup, isAtcSubstance } from '../../terms/atc.js';
import { barcodeSpellingsOf, gs1Separator, gtinOf, isElementString } from '../../terms/barcodes.js';
import { atcCodeOf, atcTermsOf } from '../../terms/ema-terms.js';
import {
  foldNumber,
  isLaterProcedure,
  isPmsId,
  procedureSpellingsOf,
  spellingsOf,
} from '../../terms/numbers.js';
import { isOfType, type Key } from '../graph/key.js';
import type { TermWay } from '../question/term.js';
import { isRecordTerm, recordKeyOf } from './records.js';
import { hasStrength, nameSearchOf } from './words.js';

const productType = 'MedicinalProductDefinition';

/** Returns the codes of the substances that have a name, as far as the records that were read state them. */
export type SubstanceCodes = (name: string) => readonly string[];

/** An upstream search for terms of one kind. */
export interface TermSearch {
  readonly way: Exclude<TermWay, 'id' | 'record' | 'carrier'>;
  readonly type: ResourceType;
  readonly parameter: SearchParameterName;
  /** Returns the spellings of the term that records may use; empty if the term cannot be of this kind. */
  readonly values: (term: string, codesOf: SubstanceCodes) => readonly string[];
  /** Returns search values that match fewer products. They are used if the term matches too many products. */
  readonly narrower?: (term: string) => readonly string[];
  /** Whether many products may have the same value. */
  readonly findsMany?: boolean;
}

export const termSearches: readonly TermSearch[] = [
  {
    way: 'identifier',
    type: productType,
    parameter: 'identifier',
    values: (term) => (isNumberLike(term) || isOneWord(term) ? spellingsOf(term) : []),
  },
  {
    way: 'authorization',
    type: 'RegulatedAuthorization',
    parameter: 'identifier',
    values: (term) => (isOthersNumber(term) ? spellingsOf(term) : []),
  },
  {
    way: 'procedure',
    type: 'RegulatedAuthorization',
    parameter: 'case',
    values: (term) => (isOthersNumber(term) && /\d/.test(term) ? procedureSpellingsOf(term) : []),
  },
  {
    way: 'package',
    type: 'PackagedProductDefinition',
    parameter: 'identifier',
    values: (term) => [
      ...(isOthersNumber(term) ? spellingsOf(term) : []),
      ...(isPmsId(term) ? [] : barcodeSpellingsOf(term)),
    ],
  },
  {
    way: 'substance',
    type: 'Ingredient',
    parameter: 'substance-code',
    values: (term, codesOf) => {
      if (isSubstanceCode(term)) return [foldNumber(term)];
      return isSubstanceName(term) ? codesOf(term) : [];
    },
    findsMany: true,
  },
  {
    way: 'atc',
    type: productType,
    parameter: 'product-classification',
    values: (term) => {
      const code = foldNumber(term);
      if (isAtcSubstance(code)) return [code, ...atcTermsOf(code)];
      return atcCodeOf(code) === undefined ? [] : [code];
    },
    findsMany: true,
  },
  {
    way: 'part',
    type: 'Organization',
    parameter: 'identifier',
    values: (term) => (isOrganizationNumber(term) ? spellingsOf(term) : []),
    findsMany: true,
  },
  {
    way: 'name',
    type: productType,
    parameter: 'name',
    values: (term) => (isNameLike(term) ? nameSearchOf(term).probes : []),
    narrower: (term) => nameSearchOf(term).spelled,
    findsMany: true,
  },
];

/** Patterns that match only numbers, never names. */
const isPlainNumber = /^(EU\/\d|EMEA\/|PRD\s*\d+$|[A-Z]{2}-\d+-|[A-Z]{2}\/H\/)/i;
/** Maximum number of characters of a register number. A longer text is treated as a name. */
const longestNumber = 64;

/**
 * Whether the text may be the number of a register, such as `fin-x`. A text with a word of five letters or more
 * cannot be one.
 */
export function isNumberLike(term: string): boolean {
  const text = term.trim();
  const isWritten = /\d/.test(text) || (/\p{L}/u.test(text) && !/\s/u.test(text));
  return (
    isWritten && text.length <= longestNumber && !hasWord(text) && !isScanned(text) && !isRecordTerm(text)
  );
}

/** Whether the text comes from a bar code scanner, so that it cannot be a name. */
function isScanned(text: string): boolean {
  return text.includes(gs1Separator) || isElementString(text);
}

/** Whether the text may be the number of a record that belongs to a product, such as a package. */
function isOthersNumber(term: string): boolean {
  return isNumberLike(term) && !isPmsId(term) && !isOrganizationNumber(term);
}

/** Whether the text is an id of a company or a site in EMA's Organisation Management Service. */
function isOrganizationNumber(term: string): boolean {
  return /^(?:ORG|LOC)-\d/i.test(foldNumber(term)) && isNumberLike(term);
}

/**
 * Whether the text may be the number of a record of any type that belongs to a product. The form of the text does not
 * show which type.
 */
function mayBePart(term: string): boolean {
  if (isOrganizationNumber(term)) return true;
  const number = foldNumber(term);
  const isTold = isPlainNumber.test(number) || isAtcSubstance(number) || atcCodeOf(number) !== undefined;
  // A name of three or four letters, followed by the first digits of a number that is not typed completely: `Yaz 0`.
  const isName = /\p{L}{3}[^\p{L}\p{N}]*\s/u.test(term.trim());
  return isOthersNumber(term) && /\d/.test(number) && !isName && (!isTold || isLaterProcedure(number));
}

/** Whether the text contains a word of five letters or more. Then it is not a number. */
export function hasWord(term: string): boolean {
  return /(?<!\S)[\p{L}'’®]{5,}(?!\S)/u.test(term);
}

function isOneWord(term: string): boolean {
  const text = term.trim();
  return (
    text.length <= longestNumber &&
    /\p{L}/u.test(text) &&
    !/\s/u.test(text) &&
    !isScanned(text) &&
    !isRecordTerm(text)
  );
}

export function isNameLike(term: string): boolean {
  const text = term.trim();
  if (isScanned(text) || isRecordTerm(text)) return false;
  if (text.length > longestNumber) return true;
  const isDigits = !/\p{L}/u.test(text) && text.replaceAll(/\D/g, '').length > mostDigits;
  return !isDigits && !isPlainNumber.test(text) && !isAtcSubstance(foldNumber(text));
}

/** Maximum number of digits of a strength within a name. */
const mostDigits = 6;

/** Returns the bar code in a term; undefined if the term is the PMS id of a product. */
export function barcodeIn(term: string): string | undefined {
  return isPmsId(term) ? undefined : gtinOf(term);
}

/** Whether the text is a code of EMA's Substance Management Service (SMS), or a UNII. */
export function isSubstanceCode(term: string): boolean {
  const code = foldNumber(term);
  if (isPmsId(code) || isPlainNumber.test(code)) return false;
  return /^\d{6,12}$/.test(code) || /^(?=(?:.*\d){2})(?=.*[A-Z])[A-Z0-9]{10}$/.test(code);
}

/** Whether the text may be the complete name of a substance: words without a strength. */
export function isSubstanceName(term: string): boolean {
  return isNameLike(term) && /\p{L}{3}/u.test(term) && !hasStrength(term) && !isGroup(term);
}

/** Returns the key of the product that has this term as its id, if the term can be an id. */
export function idKeyOf(term: string): Key | undefined {
  const key = recordKeyOf(term);
  if (key !== undefined) return isOfType(key, productType) ? key : undefined;
  const id = term.trim();
  return isFhirId(id) && isNumberLike(id) ? resourceKey(productType, id) : undefined;
}

export const idSearch = 'search MedicinalProductDefinition?_id';

/**
 * Returns the products that must be read by id. If every read costs a request, only terms that are certainly ids are
 * read.
 */
export function idsToRead(terms: readonly string[], readsMany: boolean): readonly Key[] {
  return terms.filter((term) => readsMany || isSurelyId(term)).flatMap((term) => idKeyOf(term) ?? []);
}

function isSurelyId(term: string): boolean {
  return isPmsId(term) || (isRecordTerm(term) && idKeyOf(term) !== undefined);
}

const noCodes: SubstanceCodes = () => [];

/** Returns the keys of the records that the terms are ids of. Products are left out. */
export function recordsToRead(terms: readonly string[]): readonly Key[] {
  return terms.flatMap((term) => recordKeyOf(term) ?? []).filter((key) => !isOfType(key, productType));
}

/** Returns the kinds of search that can find a term. */
export function waysOf(term: string): readonly TermWay[] {
  const ways = termSearches.flatMap(({ way, values }): readonly TermWay[] =>
    values(term, noCodes).length > 0 ? [way] : [],
  );
  return [
    ...new Set<TermWay>([
      ...(idKeyOf(term) ? (['id'] as const) : isRecordTerm(term) ? (['record'] as const) : []),
      ...ways,
      ...(isSubstanceName(term) ? (['substance'] as const) : []),
      ...(barcodeIn(term) === undefined ? [] : (['carrier'] as const)),
    ]),
  ];
}

/**
 * The kinds of search for records that belong to products. If the upstream does not support such a search, the
 * details of products are scanned.
 */
export const insideWays: ReadonlySet<TermWay> = new Set([
  'authorization',
  'procedure',
  'package',
  'carrier',
  'substance',
  'part',
  'record',
]);

/** Returns the kinds of search that must all have been done before a term is reported as unknown. */
export function waysToAny(term: string): readonly TermWay[] {
  // If the term is certainly an id, one read shows whether the product exists.
  if (isSurelyId(term)) return ['id'];
  return mayBePart(term) ? [...new Set([...waysOf(term), 'part' as const])] : waysOf(term);
}

/** Whether the term stands for a group of ATC classes. No search finds the products of all classes in a group. */
export function isGroup(term: string): boolean {
  return isAtcGroup(foldNumber(term));
}
