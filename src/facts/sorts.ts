/** The facts by which products can be sorted. */
import { ofType, type FhirResource, type ResourceOf } from '../fhir/resources.js';
import { isActive } from './substances/actives.js';
import { productFirstAuthorized } from './authorizations/authorizing.js';
import { textsOf } from './concepts.js';
import { beginOf } from './authorizations/dates.js';
import type { Reads, Subject } from './fact.js';
import { namesOf, updatedOf } from './of-product.js';
import { packSizeOf } from './amounts/pack-size.js';
import { compareStrengths, strengthValues, type StrengthValue } from './amounts/strength-values.js';
import { eachSubstance, namedBy, substancesIn } from './substances/substances.js';

export type SortField = 'NAME' | 'UPDATED' | 'AUTHORIZED' | 'HOLDER' | 'SUBSTANCE' | 'STRENGTH' | 'PACK_SIZE';

export type SortValue = string | number | StrengthValue;

type Product = ResourceOf<'MedicinalProductDefinition'>;

interface Sort<Value extends SortValue> {
  /** The kinds of records that the sort order reads, besides the product. */
  readonly with: readonly Subject[];
  readonly reads: Reads;
  /** Returns the values to sort by. */
  valuesOf(product: Product, records: (subject: Subject) => readonly FhirResource[]): readonly Value[];
  /**
   * Compares two values for sorting.
   * @param collator compares texts by the rules of the client's language
   */
  compare(a: Value, b: Value, collator: Intl.Collator): number;
}

const byText = (a: string, b: string, collator: Intl.Collator): number => collator.compare(a, b);
const byNumber = (a: number, b: number): number => a - b;

export const sorts: {
  readonly [By in SortField]: Sort<never> | Sort<string> | Sort<number> | Sort<StrengthValue>;
} = {
  NAME: {
    with: [],
    reads: [['MedicinalProductDefinition', ['name']]],
    valuesOf: (product) => namesOf(product).slice(0, 1),
    compare: byText,
  },
  UPDATED: {
    with: [],
    reads: [],
    valuesOf(product) {
      const updated = updatedOf(product);
      return updated === undefined ? [] : [updated];
    },
    compare: byNumber,
  },
  AUTHORIZED: {
    with: ['authorization'],
    reads: [['RegulatedAuthorization', ['type', 'identifier', 'validityPeriod', 'case']]],
    valuesOf(_product, records) {
      const date = productFirstAuthorized(ofType('RegulatedAuthorization', records('authorization')));
      const begin = typeof date === 'string' ? beginOf(date) : undefined;
      return begin === undefined ? [] : [begin];
    },
    compare: byNumber,
  },
  HOLDER: {
    with: ['holder'],
    reads: [['Organization', ['name']]],
    valuesOf: (_product, records) =>
      textsOf(ofType('Organization', records('holder')).map(({ name }) => name)),
    compare: byText,
  },
  SUBSTANCE: {
    with: ['ingredient'],
    reads: [['Ingredient', ['role', 'substance']]],
    valuesOf: (_product, records) =>
      activesIn(records('ingredient')).flatMap((ingredient) => {
        const bases = substancesIn(ingredient).bases.map(({ told }) => told.substance);
        const shown = bases.length > 0 ? bases : [ingredient.substance?.code];
        return shown.flatMap(eachSubstance).flatMap((each) => namedBy(each).names.slice(0, 1));
      }),
    compare: byText,
  },
  STRENGTH: {
    with: ['ingredient'],
    reads: [['Ingredient', ['role', 'substance']]],
    valuesOf: (_product, records) =>
      activesIn(records('ingredient')).flatMap((each) => strengthValues(each, 'any')),
    compare: compareStrengths,
  },
  PACK_SIZE: {
    with: ['package'],
    reads: [['PackagedProductDefinition', ['containedItemQuantity', 'packaging']]],
    valuesOf: (_product, records) =>
      ofType('PackagedProductDefinition', records('package')).flatMap((pack) => packSizeOf(pack) ?? []),
    compare: byNumber,
  },
};

function activesIn(records: readonly FhirResource[]): readonly ResourceOf<'Ingredient'>[] {
  return ofType('Ingredient', records).filter((each) => isActive(each) === true);
}
