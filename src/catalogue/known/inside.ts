/** Finds contained records by their parent. */
import { parseReference, resourceKey, type ParsedReference } from '../../fhir/reference.js';
import { containedId, idOf, isOfType, typeOf, type Key } from '../graph/key.js';
import type { Bundled, Reverse } from '../graph/link.js';
import { isHeld, type Known } from './known.js';

/**
 * Returns those contained records that are children of a parent. A contained record without a reference to a parent
 * belongs to its container.
 */
export function childrenInside(
  link: Reverse | Bundled,
  parent: Key,
  container: Key,
  known: Known,
): readonly Key[] {
  const inside = known.inside(container);
  if (inside.length === 0) return inside;
  return inside.filter((key) => {
    const reading = known.reading(key);
    if (!isOfType(key, link.type) || !isHeld(reading)) return false;
    if (link.kind === 'bundled') return parent === container;
    const named = link.names(reading.resource).map((reference) => parseReference(reference, link.parents));
    const isNamed = named.some(({ kind }) => kind !== 'logical');
    return isNamed ? named.some((each) => isNamedInside(each, parent, container)) : parent === container;
  });
}

function isNamedInside(named: ParsedReference, parent: Key, container: Key): boolean {
  switch (named.kind) {
    case 'literal':
      // Some references to a contained parent look like references to a separate record.
      return (
        parent === resourceKey(named.type, named.id) || parent === keyInside(named.type, container, named.id)
      );
    case 'untyped':
      return idOf(parent) === named.id;
    case 'contained':
      return parent === (named.id === '' ? container : keyInside(typeOf(parent), container, named.id));
    case 'logical':
      return false;
  }
}

export function keyInside(type: string, container: Key, id: string): Key {
  return resourceKey(type, containedId(container, id));
}
