/** Maps coded values to their meaning: the few lists whose codes become GraphQL enums. */
import type {
  ClinicalUseDefinition,
  CodeableConcept,
  Coding,
  Extension,
  Ingredient,
  MarketingStatus,
  MedicinalProductDefinition,
  RegulatedAuthorization,
} from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import { foldText } from './fold.js';
import { listOf } from './terms.js';

export enum IngredientRole {
  ACTIVE = 'ACTIVE',
  ADJUVANT = 'ADJUVANT',
  EXCIPIENT = 'EXCIPIENT',
  SOLVENT = 'SOLVENT',
  OTHER = 'OTHER',
}

export enum AuthorizationType {
  MARKETING = 'MARKETING',
  ORPHAN = 'ORPHAN',
  PARALLEL_TRADE = 'PARALLEL_TRADE',
  MANUFACTURING = 'MANUFACTURING',
  OTHER = 'OTHER',
}

/** The life cycle of a permission, or of a product by its permissions. */
export enum Lifecycle {
  PENDING = 'PENDING',
  AUTHORIZED = 'AUTHORIZED',
  SUSPENDED = 'SUSPENDED',
  ENDED = 'ENDED',
  VOID = 'VOID',
  UNKNOWN = 'UNKNOWN',
}

export enum ClinicalUseType {
  INDICATION = 'INDICATION',
  CONTRAINDICATION = 'CONTRAINDICATION',
  INTERACTION = 'INTERACTION',
  UNDESIRABLE_EFFECT = 'UNDESIRABLE_EFFECT',
  WARNING = 'WARNING',
  OTHER = 'OTHER',
}

/** The meanings of the codes of one EMA list, and the words of other lists for the same. */
export interface Meanings<T> {
  readonly list: string;
  readonly codes: Readonly<Record<string, T>>;
  /** Folded by `foldText`. */
  readonly words: Readonly<Record<string, T>>;
  /** The meaning of other codes of that list; null where they count as unknown. */
  readonly other: T | null;
  /** Systems of other lists whose words count; without it, those of any list. */
  readonly systems?: readonly string[];
}

/** Ingredient role. */
const ingredientRoles: Meanings<IngredientRole> = {
  list: '100000072050',
  codes: {
    '100000072072': IngredientRole.ACTIVE,
    '100000072073': IngredientRole.ADJUVANT,
    '100000072082': IngredientRole.EXCIPIENT,
    '100000136066': IngredientRole.SOLVENT,
  },
  words: {
    ...wordsFor(IngredientRole.ACTIVE, [
      'active',
      'active ingredient',
      'active substance',
      'active pharmaceutical ingredient',
      'active drug substance',
      'active moiety',
      'Wirkstoff',
      'arzneilich wirksamer Bestandteil',
      'principe actif',
      'substance active',
      'principio attivo',
      'sostanza attiva',
      'principio activo',
      'sustancia activa',
      'substância ativa',
      'werkzame stof',
      'aktiv substans',
      'toimeaine',
      'substancja czynna',
    ]),
    ...wordsFor(IngredientRole.ADJUVANT, ['adjuvant', 'Adjuvans']),
    ...wordsFor(IngredientRole.EXCIPIENT, [
      'excipient',
      'inactive ingredient',
      'Hilfsstoff',
      'sonstiger Bestandteil',
      'eccipiente',
      'excipiente',
      'hulpstof',
      'abiaine',
      'substancja pomocnicza',
    ]),
    ...wordsFor(IngredientRole.SOLVENT, ['solvent', 'Lösungsmittel', 'solvant', 'solvente', 'lahusti']),
  },
  other: IngredientRole.OTHER,
};

