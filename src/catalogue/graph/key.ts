/** Keys: how resources are named in every map of the catalogue. */
import { createHash } from 'node:crypto';
import { compareIds } from '../../fhir/id-order.js';
import { isRecordId } from '../../fhir/reference.js';
import { isResourceType, type FhirResource, type ResourceType } from '../../fhir/resources.js';

/** `Type/id`, or ROOT for the operation itself. */
export type Key = string;
export const ROOT: Key = '';

export function keyOf(resource: FhirResource): Key {
  return `${resource.resourceType}/${resource.id}`;
}

export function typeOf(key: Key): ResourceType {
  return key.slice(0, key.indexOf('/')) as ResourceType;
}

/** As `typeOf(key) === type`, without making the type's name anew. */
export function isOfType(key: Key, type: string): boolean {
  return key.charCodeAt(type.length) === slash && key.startsWith(type);
}

const slash = 47;

export function idOf(key: Key): string {
  return key.slice(key.indexOf('/') + 1);
}

/**
 * The id of a record that stands inside another one: `600000000001#pack` in a product, and with the type of what it
 * stands in elsewhere: `AdministrableProductDefinition/7100001#substance`.
 */
export function containedId(container: Key, id: string): string {
  return `${isOfType(container, productType) ? idOf(container) : container}#${id}`;
}

/** Returns the key of the record that contains this one; undefined where none does. */
export function containerOf(key: Key): Key | undefined {
  const hash = key.indexOf('#');
  if (hash < 0) return undefined;
  const container = key.slice(key.indexOf('/') + 1, hash);
  return container.includes('/') ? container : `${productType}/${container}`;
}

/** Most keys are as long as a type and an id; one with an id that FHIR does not allow may have any length. */
const longestMark = 200;

/** Returns a short form of a key for cursors: the key itself, or a hash of a long one. */
export function markOf(key: Key): string {
  if (key.length <= longestMark) return key;
  return `#${createHash('sha256').update(key).digest('base64url')}`;
}

/** Whether it is the hash of a key, by which the key cannot be put in order. */
export function isHashed(mark: string): boolean {
  return mark.startsWith('#');
}

/** Whether it has the form of an id of a record that stands inside another one. */
export function isContainedId(id: string): boolean {
  const [container = '', local, ...more] = id.split('#');
  const [type = '', ...ids] = container.includes('/') ? container.split('/') : [productType, container];
  return (
    isResourceType(type) && ids.length === 1 && isRecordId(ids[0]) && isRecordId(local) && more.length === 0
  );
}

const productType = 'MedicinalProductDefinition';

/** The keys in their order; most lists are short, or come in it. */
export function inOrder(keys: Key[]): Key[] {
  for (let at = 1; at < keys.length; at += 1)
    if (compareKeys(keys[at - 1] ?? '', keys[at] ?? '') > 0) return keys.sort(compareKeys);
  return keys;
}

/** The one order that bundles, searches and includes can share: by type, then by id. */
export function compareKeys(a: Key, b: Key): number {
  return compareIds(a, b);
}
