/**
 * Collects the records of a product that the searches of an operation returned. The result contains everything that a
 * `$everything` bundle would contain, or states why records may be missing. It uses only complete results in `Known`,
 * and sends no request.
 */
import { isPmsError, PmsError } from '../../../errors.js';
import type { ResourceType } from '../../../fhir/resources.js';
import { isFhirId } from '../../../fhir/reference.js';
import { containerOf, idOf, isOfType, type Key } from '../../graph/key.js';
import { targets, type Link } from '../../graph/link.js';
import { beyondProducts, detailQuestions, productDetails } from '../../graph/links.js';
import type { Relation } from '../../graph/relation.js';
import { fetchNothing, follow } from '../../known/follow.js';
import { isHeld, type Known } from '../../known/known.js';

export interface ReadBySearches {
  readonly keys: ReadonlySet<Key>;
  /** Keys of records that do not exist, although the product's records refer to them. */
  readonly absent: ReadonlySet<Key>;
}

const productType = 'MedicinalProductDefinition';

/**
 * Resource types that have no child lists. If the upstream does not serve such a record, the reference to it contains
 * all that is available.
 */
const edges: ReadonlySet<ResourceType> = new Set<ResourceType>(['Organization', 'SubstanceDefinition']);

const ofProducts = detailQuestions.filter(({ parents }) => parents.includes(productType));

export function readBySearches(product: Key, known: Known): ReadBySearches | PmsError {
  // Most operations read only some details of a product. Such a product is not collected any further.
  if (!ofProducts.every(({ asks }) => known.children(asks, product))) return unread();
  const keys = new Set<Key>([product]);
  for (const link of productDetails) {
    const relation = follow(link, product, known, fetchNothing);
    const gap = relation ? gapIn(relation, link) : unread();
    if (gap) return gap;
    // A contained record is stored as a part of its container's record.
    for (const ref of relation?.refs ?? []) if (containerOf(ref) === undefined) keys.add(ref);
  }
  const read = sorted(keys, known);
  return isPmsError(read)
    ? read
    : { ...read, absent: new Set([...read.absent, ...absentBeyond(product, known)]) };
}

/**
 * Returns those records of other products that do not exist although this product's records refer to them. This
 * product is complete nevertheless.
 */
function absentBeyond(product: Key, known: Known): readonly Key[] {
  return beyondProducts
    .flatMap((link) => follow(link, product, known, fetchNothing)?.refs ?? [])
    .filter((key) => known.missing(key) === 'absent');
}

/** Separates the keys of records that were read from those of records that do not exist. */
function sorted(all: ReadonlySet<Key>, known: Known): ReadBySearches | PmsError {
  const [keys, absent] = [new Set<Key>(), new Set<Key>()];
  for (const key of all) {
    const reading = known.reading(key);
    const why = known.missing(key);
    if (why === 'absent') absent.add(key);
    // No client can request a record whose id violates FHIR's rules.
    else if (isRefused(why) && (isEdge(key) || !isFhirId(idOf(key)))) continue;
    else if (why !== undefined) return isPmsError(why) ? why : unread();
    else if (!isHeld(reading)) return unread();
    // A placeholder without an origin was created from a reference, and can be created again from it.
    else if (reading.origin) keys.add(key);
  }
  return { keys, absent };
}

function gapIn({ state, staleSince }: Relation, link: Link): PmsError | undefined {
  if (state.kind === 'failed') {
    const isEnd = targets(link, productType).every((type) => edges.has(type));
    return isEnd && isRefused(state.error) ? undefined : state.error;
  }
  return state.kind === 'cut' || staleSince ? unread() : undefined;
}

function isEdge(key: Key): boolean {
  return [...edges].some((type) => isOfType(key, type));
}

function isRefused(why: unknown): boolean {
  return isPmsError(why) && why.code === 'UPSTREAM_UNSUPPORTED';
}

function unread(): PmsError {
  return new PmsError(
    'UPSTREAM_INCOMPLETE',
    'The records that belong to a product could not be read completely.',
  );
}
