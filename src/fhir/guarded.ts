/**
 * Guards records against malformed elements. Reading an element whose JSON type differs from FHIR's throws, so that a
 * malformed element is never mistaken for a missing one. All other elements stay readable.
 */
import { isObject } from './answer.js';
import { extension, jsonTypeOf, type JsonObject, type JsonType } from './json-types.js';
import type { FhirResource, ResourceType } from './resources.js';

/**
 * Thrown when a malformed element is read. It extends TypeError, the class of all errors from reading malformed data.
 */
export class MalformedElement extends TypeError {
  /** @param place the record and the element: `Ingredient/7: "substance.code"` */
  constructor(readonly place: string) {
    super(`The upstream’s record has a value that FHIR does not allow: ${place}.`);
  }
}

/**
 * Returns the record with guards. Reading a malformed element throws a `MalformedElement`. A single object where FHIR
 * has a list is returned as a list of one; a list of one where FHIR has an object is returned as that object. `null`
 * counts as missing. `JSON.stringify` returns the record as the upstream sent it.
 */
export function guarded<Resource extends FhirResource>(resource: Resource): Resource {
  if (sound.has(resource) || sent in resource) return resource;
  const fields = fieldsOfType(resource.resourceType);
  const read = isSound(resource, fields)
    ? resource
    : (readObject(resource, fields, { record: resource }) as Resource);
  if (!(sent in read)) sound.add(read);
  return read;
}

/** Returns the record as the upstream sent it, for code that only passes it on. */
export function asSent<Resource extends FhirResource>(resource: Resource): Resource {
  return (resource as Resource & { readonly [sent]?: Resource })[sent] ?? resource;
}

/** Records without malformed elements. They are remembered, so that a cached record is checked only once. */
const sound = new WeakSet<object>();

const sent = Symbol('as it was sent');

type Value = Readonly<Record<string, unknown>>;

/** The elements of an object with their types. Maps of nested objects are built on first use. */
type Fields = ReadonlyMap<string, JsonType>;

/**
 * The position of an element in a record. It is converted to text only if the element is malformed, which is rare.
 */
type Place =
  | { readonly record: FhirResource }
  | { readonly above: Place; readonly name: string; readonly index: number | undefined };

/** Represents a malformed value. */
const malformed = Symbol('malformed');

const fieldsByType = new Map<ResourceType, Fields>();
const fieldsByObject = new Map<JsonObject, Fields>();

function fieldsOfType(type: ResourceType): Fields {
  const known = fieldsByType.get(type) ?? fieldsOf(jsonTypeOf(type));
  fieldsByType.set(type, known);
  return known;
}

function fieldsOf(object: JsonObject): Fields {
  const known = fieldsByObject.get(object);
  if (known) return known;
  const fields = new Map<string, JsonType>([
    ['extension', [extension as JsonObject]],
    ...Object.entries(object),
  ]);
  fieldsByObject.set(object, fields);
  return fields;
}

/** The type of the object `_element` next to a primitive element. FHIR allows only extensions in it. */
const beside: JsonObject = {};

/**
 * Whether `readObject` would return the same object. Nearly all records pass this check, so it allocates no memory.
 */
function isSound(given: object, fields: Fields): boolean {
  const value = given as Value;
  for (const name in value) {
    const each = value[name];
    const type = fields.get(name) ?? (name.startsWith('_') ? beside : undefined);
    if (type !== undefined && each !== undefined && !isSoundValue(each, type)) return false;
  }
  return true;
}

function isSoundValue(value: unknown, type: JsonType): boolean {
  if (typeof type === 'string') return typeof value === type;
  if (isList(type)) {
    const [of] = type;
    if (!Array.isArray(value)) return false;
    for (const each of value as readonly unknown[])
      if (each === null ? typeof of !== 'string' : !isSoundValue(each, of)) return false;
    return true;
  }
  if (Array.isArray(value)) return type === beside && isCompanion(value);
  return isObject(value) && isSound(value, fieldsOf(type));
}

