/** The facts that packages tell, and those of supply, which stand at the product or at its packages. */
import { elements } from '../fhir/elements.js';
import { barcodesOf, foldBarcode } from '../terms/barcodes.js';
import { byNumber, codingsOrText, isCoded } from './concepts.js';
import { notTold, told, type NotTold, type RecordFact, type Test } from './fact.js';
import type { IntRange, Marketed, ProductFilter } from './filter.js';
import { isMarketed } from './authorizations/marketed.js';
import { packSizeOf } from './amounts/pack-size.js';
import { supplyStatusesOf } from './authorizations/supply.js';
import { anyOf } from './verdict.js';

const type = 'PackagedProductDefinition';
const productType = 'MedicinalProductDefinition';
const of = 'package';
const group = 'package';

export const ofPackage = {
  packSize: told({
    of,
    group,
    type,
    elements: ['containedItemQuantity', 'packaging'],
    values(pack): readonly (number | NotTold)[] {
      const size = packSizeOf(pack);
      return size === null ? [] : [size ?? notTold];
    },
    meets:
      ({ min = 0, max = Number.POSITIVE_INFINITY }: IntRange) =>
      (size: number) =>
        size >= min && size <= max,
  }),
  dataCarrier: told({
    of,
    group,
    type,
    elements: ['packaging'],
    values: barcodesOf,
    ...byNumber(foldBarcode),
  }),
  marketed: {
    of,
    group,
    reads: [
      [type, ['marketingStatus']],
      [productType, ['marketingStatus']],
    ],
    alone: { of: 'supply' },
    // What stands at the product may be meant of a package that says nothing itself: it does not tell of which.
    test: (asked: Marketed) => (resource, _key, product) => {
      if (resource?.resourceType !== type && resource?.resourceType !== productType) return undefined;
      const own = elements(resource.marketingStatus);
      if (own.length > 0 || resource.resourceType === productType) return isMarketed(own, asked, new Date());
      if (product?.resourceType !== productType) return undefined;
      return isMarketed(elements(product.marketingStatus), asked, new Date()) === false ? false : undefined;
    },
  },
  legalStatusOfSupply: {
    of: 'supply',
    reads: [
      [type, ['legalStatusOfSupply']],
      [productType, ['legalStatusOfSupply']],
    ],
    test: (asked: readonly string[], { country }: ProductFilter) => supplied(asked, country),
  },
} satisfies Readonly<Record<string, RecordFact>>;

/** A status of no jurisdiction holds anywhere; one of a jurisdiction that cannot be read may. */
function supplied(asked: readonly string[], country: readonly string[] | undefined): Test {
  const isIt = isCoded(asked);
  return (resource) => {
    if (resource?.resourceType !== productType && resource?.resourceType !== type) return undefined;
    const { counting, open } = supplyStatusesOf(resource, country);
    return anyOf([
      ...counting.flatMap(codingsOrText).map(isIt),
      ...(open.flatMap(codingsOrText).some((each) => isIt(each) !== false) ? [undefined] : []),
    ]);
  };
}
