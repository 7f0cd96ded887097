/** Reads substances from ingredients, and compares them with the substance of a filter. */
import type {
  CodeableReference,
  Ingredient,
  IngredientSubstance,
  IngredientSubstanceStrengthReferenceStrength,
  Reference,
} from 'fhir/r5.js';
import { elements, isElement } from '../../fhir/elements.js';
import { isFhirId } from '../../fhir/reference.js';
import { eachValue } from '../../terms/contradictions.js';
import { foldText, foldWord } from '../../terms/fold.js';
import { foldNumber } from '../../terms/numbers.js';
import { languageTexts } from '../../terms/language-texts.js';
import { substanceList } from '../../terms/lists.js';
import type { Terms } from '../../terms/terms.js';
import { codesIn, codings, isText } from '../concepts.js';
import type { Verdict } from '../verdict.js';

/** The codes, the names and the reference that identify one substance in a record. */
export interface NamedSubstance {
  readonly codes: readonly string[];
  /** The names in all languages that the record contains. */
  readonly names: readonly string[];
  /** The reference to a SubstanceDefinition. */
  readonly reference: Reference | undefined;
}

/** A substance for which a strength is stated, usually the active moiety. */
export interface Base extends NamedSubstance {
  /** The element that states the base and its amount. */
  readonly told: IngredientSubstanceStrengthReferenceStrength;
}

export interface SubstancesOfIngredient {
  readonly own: NamedSubstance;
  /** The bases in `substance.strength.referenceStrength`, one for each element. */
  readonly bases: readonly Base[];
}

/** A substance to search by: codes, names, or codes and names of the same substance. */
export interface SubstanceFilter {
  readonly codes: readonly string[];
  readonly names: readonly string[];
}

/** Returns the names and codes of an ingredient's own substance and of its bases. (`Ingredient.substance`) */
export function substancesIn({ substance }: Pick<Ingredient, 'substance'>): SubstancesOfIngredient {
  const only = isElement(substance) ? substance : undefined;
  const bases: Base[] = [];
  for (const { referenceStrength } of elements(only?.strength))
    for (const told of elements(referenceStrength))
      if (isElement(told.substance)) bases.push({ ...namedBy(told.substance), told });
  return { own: namedBy(only?.code), bases };
}

/** Returns the names, codes and reference of a CodeableReference to a substance. */
export function namedBy(told: CodeableReference | undefined): NamedSubstance {
  const concept = isElement(told?.concept) ? told.concept : undefined;
  const reference = isElement(told?.reference) ? told.reference : undefined;
  const names: string[] = [];
  for (const coding of codings(concept)) addSaid(names, coding, 'display');
  addSaid(names, concept, 'text');
  addSaid(names, reference, 'display');
  return { codes: distinct(codesIn(concept)), names: distinct(names), reference };
}

function addSaid(names: string[], holder: object | undefined, name: string): void {
  for (const { text } of languageTexts(holder, name)) {
    const trimmed = text.trim();
    if (trimmed !== '') names.push(trimmed);
  }
}

function distinct(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : [...new Set(texts)];
}

/** Folds the name of a substance. A line break counts as a space. */
export function foldSubstance(name: string): string {
  return foldText(name).replaceAll(/\s+/gu, ' ');
}

/** Returns the substances of one element. There are several if it has different codes from one list. */
export function eachSubstance(told: CodeableReference | undefined): readonly CodeableReference[] {
  return told ? eachValue(told, 'concept') : [];
}

/**
 * Whether a substance is stated only by a reference without a code. A search by code does not find it, and it may be
 * any substance.
 */
export function isUncoded(substance: IngredientSubstance | undefined): boolean {
  const { codes, reference } = namedBy(substance?.code);
  return reference !== undefined && codes.length === 0;
}

/**
 * Whether a text is the code of a substance: six digits or more (EMA's SMS), a UNII, or an id
 * (`SubstanceDefinition/…`, a UUID). Any other text is a name, for instance "E171" or "3M".
 */
export function isSubstanceCode(text: string): boolean {
  const code = text.trim();
  return codeKind(code) !== undefined || isId(code);
}

/**
 * Returns the register that a code belongs to. Two different codes from the same register stand for different
 * substances.
 */
function codeKind(code: string): 'SMS' | 'UNII' | undefined {
  if (/^\d{6,}$/.test(code)) return 'SMS';
  return isUnii(code.toUpperCase()) ? 'UNII' : undefined;
}

