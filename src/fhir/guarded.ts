/**
 * Records whose malformed elements cannot be read: what is not of the JSON type that FHIR gives it throws where somebody
 * looks at it, and nowhere else. So it is never taken for something that is not there.
 */
import { isObject } from './answer.js';
import { extension, jsonTypeOf, type JsonObject, type JsonType } from './json-types.js';
import type { FhirResource, ResourceType } from './resources.js';

/** What is read of a record is not what FHIR has there. A TypeError, as all that comes of reading what is malformed. */
export class MalformedElement extends TypeError {
  /** @param place the record and the element: `Ingredient/7: "substance.code"` */
  constructor(readonly place: string) {
    super(`The upstream’s record ${place} holds something that FHIR does not allow there.`);
  }
}

/**
 * The same record, to be read with care: a malformed element throws a `MalformedElement`. A single object where a list
 * belongs is a list of one, and a list of one object is that object; `null` is nothing, as if it had not been sent.
 * `JSON.stringify` gives the record as it was sent.
 */
export function guarded<Resource extends FhirResource>(resource: Resource): Resource {
  if (sound.has(resource) || sent in resource) return resource;
  const read = readObject(resource, fieldsOfType(resource.resourceType), { record: resource }) as Resource;
  if (!(sent in read)) sound.add(read);
  return read;
}

/** The record as it was sent, for those who only pass it on. */
export function asSent<Resource extends FhirResource>(resource: Resource): Resource {
  return (resource as Resource & { readonly [sent]?: Resource })[sent] ?? resource;
}

/** Nothing in these is malformed: a record that is kept comes again and again. */
const sound = new WeakSet<object>();

const sent = Symbol('as it was sent');

type Value = Readonly<Record<string, unknown>>;

/** The elements of an object, each with what it is read as; those of an object only once they are needed. */
type Fields = ReadonlyMap<string, JsonType>;

/** Written down only where something is malformed: nearly all records are sound. */
type Place =
  | { readonly record: FhirResource }
  | { readonly above: Place; readonly name: string; readonly index: number | undefined };

/** Stands for what cannot be read as what it should be. */
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

/** What stands beside a primitive element: FHIR gives it no more than extensions. */
const beside: JsonObject = {};

/** The very same value where it is all well. */
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
    // What stands beside a list of primitives is a list itself.
    if (type === beside) return value.every((each) => each === null || isObject(each)) ? value : malformed;
    const [only, ...others] = value as readonly unknown[];
    return isObject(only) && others.length === 0 ? readValue(only, type, at, name, index) : malformed;
  }
  return isObject(value) ? readObject(value, fieldsOf(type), { above: at, name, index }) : malformed;
}

function readList(value: unknown, type: JsonType, at: Place, name: string): unknown {
  const isSingle = isObject(value) && typeof type !== 'string';
  if (!Array.isArray(value)) return isSingle ? readList([value], type, at, name) : malformed;
  const given: readonly unknown[] = value;
  // Of primitives null says that no more than extensions are told.
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

/** `Ingredient/7: "substance.code"` */
function written(place: Place): string {
  const names: string[] = [];
  let at = place;
  for (; !('record' in at); at = at.above)
    names.unshift(at.index === undefined ? at.name : `${at.name}[${at.index}]`);
  return `${at.record.resourceType}/${at.record.id}: "${names.join('.')}"`;
}
