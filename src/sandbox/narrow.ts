/** `_elements`: copies that hold only what was asked for. */

import type { Coding, Resource } from 'fhir/r5.js';

const alwaysKept = new Set(['resourceType', 'id', 'meta']);
const subsetted: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
};

/**
 * The elements asked for and those that must be there, marked as R5 wants a partial copy to be. `name` holds for every
 * type, `Type.name` for one; a resource for whose type nothing was asked is whole, as with other servers.
 */
export function narrowed(resource: Resource, elements: readonly string[]): Resource {
  const asked = new Set(elements.flatMap((element) => elementOf(resource.resourceType, element) ?? []));
  if (asked.size === 0) return resource;
  // What stands beside a primitive element, `_description`, is a part of it.
  const isKept = (name: string): boolean => alwaysKept.has(name) || asked.has(name.replace(/^_/, ''));
  const kept = Object.entries(resource).filter(([name]) => isKept(name));
  const meta = { ...resource.meta, tag: [...(resource.meta?.tag ?? []), subsetted] };
  return { ...(Object.fromEntries(kept) as unknown as Resource), meta };
}

function elementOf(type: string, written: string): string | undefined {
  const [first = '', second] = written.split('.', 2);
  if (second === undefined) return first;
  return first === type ? second : undefined;
}
