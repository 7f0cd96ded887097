/** Makes the index rows of a product of which only its own record is known, and none of its details. */
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
  const { rows: told, tokens } = deriveRows({
    product,
    records: (subject) => (subjectLinks[subject] || isNarrow ? undefined : own),
    holders: () => undefined,
  });
  return { rows: told, tokens: [...tokens, ...tokensOf([product])] };
}

/**
 * Whether the upstream has left elements out of a listed record, and marked it so. A missing element is unknown then.
 */
export function isSubsetted(record: FhirResource): boolean {
  const tags: unknown = asSent(record).meta?.tag;
  return (
    Array.isArray(tags) && tags.some((tag: { readonly code?: unknown } | null) => tag?.code === 'SUBSETTED')
  );
}