/**
 * Whether a code is a UNII. The last character of a UNII is a check character: the sum of the others modulo 36. It
 * distinguishes a UNII from a name of ten letters. A code without a digit counts as a name. (FDA, Global Substance
 * Registration System)
 */
function isUnii(code: string): boolean {
  if (!/^(?=.*\d)[\dA-Z]{10}$/.test(code)) return false;
  const values = [...code].map((character) => Number.parseInt(character, 36));
  const last = values.pop();
  return values.reduce((sum, value) => sum + value, 0) % 36 === last;
}

function isId(text: string): boolean {
  const id = /^Substance(?:Definition)?[/:](.+)$/.exec(text)?.[1];
  if (id !== undefined) return isFhirId(id);
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}

/**
 * Whether a substance is the substance of the filter, by one of its codes or names. Case and accents of names are
 * ignored, and `_` counts as a space. Undefined if the record states only a reference, or only values that cannot be
 * compared with the filter: a code from another register, or a code where the filter has a name.
 */
export function isSubstance(asked: SubstanceFilter, which: NamedSubstance): Verdict {
  if (hasCode(asked, which)) return true;
  const names = new Set(asked.names.map(foldWord));
  if (which.names.some((name) => names.has(foldWord(name)))) return true;
  // A substance without a code but with a reference may be any substance, whatever its display.
  if (which.codes.length === 0 && which.reference !== undefined) return undefined;
  const isComparable = (names.size > 0 && which.names.length > 0) || areCodesComparable(asked, which);
  return isComparable ? false : undefined;
}

/** Whether one of the filter's codes is a code of the substance, or the id of its SubstanceDefinition. */
export function hasCode({ codes }: SubstanceFilter, which: NamedSubstance): boolean {
  const wanted = new Set(codes.map(foldCode));
  return foldedCodes(which).some((code) => wanted.has(code));
}

/** Returns the folded codes that match a substance: its own codes, and the id of its SubstanceDefinition. */
export function foldedCodes({ codes, reference }: NamedSubstance): readonly string[] {
  const { reference: referred } = reference ?? {};
  return (isText(referred) ? [...codes, referred] : codes).map(foldCode);
}

/**
 * Returns the filter that finds a substance: by its first code; without a code, by its first name. An id in a
 * reference counts as a code if it looks like an SMS code or a UNII. Undefined if the record states none of these.
 */
export function substanceFilterOf(which: NamedSubstance): SubstanceFilter | undefined {
  const { codes, names, reference } = which;
  const { reference: referred } = reference ?? {};
  const id = isText(referred) ? foldCode(referred) : undefined;
  const code = codes[0] ?? (id !== undefined && codeKind(id) ? id : undefined);
  if (code !== undefined) return { codes: [code], names: [] };
  const [name] = names;
  return name === undefined ? undefined : { codes: [], names: [name] };
}

/**
 * Returns a key that is the same for one substance in all records: its code (preferably of EMA's SMS); without a
 * code, its name; without a name, its reference. Undefined if the record states none of these.
 */
export function substanceKey({ codes, names, reference }: NamedSubstance): string | undefined {
  const code = codes.find((each) => codeKind(each) === 'SMS') ?? codes[0];
  if (code !== undefined) return `code ${foldNumber(code)}`;
  const [name] = names;
  if (name !== undefined) return `name ${foldWord(name)}`;
  return isText(reference?.reference) ? `reference ${reference.reference.trim()}` : undefined;
}

/** Folds a code. `SubstanceDefinition/1` and `1` are equal. */
function foldCode(code: string): string {
  return foldNumber(code.replace(/^(?:.*\/)?Substance(?:Definition)?[/:]/, ''));
}

/** Whether the filter and the substance have codes from the same register. */
export function areCodesComparable(asked: SubstanceFilter, which: NamedSubstance): boolean {
  const kinds = new Set(asked.codes.map((code) => codeKind(code.trim())));
  return which.codes.some((code) => {
    const kind = codeKind(code);
    return kind !== undefined && kinds.has(kind);
  });
}

/**
 * Returns the codes of the terms that have this name in the imported list of substances. The name must be complete,
 * since its first word alone usually names another substance.
 */
export function substanceTerms(terms: Terms, text: string): readonly string[] {
  return terms.called([substanceList], text);
}

/** Returns the names, in all languages, of the term with this code in the imported list of substances. */
export function substanceNames(terms: Terms, code: string): readonly string[] {
  return terms.namesOf([substanceList], code.trim());
}