/** Regulatory entitlement type. */
const authorizationTypes: Meanings<AuthorizationType> = {
  list: '220000000060',
  codes: {
    '220000000061': AuthorizationType.MARKETING,
    '220000000062': AuthorizationType.ORPHAN,
    '220000000063': AuthorizationType.PARALLEL_TRADE,
    '220000000099': AuthorizationType.MANUFACTURING,
  },
  words: {
    ...wordsFor(AuthorizationType.MARKETING, [
      'marketing authorisation',
      'marketing authorization',
      'marketing authorisation of a medicinal product',
      'Zulassung',
      'Arzneimittelzulassung',
      'autorisation de mise sur le marché',
      "autorizzazione all'immissione in commercio",
      'autorización de comercialización',
      'müügiluba',
    ]),
    ...wordsFor(AuthorizationType.ORPHAN, ['orphan designation', 'orphan drug designation']),
    ...wordsFor(AuthorizationType.PARALLEL_TRADE, [
      'parallel trade',
      'parallel distribution',
      'parallel import',
      'parallel trade authorisation',
      'parallel import licence',
    ]),
    ...wordsFor(AuthorizationType.MANUFACTURING, [
      'manufacturing authorisation',
      'manufacturing authorization',
      'manufacturing and import authorisation',
    ]),
  },
  other: AuthorizationType.OTHER,
};

export function wordsFor<T>(meaning: T, words: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(words.map((word) => [foldText(word), meaning]));
}

/**
 * Returns the meaning of a concept. EMA's codes decide. A code of another list has the meaning of its words, where they
 * are unmistakable. Null where the meaning is not known, or two codes differ in it, which is not the same as OTHER.
 */
export function meaningOf<T>(concept: CodeableConcept | undefined, meanings: Meanings<T>): T | null {
  const { list, codes, words, other } = meanings;
  const given = elements(concept?.coding);
  const codings = given.filter((coding) => isHeard(coding, meanings));
  if (codings.length === 0 && given.length > 0) return null;
  const coded = codings.flatMap((coding) => {
    const { code } = coding;
    if (typeof code === 'string' && Object.hasOwn(codes, code)) return [codes[code] ?? null];
    return isOfList(coding, list) ? [other] : [];
  });
  if (coded.length > 0) return onlyOf(new Set(coded));
  const said = new Set(
    [concept?.text, ...codings.flatMap(({ display, code }) => [display, code])].flatMap((text) => {
      const word = typeof text === 'string' ? foldText(text) : '';
      return Object.hasOwn(words, word) ? [words[word]] : [];
    }),
  );
  return onlyOf(said);
}

function onlyOf<T>([only, ...others]: Iterable<T | null | undefined>): T | null {
  return others.length === 0 ? (only ?? null) : null;
}

function isHeard({ system }: Coding, { systems }: Meanings<unknown>): boolean {
  if (systems === undefined || typeof system !== 'string' || system === '') return true;
  return listOf(system) !== null || systems.includes(system);
}

/** Whether a coding is of the list. A term's id is unique in all lists, so it needs no system. */
function isOfList({ system, code }: Coding, list: string): boolean {
  if (typeof code !== 'string') return false;
  if (typeof system === 'string' && system !== '') return listOf(system)?.split('~').includes(list) ?? false;
  return /^[12]\d{11}$/.test(code);
}

/**
 * Returns `Ingredient.role` as an enum; OTHER for another role of EMA's list, null where it is not given, not known, or
 * given twice.
 */
export function ingredientRole({ role }: Pick<Ingredient, 'role'>): IngredientRole | null {
  return meaningOf(role, ingredientRoles);
}

/** FHIR's own codes, each with the element that has its content. */
const clinicalUseTypes = [
  ['indication', 'indication', ClinicalUseType.INDICATION],
  ['contraindication', 'contraindication', ClinicalUseType.CONTRAINDICATION],
  ['interaction', 'interaction', ClinicalUseType.INTERACTION],
  ['undesirable-effect', 'undesirableEffect', ClinicalUseType.UNDESIRABLE_EFFECT],
  ['warning', 'warning', ClinicalUseType.WARNING],
] as const;

/** Returns the kind of a clinical use; without a type, by the element that is present; OTHER where nothing decides. */
export function clinicalUseType(use: ClinicalUseDefinition): ClinicalUseType {
  const type = use.type as string | undefined;
  const found = clinicalUseTypes.find(([code, element]) =>
    type === undefined ? use[element] !== undefined : code === type,
  );
  return found?.[2] ?? ClinicalUseType.OTHER;
}

const marketingNumber = /\/marketingAuthorizationNumber\b/i;
const manufacturingNumber = /\/(manufacturingAuthorizationNumber|eudraGMP)\b/i;

