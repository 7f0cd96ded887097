/**
 * Collects the records that an operation's searches have found of a product: all that a bundle would have, or the
 * reason why some may be missing. Uses what the profiles have settled, and asks nothing itself.
 */
import { isPmsError, PmsError } from '../../../errors.js';
import type { ResourceType } from '../../../fhir/resources.js';
import { isFhirId } from '../../../fhir/reference.js';
import { containerOf, idOf, isOfType, type Key } from '../../graph/key.js';
import { targets, type Link } from '../../graph/link.js';
import { beyondProducts, detailQuestions, productDetails } from '../../graph/links.js';
import type { Relation } from '../../graph/relation.js';
import { follow, type Fetches } from '../../known/follow.js';
import { isHeld, type Known } from '../../known/known.js';

export interface ReadBySearches {
  readonly keys: ReadonlySet<Key>;
  /** Keys that the records refer to, and that do not exist. */
  readonly absent: ReadonlySet<Key>;
}

const productType = 'MedicinalProductDefinition';

/**
 * Types that have no children of their own. Where the upstream does not give such a record, the reference says all that
 * can be known.
 */
const edges: ReadonlySet<ResourceType> = new Set<ResourceType>(['Organization', 'SubstanceDefinition']);

const ofProducts = detailQuestions.filter(({ parents }) => parents.includes(productType));

/** Asks nothing. A product with records that are unknown by now is not whole. */
const nobody: Fetches = { children: () => {}, read: () => {} };

export function readBySearches(product: Key, known: Known): ReadBySearches | PmsError {
  // Most operations ask for less than the details of a product. Then there is no need to look further.
  if (!ofProducts.every(({ asks }) => known.children(asks, product))) return unread();
  const keys = new Set<Key>([product]);
  for (const link of productDetails) {
    const relation = follow(link, product, known, nobody);
    const gap = relation ? gapIn(relation, link) : unread();
    if (gap) return gap;
    // A contained part comes with the record that it is in.
    for (const ref of relation?.refs ?? []) if (containerOf(ref) === undefined) keys.add(ref);
  }
  const read = sorted(keys, known);
  return isPmsError(read)
    ? read
    : { ...read, absent: new Set([...read.absent, ...absentBeyond(product, known)]) };
}

/** Returns the missing records of other products that this product refers to. They are no gap in this product. */
function absentBeyond(product: Key, known: Known): readonly Key[] {
  return beyondProducts
    .flatMap((link) => follow(link, product, known, nobody)?.refs ?? [])
    .filter((key) => known.missing(key) === 'absent');
}

/** Sorts keys into those of known records and those of records that do not exist. */
function sorted(all: ReadonlySet<Key>, known: Known): ReadBySearches | PmsError {
  const [keys, absent] = [new Set<Key>(), new Set<Key>()];
  for (const key of all) {
    const reading = known.reading(key);
    const why = known.missing(key);
    if (why === 'absent') absent.add(key);
    // A record with an id that FHIR does not allow cannot be asked for by any client.
    else if (isRefused(why) && (isEdge(key) || !isFhirId(idOf(key)))) continue;
    else if (why !== undefined) return isPmsError(why) ? why : unread();
    else if (!isHeld(reading)) return unread();
    // A stand-in without a record comes from a reference, which gives the same name again.
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
