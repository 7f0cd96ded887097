/** Maps the coded values of a few EMA lists to GraphQL enums. */
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

/** The life-cycle state of an authorization, or of a product according to its authorizations. */
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

/** The meanings of the codes of one EMA list, and of words that other lists use for the same meanings. */
export interface Meanings<T> {
  readonly list: string;
  readonly codes: Readonly<Record<string, T>>;
  /** Words, folded by `foldText`, with their meanings. */
  readonly words: Readonly<Record<string, T>>;
  /** The meaning of the other codes of the list; null if they count as unknown. */
  readonly other: T | null;
  /** Other systems whose words count. @default all systems */
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
 * Returns the meaning of a concept. EMA's codes decide. If there are none, the words decide, if all have the same
 * meaning. Null if the meaning is unknown, or if two codes have different meanings. OTHER is a known meaning.
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

/**
 * Whether a coding belongs to the list. A coding without a system does too, if its code has the form of EMA's term
 * ids, which are unique across lists.
 */
function isOfList({ system, code }: Coding, list: string): boolean {
  if (typeof code !== 'string') return false;
  if (typeof system === 'string' && system !== '') return listOf(system)?.split('~').includes(list) ?? false;
  return /^[12]\d{11}$/.test(code);
}

/**
 * Returns `Ingredient.role` as an enum. OTHER for another role of EMA's list; null if the role is missing, unknown or
 * contradictory.
 */
export function ingredientRole({ role }: Pick<Ingredient, 'role'>): IngredientRole | null {
  return meaningOf(role, ingredientRoles);
}

/** The codes of `ClinicalUseDefinition.type`, each with the element that has the content. */
const clinicalUseTypes = [
  ['indication', 'indication', ClinicalUseType.INDICATION],
  ['contraindication', 'contraindication', ClinicalUseType.CONTRAINDICATION],
  ['interaction', 'interaction', ClinicalUseType.INTERACTION],
  ['undesirable-effect', 'undesirableEffect', ClinicalUseType.UNDESIRABLE_EFFECT],
  ['warning', 'warning', ClinicalUseType.WARNING],
] as const;

/**
 * Returns the type of a clinical use. If `type` is missing, the element that is present decides. OTHER if neither
 * decides.
 */
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
 * Returns the type of an authorization. Its `type` decides. If that is missing or unknown, its number decides: `EU/3/…`
 * is an orphan designation of the Union register, and the number's system may name the type. Null if neither decides.
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
 * Reduces the numbers of an authorization to what they state: its type, and whether it is an authorization of the
 * Union. Numbers that state the same give equal results.
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
 * Returns the number of an authorization: the number marked as marketing authorization number; if none is marked, the
 * first number.
 */
export function authorizationNumber(authorization: RegulatedAuthorization): string | null {
  const identifiers = elements(authorization.identifier);
  const marked = identifiers.find(({ system, value }) => value && marketingNumber.test(system ?? ''));
  return tidyNumber((marked ?? identifiers.find(({ value }) => value))?.value);
}

/** Returns a number as it is printed: without spaces around the number and its slashes. */
export function tidyNumber(number: string | undefined): string | null {
  return number?.trim().replaceAll(/\s*\/\s*/g, '/') || null;
}

/**
 * The systems of identifiers of products and packages. EMA writes them with `http` or `https`, and in upper or lower
 * case.
 */
export const identifierSystems = {
  mpId: /\/mpId$/i,
  /** The system of EVMPD numbers, by its code in EMA's list of source systems. */
  evCode: /\/100000075665$/,
  pmsId: /\/(pmsId$|pms\/api\/)/i,
  pcId: /\/pcId$/i,
} as const;

/** Whether a coding is an ATC code of WHO. */
export function isAtcCode({ system }: Coding): boolean {
  return /whocc\.no\/atc/i.test(system ?? '');
}

/** Whether a coding is EMA's term for an ATC class. */
export function isAtcTerm({ system }: Coding): boolean {
  return listOf(system) === '100000093533';
}

/** Returns the dose form from EMA's extension, for a product that is not a combination. */
export function authorisedDoseForm({
  extension,
}: Pick<MedicinalProductDefinition, 'extension'>): CodeableConcept | undefined {
  return conceptIn(extension, /\/extension\/authorisedDoseForm$/i);
}

/** Returns the risk of a supply shortage from EMA's extension. */
export function riskOfSupplyShortage({
  extension,
}: Pick<MarketingStatus, 'extension'>): CodeableConcept | undefined {
  return conceptIn(extension, /\/extension\/riskOfSupplyShortage$/i);
}

/** Returns the values of all extensions with one URL as one concept, so that no value is lost. */
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
