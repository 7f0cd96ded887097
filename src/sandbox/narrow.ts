/** `_elements`: copies of resources that contain only the requested elements. */

import type { Coding, Resource } from 'fhir/r5.js';

const alwaysKept = new Set(['resourceType', 'id', 'meta']);
const subsetted: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
};

/**
 * Returns the requested and the mandatory elements, with the tag SUBSETTED, as R5 requires. `name` applies to all
 * types, `Type.name` to one type. If no element is requested for a type, its resources are complete, as on other
 * servers.
 */
export function narrowed(resource: Resource, elements: readonly string[]): Resource {
  const asked = new Set(elements.flatMap((element) => elementOf(resource.resourceType, element) ?? []));
  if (asked.size === 0) return resource;
  // `_description` contains the extensions of the primitive element `description`. It is returned if `description` is
  // requested.
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
