/**
 * Converts a product that an operation has read to the form of the index. If details are missing, the product is not
 * converted.
 */
import { PmsError } from '../../../errors.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { isSubsetted } from '../../../fhir/subsetted.js';
import type { HeldProduct } from '../../../search-index/search-index.js';
import { idOf, type Key } from '../../graph/key.js';
import { isHeld, type Known, type Origin } from '../../known/known.js';
import { readBySearches } from './searched.js';

/** Returns a product that was read by `$everything`; undefined if its bundle is incomplete. */
export function bundledProduct(product: Key, known: Known): HeldProduct | undefined {
  const bundle = known.bundle(product);
  if (bundle?.state.kind !== 'complete' || bundle.isIndexed || bundle.staleSince) return undefined;
  if (!bundle.keys.has(product)) return undefined;
  return productOf(product, bundle.keys, { unidentified: bundle.unidentified ?? [] }, known);
}

/**
 * Returns a product that was read by searches, when the operation has ended. Returns an error if details are missing.
 */
export function searchedProduct(product: Key, known: Known): HeldProduct | PmsError {
  const read = readBySearches(product, known);
  if (read instanceof PmsError) return read;
  const more = { unidentified: [], searched: { absent: [...read.absent] } };
  return productOf(product, read.keys, more, known) ?? narrow();
}

/** Returns the product in the form of the index; undefined if a record was read without all of its elements. */
function productOf(
  product: Key,
  keys: ReadonlySet<Key>,
  more: Pick<HeldProduct, 'unidentified' | 'searched'>,
  known: Known,
): HeldProduct | undefined {
  const own = originIn(product, known);
  if (!own) return undefined;
  const records: FhirResource[] = [];
  let asOf = own.fetchedAt;
  for (const key of [product, ...[...keys].filter((each) => each !== product)]) {
    const reading = known.reading(key);
    const origin = originIn(key, known);
    if (!isHeld(reading) || !origin || origin.isNarrow || isSubsetted(reading.resource)) return undefined;
    // The age of the oldest record counts as the age of the whole product.
    if (origin.stale && more.searched) return undefined;
    records.push(reading.resource);
    if (origin.fetchedAt < asOf) asOf = origin.fetchedAt;
  }
  return { id: idOf(product), asOf, url: own.url, records, ...more };
}

function originIn(key: Key, known: Known): Origin | undefined {
  const reading = known.reading(key);
  return isHeld(reading) ? (reading.origin ?? undefined) : undefined;
}

function narrow(): PmsError {
  return new PmsError(
    'UPSTREAM_INCOMPLETE',
    'The upstream returned some records of a product without all of their elements.',
  );
}
