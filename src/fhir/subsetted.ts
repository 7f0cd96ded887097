/** Recognizes records that the upstream sent without all of their elements. */
import { asSent } from './guarded.js';
import type { FhirResource } from './resources.js';

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