/** Whether a list can accompany a list of primitives: it contains only objects and nulls. */
function isCompanion(value: readonly unknown[]): boolean {
  return value.every((each) => each === null || isObject(each));
}

/** Returns an object with guards. If nothing in it is malformed, returns the object itself. */
function readObject(given: object, fields: Fields, at: Place): object {
  const value = given as Value;
  let changes: Map<string, unknown> | undefined;
  for (const name in value) {
    const type = fields.get(name) ?? (name.startsWith('_') ? beside : undefined);
    if (type === undefined) continue;
    const each = value[name];
    const read = each === null || each === undefined ? undefined : readValue(each, type, at, name);
    if (read !== each) (changes ??= new Map<string, unknown>()).set(name, read);
  }
  if (!changes) return value;
  const copy: Record<string, unknown> = {};
  for (const name in value) {
    const read = changes.has(name) ? changes.get(name) : value[name];
    if (read !== undefined) put(copy, name, read, { above: at, name, index: undefined });
  }
  return [...changes.values()].some(isMarked) ? mark(copy, value) : copy;
}

function readValue(value: unknown, type: JsonType, at: Place, name: string, index?: number): unknown {
  if (typeof type === 'string') return typeof value === type ? value : malformed;
  if (isList(type)) return readList(value, type[0], at, name);
  if (Array.isArray(value)) {
    if (type === beside) return isCompanion(value) ? value : malformed;
    const [only, ...others] = value as readonly unknown[];
    return isObject(only) && others.length === 0 ? readValue(only, type, at, name, index) : malformed;
  }
  return isObject(value) ? readObject(value, fieldsOf(type), { above: at, name, index }) : malformed;
}

function readList(value: unknown, type: JsonType, at: Place, name: string): unknown {
  const isSingle = isObject(value) && typeof type !== 'string';
  if (!Array.isArray(value)) return isSingle ? readList([value], type, at, name) : malformed;
  const given: readonly unknown[] = value;
  // In a list of primitives, null means that only extensions are given for this item.
  const keepsNull = typeof type === 'string';
  let items: unknown[] | undefined;
  for (let from = 0; from < given.length; from += 1) {
    const each = given[from];
    const isLeftOut = each === null && !keepsNull;
    const index = items?.length ?? from;
    const read = each === null ? null : readValue(each, type, at, name, index);
    if (!items && !isLeftOut && read === each) continue;
    items ??= given.slice(0, from);
    if (!isLeftOut) items.push(read);
  }
  if (!items) return given;
  if (!items.some(isMarked)) return items;
  const copy: unknown[] = [];
  for (const [index, each] of items.entries()) put(copy, index, each, { above: at, name, index });
  return mark(copy, given);
}

function isList(type: JsonObject | readonly [JsonType]): type is readonly [JsonType] {
  return Array.isArray(type);
}

function isMarked(value: unknown): boolean {
  return value === malformed || (typeof value === 'object' && value !== null && sent in value);
}

function put(target: object, name: string | number, value: unknown, place: Place): void {
  const own = { enumerable: true, configurable: true };
  if (value !== malformed) Object.defineProperty(target, name, { ...own, value, writable: true });
  else {
    const get = (): never => {
      throw new MalformedElement(written(place));
    };
    Object.defineProperty(target, name, { ...own, get });
  }
}

function mark<Target extends object>(target: Target, given: object): Target {
  Object.defineProperty(target, sent, { value: given });
  Object.defineProperty(target, 'toJSON', { value: () => given });
  return target;
}

/** Writes a position as text: `Ingredient/7: "substance.code"`. */
function written(place: Place): string {
  const names: string[] = [];
  let at = place;
  for (; !('record' in at); at = at.above)
    names.unshift(at.index === undefined ? at.name : `${at.name}[${at.index}]`);
  return `${at.record.resourceType}/${at.record.id}: "${names.join('.')}"`;
}
