/**
 * What the searches of an operation have found of a product: all that a bundle would hold, or why some of it may be
 * missing. It rests on what the profiles have settled; nothing is asked here.
 */
import { isPmsError, PmsError } from '../../../errors.js';
import type { ResourceType } from '../../../fhir/resources.js';
import { isFhirId } from '../../../fhir/reference.js';
import { containerOf, idOf, isOfType, type Key } from '../../graph/key.js';
import { targets, type Link } from '../../graph/link.js';
import { beyondProducts, detailQuestions, productDetails } from '../../graph/links.js';
import type { Relation } from '../../graph/relation.js';
import { follow, type Ask } from '../../known/follow.js';
import { isHeld, type Known } from '../../known/known.js';

export interface ReadBySearches {
  readonly keys: ReadonlySet<Key>;
  /** What the records refer to, and does not exist. */
  readonly absent: ReadonlySet<Key>;
}

const productType = 'MedicinalProductDefinition';

/** What nothing else belongs to: of these a reference tells as much as an upstream that does not give them. */
const edges: ReadonlySet<ResourceType> = new Set<ResourceType>(['Organization', 'SubstanceDefinition']);

const ofProducts = detailQuestions.filter(({ parents }) => parents.includes(productType));

/** Nothing is asked any more: what is not known by now makes the product less than whole. */
const nobody: Ask = { children: () => {}, read: () => {} };

export function readBySearches(product: Key, known: Known): ReadBySearches | PmsError {
  // Most operations ask for less: then it need not be looked for.
  if (!ofProducts.every(({ asks }) => known.children(asks, product))) return unread();
  const keys = new Set<Key>([product]);
  for (const link of productDetails) {
    const relation = follow(link, product, known, nobody);
    const gap = relation ? gapIn(relation, link) : unread();
    if (gap) return gap;
    // What stands inside of a record comes with it.
    for (const ref of relation?.refs ?? []) if (containerOf(ref) === undefined) keys.add(ref);
  }
  const read = sorted(keys, known);
  return isPmsError(read)
    ? read
    : { ...read, absent: new Set([...read.absent, ...absentBeyond(product, known)]) };
}

/** What may be missing of other products is no gap in this one. */
function absentBeyond(product: Key, known: Known): readonly Key[] {
  return beyondProducts
    .flatMap((link) => follow(link, product, known, nobody)?.refs ?? [])
    .filter((key) => known.missing(key) === 'absent');
}

/** Tells what is there from what is not. */
function sorted(all: ReadonlySet<Key>, known: Known): ReadBySearches | PmsError {
  const [keys, absent] = [new Set<Key>(), new Set<Key>()];
  for (const key of all) {
    const reading = known.reading(key);
    const why = known.missing(key);
    if (why === 'absent') absent.add(key);
    // What cannot be named to an upstream is not there for anybody.
    else if (isRefused(why) && (isEdge(key) || !isFhirId(idOf(key)))) continue;
    else if (why !== undefined) return isPmsError(why) ? why : unread();
    else if (!isHeld(reading)) return unread();
    // A name without a record is told by the reference again.
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
  return new PmsError('UPSTREAM_INCOMPLETE', 'What belongs to a product could not be read to its end.');
}
