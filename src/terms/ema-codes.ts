/** What EMA's term codes mean to this service: the few lists whose codes become GraphQL enums. */
import type { CodeableConcept, Ingredient, RegulatedAuthorization } from 'fhir/r5.js';

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
  for (const coding of concept?.coding ?? []) {
    const meaning = coding.code === undefined ? undefined : meanings[coding.code];
    if (meaning !== undefined) return meaning;
  }
  return undefined;
}

/** `Ingredient.role` as an enum; OTHER for a role that is not one of EMA's four, null where none is given. */
export function ingredientRole(ingredient: Ingredient): IngredientRole | null {
  const known = firstKnown(ingredient.role, ingredientRoles);
  if (known) return known;
  return ingredient.role?.coding?.length || ingredient.role?.text ? IngredientRole.OTHER : null;
}

const marketingNumber = /\/marketingAuthorizationNumber\b/i;
const manufacturingNumber = /\/(manufacturingAuthorizationNumber|eudraGMP)\b/i;

/**
 * What an authorization is. The type code decides; where no type is sent, the number still tells: `EU/3/…` are the
 * orphan designations of the Union register, and the number's system names its kind. Null where nothing tells.
 */
export function authorizationType(authorization: RegulatedAuthorization): AuthorizationType | null {
  const identifiers = authorization.identifier ?? [];
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
  const identifiers = authorization.identifier ?? [];
  const marked = identifiers.find(({ system, value }) => value && marketingNumber.test(system ?? ''));
  const number = (marked ?? identifiers.find(({ value }) => value))?.value?.trim();
  return number || null;
}
