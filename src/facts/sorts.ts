/** The facts that products can be put in order by. */
import type { FhirResource, ResourceOf, ResourceType } from '../fhir/resources.js';
import type { Reads, Subject } from './fact.js';
import { namesOf } from './of-product.js';

export type SortField = 'NAME' | 'UPDATED' | 'HOLDER';

export type SortValue = string | number;

type Product = ResourceOf<'MedicinalProductDefinition'>;

interface Sort<Value extends SortValue> {
  /** The records that it is told by, beside the product. */
  readonly with: readonly Subject[];
  readonly reads: Reads;
  /** None where the records tell none. */
  valuesOf(product: Product, records: (subject: Subject) => readonly FhirResource[]): readonly Value[];
  /** @param collator of the reader’s language */
  compare(a: Value, b: Value, collator: Intl.Collator): number;
}

const byText = (a: string, b: string, collator: Intl.Collator): number => collator.compare(a, b);
const byNumber = (a: number, b: number): number => a - b;

export const sorts: {
  readonly [By in SortField]: Sort<never> | Sort<string> | Sort<number>;
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
    valuesOf({ meta }) {
      const updated = Date.parse(meta?.lastUpdated ?? '');
      return Number.isNaN(updated) ? [] : [updated];
    },
    compare: byNumber,
  },
  HOLDER: {
    with: ['holder'],
    reads: [['Organization', ['name']]],
    valuesOf: (_product, records) =>
      only('Organization', records('holder')).flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
    compare: byText,
  },
};

function only<Type extends ResourceType>(
  type: Type,
  records: readonly FhirResource[],
): readonly ResourceOf<Type>[] {
  return records.filter((record): record is ResourceOf<Type> => record.resourceType === type);
}
