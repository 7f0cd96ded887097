/** Computes the index rows of a product from the product record alone, before its details are read. */
import { asSent } from '../../../fhir/guarded.js';
import type { FhirResource, ResourceOf } from '../../../fhir/resources.js';
import { deriveRows, type DerivedRows } from '../../../search-index/derive-rows.js';
import { keyOf } from '../../graph/key.js';
import { subjectLinks } from '../../search/subjects.js';
import { tokensOf } from './tokens.js';

type Product = ResourceOf<'MedicinalProductDefinition'>;

export function rowsOfName(product: Product): DerivedRows {
  const own = {
    records: [{ key: keyOf(product), resource: product }],
    isComplete: true,
    isWhole: true,
  };
  const isNarrow = isSubsetted(product);
  const { rows, tokens } = deriveRows({
    product,
    records: (subject) => (subjectLinks[subject] || isNarrow ? undefined : own),
    holders: () => undefined,
  });
  return { rows, tokens: [...tokens, ...tokensOf([product])] };
}

/**
 * Whether the upstream left elements out of a record and tagged it `SUBSETTED`. A missing element is then unknown,
 * not empty.
 */
export function isSubsetted(record: FhirResource): boolean {
  const tags: unknown = asSent(record).meta?.tag;
  return (
    Array.isArray(tags) && tags.some((tag: { readonly code?: unknown } | null) => tag?.code === 'SUBSETTED')
  );
}
