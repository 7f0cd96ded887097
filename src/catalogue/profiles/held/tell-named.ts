/** What a product tells in the index of which nothing but its own record is known: of all that belongs to it, nothing. */
import { asSent } from '../../../fhir/guarded.js';
import type { FhirResource, ResourceOf } from '../../../fhir/resources.js';
import { toldBy, type Told } from '../../../search-index/telling.js';
import { keyOf } from '../../graph/key.js';
import { subjectLinks } from '../../search/subjects.js';
import { tokensOf } from './tokens.js';

type Product = ResourceOf<'MedicinalProductDefinition'>;

export function tellNamed(product: Product): Told {
  const own = {
    records: [{ key: keyOf(product), resource: product }],
    isComplete: true,
    isWhole: true,
  };
  const isNarrow = isSubsetted(product);
  const { told, tokens } = toldBy({
    product,
    records: (subject) => (subjectLinks[subject] || isNarrow ? undefined : own),
    holders: () => undefined,
  });
  return { told, tokens: [...tokens, ...tokensOf([product])] };
}

/** Some upstreams leave elements out of what they list, and mark it: what is not there is not known then. */
export function isSubsetted(record: FhirResource): boolean {
  const tags: unknown = asSent(record).meta?.tag;
  return (
    Array.isArray(tags) && tags.some((tag: { readonly code?: unknown } | null) => tag?.code === 'SUBSETTED')
  );
}
