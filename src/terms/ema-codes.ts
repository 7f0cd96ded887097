/** What coded values mean to this service: the few lists whose codes become GraphQL enums. */
import type {
  ClinicalUseDefinition,
  CodeableConcept,
  Coding,
  Ingredient,
  MedicinalProductDefinition,
  RegulatedAuthorization,
} from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
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

export enum ClinicalUseType {
  INDICATION = 'INDICATION',
  CONTRAINDICATION = 'CONTRAINDICATION',
  INTERACTION = 'INTERACTION',
  UNDESIRABLE_EFFECT = 'UNDESIRABLE_EFFECT',
  WARNING = 'WARNING',
  OTHER = 'OTHER',
}

/** RMS list 100000072050, ingredient role. */
const ingredientRoles: Readonly<Record<string, IngredientRole>> = {
  '100000072072': IngredientRole.ACTIVE,
  '100000072073': IngredientRole.ADJUVANT,
  '100000072082': IngredientRole.EXCIPIENT,
  '100000136066': IngredientRole.SOLVENT,
};

/** RMS list 220000000060, regulatory entitlement type. */
const authorizationTypes: Readonly<Record<string, AuthorizationType>> = {
  '220000000061': AuthorizationType.MARKETING,
  '220000000062': AuthorizationType.ORPHAN,
  '220000000063': AuthorizationType.PARALLEL_TRADE,
  '220000000099': AuthorizationType.MANUFACTURING,
};

function firstKnown<T>(
  concept: CodeableConcept | undefined,
  meanings: Readonly<Record<string, T>>,
): T | undefined {
  const codings: unknown = concept?.coding;
  for (const coding of Array.isArray(codings) ? (codings as readonly unknown[]) : []) {
    // Records hold nulls and numbers where codes belong; these mean nothing here.
    const { code } = (coding ?? {}) as { readonly code?: unknown };
    if (typeof code === 'string' && Object.hasOwn(meanings, code)) return meanings[code];
  }
  return undefined;
}

/** `Ingredient.role` as an enum; OTHER for a role that is not one of EMA's four, null where none is given. */
export function ingredientRole(ingredient: Ingredient): IngredientRole | null {
  const known = firstKnown(ingredient.role, ingredientRoles);
  if (known) return known;
  return ingredient.role?.coding?.length || ingredient.role?.text ? IngredientRole.OTHER : null;
}

/** FHIR's own codes, each with the element that holds what it is about. */
const clinicalUseTypes = [
  ['indication', 'indication', ClinicalUseType.INDICATION],
  ['contraindication', 'contraindication', ClinicalUseType.CONTRAINDICATION],
  ['interaction', 'interaction', ClinicalUseType.INTERACTION],
  ['undesirable-effect', 'undesirableEffect', ClinicalUseType.UNDESIRABLE_EFFECT],
  ['warning', 'warning', ClinicalUseType.WARNING],
] as const;

/** The kind of a clinical use; where no type is sent, the one whose element is there. OTHER where nothing tells. */
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
 * What an authorization is. The type code decides; where no type is sent, the number still tells: `EU/3/…` are the
 * orphan designations of the Union register, and the number's system names its kind. Null where nothing tells.
 */
export function authorizationType(authorization: RegulatedAuthorization): AuthorizationType | null {
  const identifiers = elements(authorization.identifier);
  const coded = firstKnown(authorization.type, authorizationTypes);
  if (coded) return coded;
  if (authorization.type?.coding?.length) return AuthorizationType.OTHER;
  if (identifiers.some(({ value }) => /^\s*EU\/3\//i.test(value ?? ''))) return AuthorizationType.ORPHAN;
  if (identifiers.some(({ system }) => marketingNumber.test(system ?? '')))
    return AuthorizationType.MARKETING;
  if (identifiers.some(({ system }) => manufacturingNumber.test(system ?? '')))
    return AuthorizationType.MANUFACTURING;
  return null;
}

/** The authorization's own number: the marketing number where one is so marked, else the first identifier's value. */
export function authorizationNumber(authorization: RegulatedAuthorization): string | null {
  const identifiers = elements(authorization.identifier);
  const marked = identifiers.find(({ system, value }) => value && marketingNumber.test(system ?? ''));
  return tidyNumber((marked ?? identifiers.find(({ value }) => value))?.value);
}

/** A number as it is printed, without the blanks that records have around it and beside its strokes. */
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

/** Whether it is WHO's code of an ATC class. */
export function isAtcCode({ system }: Coding): boolean {
  return /whocc\.no\/atc/i.test(system ?? '');
}

/** Whether it is EMA's term for an ATC class. */
export function isAtcTerm({ system }: Coding): boolean {
  return listOf(system) === '100000093533';
}

/** EMA's extension for the dose form of a product that is not a combination. */
export function authorisedDoseForm({
  extension,
}: Pick<MedicinalProductDefinition, 'extension'>): readonly Coding[] {
  const found = elements(extension).find(({ url }) => /\/extension\/authorisedDoseForm$/i.test(url ?? ''));
  return found?.valueCoding ? [found.valueCoding] : elements(found?.valueCodeableConcept?.coding);
}
