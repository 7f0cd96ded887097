/** Facts about packages, and facts about supply, which the record of a product or of a package states. */
import { barcodesOf, foldBarcode } from '../terms/barcodes.js';
import { byNumber, codingsOrText, isCoded } from './concepts.js';
import { notTold, valueFact, type NotTold, type RecordFact, type Test, type RecordValues } from './fact.js';
import type { IntRange, Marketed, ProductFilter } from './filter.js';
import { isMarketed, marketingToldBy, type MarketingRecord } from './authorizations/marketed.js';
import { packSizeOf } from './amounts/pack-size.js';
import { supplyStatusesOf } from './authorizations/supply.js';
import { anyOf } from './verdict.js';

const type = 'PackagedProductDefinition';
const productType = 'MedicinalProductDefinition';
const of = 'package';
const group = 'package';

/** Marketing statuses, and the record that states them: the package; if it states none, the product. */
interface ToldMarkets {
  readonly at: 'record' | 'product';
  readonly told: readonly MarketingRecord[];
}

const marketing: RecordValues = {
  by: marketingToldBy,
  valuesIn(record, product): readonly ToldMarkets[] | undefined {
    if (record.resourceType === productType)
      return [{ at: 'record', told: marketingToldBy(record.marketingStatus) }];
    if (record.resourceType !== type) return undefined;
    const told = marketingToldBy(record.marketingStatus);
    if (told.length > 0) return [{ at: 'record', told }];
    if (product?.resourceType !== productType) return undefined;
    return [{ at: 'product', told: marketingToldBy(product.marketingStatus) }];
  },
  test: (asked: Marketed) => (values) =>
    values &&
    anyOf(
      (values as readonly ToldMarkets[]).map(({ at, told }) => {
        const verdict = isMarketed(told, asked, new Date());
        // The product's status may apply to another package, so the result is undefined.
        return at === 'product' && verdict === true ? undefined : verdict;
      }),
    ),
};

export const ofPackage = {
  packSize: valueFact({
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
  dataCarrier: valueFact({
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
    told: marketing,
    test: (asked: Marketed) => {
      const isIt = marketing.test(asked as never, {});
      return (resource, _key, product) =>
        resource ? isIt(marketing.valuesIn(resource, product)) : undefined;
    },
  },
  legalStatusOfSupply: {
    of: 'supply',
    looksAt: ['country'],
    reads: [
      [type, ['legalStatusOfSupply']],
      [productType, ['legalStatusOfSupply']],
    ],
    test: (asked: readonly string[], { country }: ProductFilter) => supplied(asked, country),
  },
} satisfies Readonly<Record<string, RecordFact>>;

/**
 * Returns a function that tests the legal status of supply. A status without a jurisdiction is valid in every
 * country. A status with an unreadable jurisdiction may be valid.
 */
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
