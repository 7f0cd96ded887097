/** The interface between the server and its resources, which are either in memory or generated when they are read. */

import type { Resource } from 'fhir/r5.js';

export interface Entry {
  /** Position of the resource. Within a type, positions ascend with ids. */
  readonly position: number;
  readonly resource: Resource;
}

export interface World {
  readonly types: readonly string[];
  /** All resources of a type, in the order of positions. */
  each(type: string): Iterable<Entry>;
  at(position: number): Resource;
  locate(type: string, id: string): number | undefined;
  /** Returns all resources that may refer to this id; undefined if any resource may refer to it. */
  relatives(id: string): readonly Entry[] | undefined;
  /** Whether `relatives` returns resources for this id. It is faster than `relatives`. */
  hasRelatives(id: string): boolean;
}

/** Returns the interface for a list of resources in memory. */
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
