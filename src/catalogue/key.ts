/** Keys: how resources are named in every map of the catalogue. */
import type { FhirResource, ResourceType } from '../fhir/resources.js';

/** `Type/id`, or ROOT for the operation itself. */
export type Key = string;
export const ROOT: Key = '';

export function keyOf(resource: FhirResource): Key {
  return `${resource.resourceType}/${resource.id}`;
}

export function typeOf(key: Key): ResourceType {
  return key.slice(0, key.indexOf('/')) as ResourceType;
}

export function idOf(key: Key): string {
  return key.slice(key.indexOf('/') + 1);
}

/** The id of an organization of which only a display is known: it carries the display, so that it can be given again. */
export function displayId(display: string): string {
  return `~${Buffer.from(display).toString('base64url')}`;
}

/** The display in such an id, or undefined when it is an ordinary one: `~` never occurs in a FHIR id. */
export function displayIn(id: string): string | undefined {
  return id.startsWith('~') ? Buffer.from(id.slice(1), 'base64url').toString() : undefined;
}
