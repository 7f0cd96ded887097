/** Terms that name a record by its own id: as this schema gives it, `Package:8485040`, or as FHIR refers to it. */
import { displayIn } from '../../fhir/display-id.js';
import { isRecordId, parseReference, resourceKey } from '../../fhir/reference.js';
import { isFhirType, isResourceType, type ResourceType } from '../../fhir/resources.js';
import { isContainedId, isOfType, type Key } from '../graph/key.js';

/** What the records of each type are called in ids of this schema. */
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

/** Whether a text refers to a record, be it one that is read here or not: `DeviceDefinition/5` is none. */
export function isRecordTerm(term: string): boolean {
  const text = term.trim();
  if (recordKeyOf(text) !== undefined) return true;
  const [, type] =
    /^(?:https?:\/\/\S+\/)?([A-Z][A-Za-z]+)\/[^\s/]+(?:\/_history\/[^\s/]+)?$/.exec(text) ?? [];
  return type !== undefined && isFhirType(type);
}

/** The key of the record that a text refers to; undefined where it refers to none that is read here. */
export function recordKeyOf(term: string): Key | undefined {
  const text = term.trim();
  const [, noun = '', id = ''] = /^([A-Za-z]+):(.+)$/.exec(text) ?? [];
  const type = typesByNoun.get(noun);
  if (type !== undefined) return isIdOf(type, id) ? resourceKey(type, id) : undefined;
  if (!text.includes('/')) return undefined;
  const [, named = '', container = '', inside = ''] = /^([A-Za-z]+)\/(\S+)#(\S+)$/.exec(text) ?? [];
  // What stands inside of a record is found with the record: its type is not in the reference.
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

/** What other products may have too, which nothing leads to from it: companies, substances, activities, documents. */
export function isShared(key: Key): boolean {
  return shared.some((type) => isOfType(key, type));
}

const shared: readonly ResourceType[] = [
  'ActivityDefinition',
  'DocumentReference',
  'Organization',
  'SubstanceDefinition',
];
