/** Builds elements that only few records have: characteristics, devices and other things in the box, related products. */

import type { MedicinalProductDefinition, PackagedProductDefinitionPackagingContainedItem } from 'fhir/r5.js';
import type { Series } from '../ids.js';
import type { ProductSpecification } from '../specification.js';
import { substanceConcept } from '../substances.js';
import { partReference } from './identity.js';

export function particularsOf(
  specification: ProductSpecification,
  series: Series,
): Partial<MedicinalProductDefinition> {
  const { particulars, items } = specification;
  if (particulars === undefined) return {};
  const { impurities, isGenericOf, traits, areItemsNamed = false } = particulars;
  return {
    impurity: impurities?.map((name) => ({ concept: substanceConcept(name) })),
    crossReference: isGenericOf?.map((product) => ({
      type: { text: 'Generic of' },
      product: /^\d+$/.test(product)
        ? { reference: { reference: `MedicinalProductDefinition/${product}` } }
        : { concept: { text: product } },
    })),
    characteristic: traits?.map((text) => ({ type: { text: 'Trait' }, valueCodeableConcept: { text } })),
    comprisedOf: areItemsNamed
      ? items.map((_, at) => partReference(specification, series, 'item', at))
      : undefined,
  };
}

/** Returns the things in the box that are not medicines: devices as references, other things as texts. */
export function thingsInBox({
  particulars,
}: ProductSpecification): PackagedProductDefinitionPackagingContainedItem[] {
  const { devices = [], extras = [] } = particulars ?? {};
  return [
    ...devices.map((display) => ({
      item: { reference: { type: 'DeviceDefinition', display } },
      amount: { value: 1 },
    })),
    ...extras.map((text) => ({ item: { concept: { text } } })),
  ];
}
