/** What kinds of terms there are: of which a text may be by its shape, and which searches may find it. */
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

/** The codes of substances that a name stands for, as far as records have shown them. */
export type SubstanceCodes = (name: string) => readonly string[];

/** A search that finds terms of one kind. */
export interface TermSearch {
  readonly way: Exclude<TermWay, 'id' | 'record' | 'carrier'>;
  readonly type: ResourceType;
  readonly parameter: SearchParameterName;
  /** How records may write the term; none where it cannot be of this kind. */
  readonly values: (term: string, codesOf: SubstanceCodes) => readonly string[];
  /** What finds less of the same, where a term finds too much. */
  readonly narrower?: (term: string) => readonly string[];
  /** Whether many products may bear the same. */
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

/** Numbers whose shape says what they are, and no name is like that. */
const isPlainNumber = /^(EU\/\d|EMEA\/|PRD\s*\d+$|[A-Z]{2}-\d+-|[A-Z]{2}\/H\/)/i;
/** Longer texts are names: no register numbers so long. */
const longestNumber = 64;

/** What a register may have given out: `fin-x` as well, but nothing with a word in it. */
export function isNumberLike(term: string): boolean {
  const text = term.trim();
  const isWritten = /\d/.test(text) || (/\p{L}/u.test(text) && !/\s/u.test(text));
  return (
    isWritten && text.length <= longestNumber && !hasWord(text) && !isScanned(text) && !isRecordTerm(text)
  );
}

/** What a scanner read: a bar code, or nothing. */
function isScanned(text: string): boolean {
  return text.includes(gs1Separator) || isElementString(text);
}

/** Of what belongs to a product. */
function isOthersNumber(term: string): boolean {
  return isNumberLike(term) && !isPmsId(term) && !isOrganizationNumber(term);
}

/** A company or one of its sites in EMA's Organisation Management Service. */
function isOrganizationNumber(term: string): boolean {
  return /^(?:ORG|LOC)-\d/i.test(foldNumber(term)) && isNumberLike(term);
}

/** What a register may have given to whatever belongs to a product: a number whose shape does not say what it is. */
function mayBePart(term: string): boolean {
  if (isOrganizationNumber(term)) return true;
  const number = foldNumber(term);
  const isTold = isPlainNumber.test(number) || isAtcSubstance(number) || atcCodeOf(number) !== undefined;
  // Names of three or four letters, as they are typed: `Yaz 0`.
  const isName = /\p{L}{3}[^\p{L}\p{N}]*\s/u.test(term.trim());
  return isOthersNumber(term) && /\d/.test(number) && !isName && (!isTold || isLaterProcedure(number));
}

/** Whether nobody would take it for a number. */
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

/** Of a strength in a name. */
const mostDigits = 6;

/** The bar code that a term is; the number of a product is none. */
export function barcodeIn(term: string): string | undefined {
  return isPmsId(term) ? undefined : gtinOf(term);
}

/** A number of EMA's Substance Management Service, or a UNII. */
export function isSubstanceCode(term: string): boolean {
  const code = foldNumber(term);
  if (isPmsId(code) || isPlainNumber.test(code)) return false;
  return /^\d{6,12}$/.test(code) || /^(?=(?:.*\d){2})(?=.*[A-Z])[A-Z0-9]{10}$/.test(code);
}

/** What may be the whole name of a substance: words, and no strength. */
export function isSubstanceName(term: string): boolean {
  return isNameLike(term) && /\p{L}{3}/u.test(term) && !hasStrength(term) && !isGroup(term);
}

/** The product that the term may be the id of. */
export function idKeyOf(term: string): Key | undefined {
  const key = recordKeyOf(term);
  if (key !== undefined) return isOfType(key, productType) ? key : undefined;
  const id = term.trim();
  return isFhirId(id) && isNumberLike(id) ? resourceKey(productType, id) : undefined;
}

export const idSearch = 'search MedicinalProductDefinition?_id';

/** Read one by one, only what is surely an id is worth it. */
export function idsToRead(terms: readonly string[], readsMany: boolean): readonly Key[] {
  return terms.filter((term) => readsMany || isSurelyId(term)).flatMap((term) => idKeyOf(term) ?? []);
}

function isSurelyId(term: string): boolean {
  return isPmsId(term) || (isRecordTerm(term) && idKeyOf(term) !== undefined);
}

const noCodes: SubstanceCodes = () => [];

/** The records that terms are the ids of, the products apart. */
export function recordsToRead(terms: readonly string[]): readonly Key[] {
  return terms.flatMap((term) => recordKeyOf(term) ?? []).filter((key) => !isOfType(key, productType));
}

/** The ways by which a term may be found. */
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

/** By which what belongs to products is found: where no search does, it is looked through. */
export const insideWays: ReadonlySet<TermWay> = new Set([
  'authorization',
  'procedure',
  'package',
  'carrier',
  'substance',
  'part',
  'record',
]);

/** The ways without which it is not known whether there is anything of that name or number. */
export function waysToAny(term: string): readonly TermWay[] {
  // An id of EMA's is read, and then it is known whether it is one.
  if (isSurelyId(term)) return ['id'];
  return mayBePart(term) ? [...new Set([...waysOf(term), 'part' as const])] : waysOf(term);
}

/** A group of ATC classes: no search finds the products of all of them. */
export function isGroup(term: string): boolean {
  return isAtcGroup(foldNumber(term));
}
