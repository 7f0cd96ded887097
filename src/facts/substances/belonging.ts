/** Decides which ingredients belong to a record, by the references in the ingredients. */
import type { Ingredient } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { parseReference } from '../../fhir/reference.js';
import type { FhirResource, ResourceOf } from '../../fhir/resources.js';

/** The types that `Ingredient.for` may refer to. */
const parents = [
  'MedicinalProductDefinition',
  'ManufacturedItemDefinition',
  'AdministrableProductDefinition',
];

/**
 * Whether `Ingredient.for` refers to a record. A contained record has an id such as `600000000001#tablet`. A
 * contained ingredient without a reference belongs to the record that contains it.
 */
export function isFor(ingredient: ResourceOf<'Ingredient'>, record: FhirResource): boolean {
  const container = containerIn(ingredient.id);
  const named = elements<NonNullable<Ingredient['for']>[number]>(ingredient.for)
    .map((reference) => parseReference(reference, parents))
    .filter(({ kind }) => kind !== 'logical');
  if (named.length === 0) return container !== undefined && isContainer(container, record);
  return named.some((each) => {
    switch (each.kind) {
      case 'literal':
        return (
          each.type === record.resourceType && (each.id === record.id || isInside(record, container, each.id))
        );
      case 'untyped':
        return each.id === record.id || isInside(record, container, each.id);
      case 'contained':
        if (each.id !== '') return isInside(record, container, each.id);
        return container !== undefined && isContainer(container, record);
      case 'logical':
        return false;
    }
  });
}

/** Returns the part before `#` in the id of a contained record. */
function containerIn(id: string): string | undefined {
  const hash = id.indexOf('#');
  return hash < 0 ? undefined : id.slice(0, hash);
}

function isInside(record: FhirResource, container: string | undefined, id: string): boolean {
  return container !== undefined && record.id === `${container}#${id}`;
}

/**
 * Whether a record is the container that an id names. If the container is a product, the id contains the product's id
 * without its type.
 */
function isContainer(container: string, record: FhirResource): boolean {
  if (container.includes('/')) return container === `${record.resourceType}/${record.id}`;
  return record.resourceType === 'MedicinalProductDefinition' && container === record.id;
}
