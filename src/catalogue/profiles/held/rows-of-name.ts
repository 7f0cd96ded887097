/** Computes the index rows of a product from the product record alone, before its details are read. */
import type { ResourceOf } from '../../../fhir/resources.js';
import { isSubsetted } from '../../../fhir/subsetted.js';
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
