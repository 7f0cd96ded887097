/** Ids that name an object over the whole schema: `Package:8485040`. A colon cannot occur in a FHIR id. */
import { PmsError } from '../errors.js';
import { displayIn, type Key } from '../catalogue/key.js';
import { isFhirId, resourceKey } from '../fhir/reference.js';
import type { ResourceType } from '../fhir/resources.js';

/** The types with ids, by their names in the schema. */
const typesByName: Readonly<Record<string, ResourceType>> = {
  Product: 'MedicinalProductDefinition',
  Package: 'PackagedProductDefinition',
  Ingredient: 'Ingredient',
  ManufacturedItem: 'ManufacturedItemDefinition',
  AdministrableProduct: 'AdministrableProductDefinition',
  RegulatedAuthorization: 'RegulatedAuthorization',
  Organization: 'Organization',
  ClinicalUse: 'ClinicalUseDefinition',
  SubstanceDefinition: 'SubstanceDefinition',
  ManufacturingOperation: 'ActivityDefinition',
};

const namesByType = new Map(Object.entries(typesByName).map(([name, type]) => [type, name]));

/** The resource that a type of the schema is a view of; undefined for values, connections and the like. */
export function resourceTypeOf(typeName: string): ResourceType | undefined {
  return Object.hasOwn(typesByName, typeName) ? typesByName[typeName] : undefined;
}

export function globalId(type: ResourceType, id: string): string {
  return `${namesByType.get(type) ?? type}:${id}`;
}

/** @returns undefined when the text is no global id, or names no type of this schema */
export function keyOfGlobalId(text: string): Key | undefined {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon);
  const id = text.slice(colon + 1);
  const type = Object.hasOwn(typesByName, name) ? typesByName[name] : undefined;
  if (!type) return undefined;
  const isDisplay = type === 'Organization' && Boolean(displayIn(id));
  return isFhirId(id) || isDisplay ? resourceKey(type, id) : undefined;
}

/**
 * The key of a resource of one type, given by its FHIR id or its global id.
 * @throws BAD_USER_INPUT naming the argument
 */
export function keyOfType(type: ResourceType, text: string, argument: string): Key {
  const key = text.includes(':') ? keyOfGlobalId(text) : isFhirId(text) ? resourceKey(type, text) : undefined;
  if (key?.startsWith(`${type}/`)) return key;
  throw new PmsError(
    'BAD_USER_INPUT',
    `"${argument}" must be the id of a ${namesByType.get(type)}: ${idShape}.`,
  );
}

export const idShape = '1 to 64 characters of A-Z, a-z, 0-9, "-" and ".", or an id that this schema gave';
