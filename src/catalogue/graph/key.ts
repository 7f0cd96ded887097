/** The keys that identify resources in every map of the catalogue. */
import { createHash } from 'node:crypto';
import { compareIds } from '../../fhir/id-order.js';
import { isRecordId } from '../../fhir/reference.js';
import { isResourceType, type FhirResource, type ResourceType } from '../../fhir/resources.js';

/** `Type/id` for a record, or ROOT for the operation itself. */
export type Key = string;
export const ROOT: Key = '';

export function keyOf(resource: FhirResource): Key {
  return `${resource.resourceType}/${resource.id}`;
}

export function typeOf(key: Key): ResourceType {
  return key.slice(0, key.indexOf('/')) as ResourceType;
}

/** Returns `typeOf(key) === type`, without allocating a string. */
export function isOfType(key: Key, type: string): boolean {
  return key.charCodeAt(type.length) === slash && key.startsWith(type);
}

const slash = 47;

export function isOfAny(key: Key, types: readonly string[]): boolean {
  for (const type of types) if (isOfType(key, type)) return true;
  return false;
}

export function idOf(key: Key): string {
  return key.slice(key.indexOf('/') + 1);
}

/**
 * Returns the id of a contained resource. If its container is a product, the id starts with the product's id
 * (`600000000001#pack`). Otherwise it starts with the container's key
 * (`AdministrableProductDefinition/7100001#substance`).
 */
export function containedId(container: Key, id: string): string {
  return `${isOfType(container, productType) ? idOf(container) : container}#${id}`;
}

/** Returns the key of the record that contains a resource; undefined if the resource is not contained. */
export function containerOf(key: Key): Key | undefined {
  const hash = key.indexOf('#');
  if (hash < 0) return undefined;
  const container = key.slice(key.indexOf('/') + 1, hash);
  return container.includes('/') ? container : `${productType}/${container}`;
}

/**
 * Maximum number of characters of a key in a cursor. A key can have any length, because its id may violate FHIR's
 * rules.
 */
const longestMark = 200;

/** Returns the form of a key for cursors: the key itself, or its hash if the key is too long. */
export function markOf(key: Key): string {
  if (key.length <= longestMark) return key;
  return `#${createHash('sha256').update(key).digest('base64url')}`;
}

/** Whether the cursor contains the hash of a key. A hash cannot be compared with keys by order. */
export function isHashed(mark: string): boolean {
  return mark.startsWith('#');
}

/** Whether an id has the form of a contained resource's id. */
export function isContainedId(id: string): boolean {
  const [container = '', local, ...more] = id.split('#');
  const [type = '', ...ids] = container.includes('/') ? container.split('/') : [productType, container];
  return (
    isResourceType(type) && ids.length === 1 && isRecordId(ids[0]) && isRecordId(local) && more.length === 0
  );
}

const productType = 'MedicinalProductDefinition';

/** Sorts keys in place. Checks first whether they are sorted already, because most lists are short or sorted. */
export function inOrder(keys: Key[]): Key[] {
  for (let at = 1; at < keys.length; at += 1)
    if (compareKeys(keys[at - 1] ?? '', keys[at] ?? '') > 0) return keys.sort(compareKeys);
  return keys;
}

/** Compares keys by type, then by id. This is the only order that all profiles can produce. */
export function compareKeys(a: Key, b: Key): number {
  return compareIds(a, b);
}
