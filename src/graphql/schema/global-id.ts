/** Global ids, which identify an object in the whole API: `Package:8485040`. A FHIR id cannot contain a colon. */
import { PmsError } from '../../errors.js';
import { isContainedId, type Key } from '../../catalogue/graph/key.js';
import { displayIn } from '../../fhir/display-id.js';
import { isRecordId, resourceKey } from '../../fhir/reference.js';
import type { ResourceType } from '../../fhir/resources.js';
import { nouns } from './types/index.js';

const all = (Object.keys(nouns) as ResourceType[]).map((type) => [type, nouns[type]] as const);
const typesByName = new Map(all.map(([type, { name }]) => [name, type]));
const typesByKind = new Map(all.flatMap(([type, { kinds }]) => kinds.map((kind) => [kind, type] as const)));

/**
 * Returns the FHIR resource type that a type of the schema represents. Undefined for types of values, connections and
 * similar.
 */
export function resourceTypeOf(typeName: string): ResourceType | undefined {
  return typesByName.get(typeName) ?? typesByKind.get(typeName);
}

/** Parses a global id. Returns undefined if the text is not a global id, or names no type of this schema. */
function keyOfGlobalId(text: string): Key | undefined {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon);
  const id = text.slice(colon + 1);
  const type = typesByName.get(name);
  if (!type) return undefined;
  const isDisplay = type === 'Organization' && Boolean(displayIn(id));
  return isKnownId(id) || isDisplay ? resourceKey(type, id) : undefined;
}

function isKnownId(id: string): boolean {
  return isRecordId(id) || isContainedId(id);
}

/**
 * Returns the key of a resource of this type, from its FHIR id or its global id.
 * @throws BAD_USER_INPUT with the name of the argument
 */
export function keyOfType(type: ResourceType, text: string, argument: string): Key {
  const key = text.includes(':')
    ? keyOfGlobalId(text)
    : isKnownId(text)
      ? resourceKey(type, text)
      : undefined;
  if (key?.startsWith(`${type}/`)) return key;
  throw new PmsError('BAD_USER_INPUT', `"${argument}" must be the id of a ${nouns[type].name}: ${idShape}.`);
}

/**
 * Returns the keys of objects from their global ids.
 * @throws BAD_USER_INPUT with the name of the argument, but never its value
 */
export function keysOfGlobalIds(ids: readonly string[], argument: string): readonly Key[] {
  return ids.map((id) => {
    const key = keyOfGlobalId(id);
    if (key !== undefined) return key;
    throw new PmsError(
      'BAD_USER_INPUT',
      `"${argument}" must be an id as this API returns it, such as Product:600000000001.`,
    );
  });
}

const idShape = '1 to 64 characters of A-Z, a-z, 0-9, "-" and ".", or an id that this API returned';