/**
 * Returns the type of an authorization. Its `type` decides. Where that is missing or not known, the number still shows
 * it: `EU/3/…` are the orphan designations of the Union register, and the number's system names its kind. Null where
 * nothing shows it.
 */
export function authorizationType(authorization: RegulatedAuthorization): AuthorizationType | null {
  const identifiers = elements(authorization.identifier);
  const told = meaningOf(authorization.type, authorizationTypes);
  if (told) return told;
  if (identifiers.some(({ value }) => /^\s*EU\/3\//i.test(value ?? ''))) return AuthorizationType.ORPHAN;
  if (identifiers.some(({ system }) => marketingNumber.test(system ?? '')))
    return AuthorizationType.MARKETING;
  if (identifiers.some(({ system }) => manufacturingNumber.test(system ?? '')))
    return AuthorizationType.MANUFACTURING;
  return null;
}

/**
 * Reduces an authorization's numbers to what they show of it: its kind, and whether it is the Union's. The result shows
 * the same as the numbers, each fact once, and is equal for all numbers that show the same.
 */
export function kindsOfNumbers(
  identifiers: RegulatedAuthorization['identifier'],
): NonNullable<RegulatedAuthorization['identifier']> {
  const told = elements(identifiers).map(({ system, value }) => {
    const beginning = /^\s*EU\s*\/\s*[13]\s*\//i.exec(value ?? '')?.[0];
    return { ...(system !== undefined && { system }), ...(beginning !== undefined && { value: beginning }) };
  });
  return [...new Map(told.map((each) => [JSON.stringify(each), each])).values()];
}

/**
 * Returns the authorization's own number: the marketing number where one is marked so, else the first identifier's
 * value.
 */
export function authorizationNumber(authorization: RegulatedAuthorization): string | null {
  const identifiers = elements(authorization.identifier);
  const marked = identifiers.find(({ system, value }) => value && marketingNumber.test(system ?? ''));
  return tidyNumber((marked ?? identifiers.find(({ value }) => value))?.value);
}

/** Returns a number as it is printed, without the spaces around it and beside its slashes. */
export function tidyNumber(number: string | undefined): string | null {
  return number?.trim().replaceAll(/\s*\/\s*/g, '/') || null;
}

/** The systems of a product's and a package's own numbers, which EMA writes with either scheme and in either case. */
export const identifierSystems = {
  mpId: /\/mpId$/i,
  /** EVMPD, in EMA's list of source systems. */
  evCode: /\/100000075665$/,
  pmsId: /\/(pmsId$|pms\/api\/)/i,
  pcId: /\/pcId$/i,
} as const;

/** Whether a coding is WHO's code of an ATC class. */
export function isAtcCode({ system }: Coding): boolean {
  return /whocc\.no\/atc/i.test(system ?? '');
}

/** Whether a coding is EMA's term for an ATC class. */
export function isAtcTerm({ system }: Coding): boolean {
  return listOf(system) === '100000093533';
}

/** Returns EMA's extension for the dose form of a product that is not a combination. */
export function authorisedDoseForm({
  extension,
}: Pick<MedicinalProductDefinition, 'extension'>): CodeableConcept | undefined {
  return conceptIn(extension, /\/extension\/authorisedDoseForm$/i);
}

/** Returns EMA's extension that says whether a medicine may run short. */
export function riskOfSupplyShortage({
  extension,
}: Pick<MarketingStatus, 'extension'>): CodeableConcept | undefined {
  return conceptIn(extension, /\/extension\/riskOfSupplyShortage$/i);
}

/** Returns the extensions of one URL as one value: where there are two, neither is left out. */
function conceptIn(extensions: readonly Extension[] | undefined, url: RegExp): CodeableConcept | undefined {
  const found = elements(extensions).filter((extension) => url.test(extension.url ?? ''));
  const told = found.flatMap(({ valueCoding: coding, valueCodeableConcept: concept }) => {
    if (concept) return [concept];
    return coding?.code || coding?.display ? [{ coding: [coding] }] : [];
  });
  const [only, ...others] = told;
  if (!only || others.length === 0) return only;
  return { ...only, coding: told.flatMap(({ coding }) => elements(coding)) };
}
