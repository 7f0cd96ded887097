/** What the server needs of a set of resources, whether they lie in memory or are made when asked for. */

import type { Resource } from 'fhir/r5.js';

export interface Entry {
  /** Where the resource stands; ascending positions of one type are ascending ids. */
  readonly position: number;
  readonly resource: Resource;
}

export interface World {
  readonly types: readonly string[];
  /** Every resource of a type, in the order of positions. */
  each(type: string): Iterable<Entry>;
  at(position: number): Resource;
  locate(type: string, id: string): number | undefined;
  /** The only resources that can refer to this id, where the id tells; undefined means that any may. */
  relatives(id: string): readonly Entry[] | undefined;
  /** Whether `relatives` knows this id; costs less. */
  hasRelatives(id: string): boolean;
}

/** A world of given resources. */
export function listedWorld(resources: readonly Resource[]): World {
  const sorted = [...resources].sort(byTypeAndId);
  const positions = new Map(
    sorted.map((resource, position) => [key(resource.resourceType, resource.id), position]),
  );
  const entries = sorted.map((resource, position): Entry => ({ position, resource }));
  const byType = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { resourceType } = entry.resource;
    const found = byType.get(resourceType);
    if (found === undefined) byType.set(resourceType, [entry]);
    else found.push(entry);
  }
  return {
    types: [...byType.keys()],
    each: (type) => byType.get(type) ?? [],
    at: (position) => required(sorted[position]),
    locate: (type, id) => positions.get(key(type, id)),
    relatives: () => undefined,
    hasRelatives: () => false,
  };
}

function byTypeAndId(one: Resource, other: Resource): number {
  const [left, right] = [key(one.resourceType, one.id), key(other.resourceType, other.id)];
  return left < right ? -1 : Number(left > right);
}

function key(type: string, id: string | undefined): string {
  return `${type}/${id ?? ''}`;
}

function required(resource: Resource | undefined): Resource {
  if (resource === undefined) throw new RangeError('no resource stands at this position');
  return resource;
}
