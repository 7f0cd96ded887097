/** Terms that are the id of a record, either in the form of this API (`Package:8485040`) or as a FHIR reference. */
import { displayIn } from '../../fhir/display-id.js';
import { isRecordId, parseReference, resourceKey } from '../../fhir/reference.js';
import { isFhirType, isResourceType, type ResourceType } from '../../fhir/resources.js';
import { isContainedId, isOfType, type Key } from '../graph/key.js';

/** The prefixes of ids in this API, by resource type. */
export const recordNouns = {
  ActivityDefinition: 'ManufacturingActivity',
  AdministrableProductDefinition: 'AdministrableProduct',
  ClinicalUseDefinition: 'ClinicalUse',
  DocumentReference: 'Document',
  Ingredient: 'Ingredient',
  ManufacturedItemDefinition: 'ManufacturedItem',
  MedicinalProductDefinition: 'Product',
  Organization: 'Organization',
  PackagedProductDefinition: 'Package',
  RegulatedAuthorization: 'RegulatedAuthorization',
  SubstanceDefinition: 'SubstanceDefinition',
} as const satisfies Readonly<Record<ResourceType, string>>;

const typesByNoun = new Map<string, ResourceType>(
  (Object.keys(recordNouns) as ResourceType[]).map((type) => [recordNouns[type], type]),
);

/**
 * Whether a text looks like a reference to a record, even if the service does not read its resource type, such as
 * `DeviceDefinition/5`.
 */
export function isRecordTerm(term: string): boolean {
  const text = term.trim();
  if (recordKeyOf(text) !== undefined) return true;
  const [, type] =
    /^(?:https?:\/\/\S+\/)?([A-Z][A-Za-z]+)\/[^\s/]+(?:\/_history\/[^\s/]+)?$/.exec(text) ?? [];
  return type !== undefined && isFhirType(type);
}

/** Returns the key of the record that a text refers to; undefined if the service does not read such records. */
export function recordKeyOf(term: string): Key | undefined {
  const text = term.trim();
  const [, noun = '', id = ''] = /^([A-Za-z]+):(.+)$/.exec(text) ?? [];
  const type = typesByNoun.get(noun);
  if (type !== undefined) return isIdOf(type, id) ? resourceKey(type, id) : undefined;
  if (!text.includes('/')) return undefined;
  const [, named = '', container = '', inside = ''] = /^([A-Za-z]+)\/(\S+)#(\S+)$/.exec(text) ?? [];
  // A contained record is read with its container. The reference states only the container's type.
  if (isResourceType(named) && isContainedId(`${container}#${inside}`)) return resourceKey(named, container);
  const parsed = parseReference({ reference: text }, []);
  return parsed.kind === 'literal' && isResourceType(parsed.type)
    ? resourceKey(parsed.type, parsed.id)
    : undefined;
}

function isIdOf(type: ResourceType, id: string): boolean {
  const isDisplay = type === 'Organization' && displayIn(id) !== undefined;
  return isDisplay || isRecordId(id) || isContainedId(id);
}

/**
 * Whether records of several products may refer to the same record, which has no reference back to the products.
 * Examples are companies, substances, activities and documents.
 */
export function isShared(key: Key): boolean {
  return shared.some((type) => isOfType(key, type));
}

const shared: readonly ResourceType[] = [
  'ActivityDefinition',
  'DocumentReference',
  'Organization',
  'SubstanceDefinition',
];
