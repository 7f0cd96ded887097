/**
 * Follows links through the records in `Known`, and requests the records that are missing there. No other module
 * interprets links.
 */
import type { Reference } from 'fhir/r5.js';
import { isFhirType, type FhirResource, type ResourceType } from '../../fhir/resources.js';
import { parseReference, recordId, resourceKey } from '../../fhir/reference.js';
import { PmsError } from '../../errors.js';
import { containerOf, inOrder, isOfAny, typeOf, type Key } from '../graph/key.js';
import { childrenInside, keyInside } from './inside.js';
import { isHeld, type Known, type ReferenceLabel } from './known.js';
import { malformed, type Bundled, type Forward, type Link, type Reverse } from '../graph/link.js';
import {
  complete,
  completeRelation,
  failedRelation,
  nothing,
  unite,
  untold,
  type Relation,
  type State,
} from '../graph/relation.js';

/** Collects the records and lists that the next wave of requests must fetch. */
export interface Fetches {
  /** Requests the children of a parent. */
  children(question: Reverse | Bundled, parent: Key): void;
  /**
   * Requests a record. `deep` means that the operation also follows links from the record. A profile may then fetch
   * its related records with it.
   * @param from the record that refers to it; the record may be in the same `$everything` bundle
   */
  read(key: Key, deep: boolean, from?: Key): void;
}

/** Requests nothing, so links are followed only through records that are already in `Known`. */
export const fetchNothing: Fetches = { children() {}, read() {} };

/**
 * Returns the targets of `link` from `parent`; undefined while records must still be fetched. The function `ask`
 * requests these records. The result is cached in `known`.
 */
export function follow(link: Link, parent: Key, known: Known, ask: Fetches): Relation | undefined {
  // `Known` itself caches the children that are found by a search.
  const isAsked = link.kind === 'reverse' || link.kind === 'bundled';
  const before = isAsked ? undefined : known.followed(link, parent);
  if (before) return before;
  const relation = attempt(link, parent, known, ask);
  if (relation && !isAsked) known.settleFollowed(link, parent, relation);
  return relation;
}

/** A record may have an element that FHIR does not allow. Only links that read this element fail. */
function attempt(link: Link, parent: Key, known: Known, ask: Fetches): Relation | undefined {
  try {
    return link.kind === 'reverse' || link.kind === 'bundled'
      ? children(link, parent, known, ask)
      : evaluate(link, parent, known, ask);
  } catch (error) {
    const failure = malformed(error);
    if (!(failure instanceof PmsError)) throw failure;
    return failedRelation(failure);
  }
}

/** Links whose targets are computed from other relations. */
type Derived = Exclude<Link, Reverse | Bundled>;

function evaluate(link: Derived, parent: Key, known: Known, ask: Fetches): Relation | undefined {
  switch (link.kind) {
    case 'self':
      return completeRelation([parent]);
    case 'forward':
      return referred(link, parent, known, ask);
    case 'then': {
      const first = follow(link.first, parent, known, ask);
      return first && then(first, link.second, known, ask);
    }
    case 'union':
      return unionOf(link.of, parent, known, ask);
    case 'orElse': {
      const first = follow(link.first, parent, known, ask);
      const isNone = first?.refs.length === 0 && (first.state.kind === 'complete' || isUntold(first.state));
      if (!first || !isNone) return first;
      const second = follow(link.second, parent, known, ask);
      // If neither link has targets, the state of the first link is returned, because it states whether records lack
      // the tested value.
      return second && second.refs.length === 0 ? unite([first, second]) : second;
    }
    case 'unless': {
      if (!haveRead([parent], known, ask)) return undefined;
      const reading = known.reading(parent);
      return isHeld(reading) && link.test(reading.resource) ? nothing : follow(link.link, parent, known, ask);
    }
    case 'where': {
      const relation = follow(link.link, parent, known, ask);
      if (!relation || !haveRead(relation.refs, known, ask, false, parent)) return undefined;
      const verdicts = relation.refs.map((ref) => passes(link.test, ref, known));
      const refs = relation.refs.filter((_ref, index) => verdicts[index]);
      const isTold = relation.state.kind !== 'complete' || !verdicts.includes(undefined);
      return { ...relation, refs, state: isTold ? relation.state : untold };
    }
    case 'first': {
      const relation = follow(link.link, parent, known, ask);
      if (!relation || !haveRead(relation.refs, known, ask, false, parent)) return undefined;
      // One target is enough, even if other records lack the tested value.
      const state = relation.refs.length > 0 && isUntold(relation.state) ? complete : relation.state;
      return { ...relation, refs: firstOf(relation.refs, known), state };
    }
  }
}

/**
 * Whether all records were read, or failed to be read. Requests the other records.
 * @param from the record that refers to them
 */
export function haveRead(
  keys: readonly Key[],
  known: Known,
  ask: Fetches,
  deep = false,
  from?: Key,
): boolean {
  let all = true;
  for (const key of keys) {
    if (known.reading(key) !== undefined) continue;
    ask.read(key, deep, from);
    all = false;
  }
  return all;
}

function children(link: Reverse | Bundled, parent: Key, known: Known, ask: Fetches): Relation | undefined {
  const parents = link.kind === 'reverse' ? link.parents : owners;
  if (!isOfAny(parent, parents)) return nothing;
  const container = containerOf(parent);
  // Only records in the same container can refer to a contained record.
  if (container !== undefined) {
    if (!haveRead([parent], known, ask)) return undefined;
    return completeRelation(childrenInside(link, parent, container, known));
  }
  const relation = known.children(link.asks, parent);
  if (!relation) {
    ask.children(link, parent);
    return undefined;
  }
  if (isHeld(known.reading(parent))) {
    const inside = childrenInside(link, parent, parent, known);
    return inside.length === 0 ? relation : { ...relation, refs: distinct([...relation.refs, ...inside]) };
  }
  // A result that was computed before the parent was read stays in use. All paths to the parent must get the same
  // relation.
  const before = known.followed(link, parent);
  if (!before) known.settleFollowed(link, parent, relation);
  return before ?? relation;
}

/** The types that have a `$everything` bundle. */
const owners: readonly ResourceType[] = ['MedicinalProductDefinition'];

function referred(link: Forward, parent: Key, known: Known, ask: Fetches): Relation | undefined {
  const reading = known.reading(parent);
  if (reading === undefined) {
    ask.read(parent, false);
    return undefined;
  }
  if (!isHeld(reading)) return reading instanceof Error ? failedRelation(reading) : nothing;
  const references = link.references(reading.resource);
  if (references.length === 0) return nothing;
  const refs: Key[] = [];
  const unresolved: string[] = [];
  let isPending = false;
  for (const reference of references) {
    if (!reference) continue;
    const target = resolve(reference, link, parent, known, ask);
    if (!target) isPending = true;
    else if (target.key !== undefined) refs.push(target.key);
    else if (target.unresolved !== undefined) unresolved.push(target.unresolved);
  }
  if (isPending) return undefined;
  return { refs: distinct(refs), unresolved: distinct(unresolved), state: complete };
}

function distinct<Value>(values: readonly Value[]): readonly Value[] {
  return values.length < 2 ? values : [...new Set(values)];
}

/**
 * The target of a reference: either the key to look up, or the text of a reference that cannot be looked up. Both are
 * unset if the target belongs to another link. `resolve` returns undefined while records must still be fetched.
 */
export interface Resolved {
  readonly key?: Key | undefined;
  readonly unresolved?: string | undefined;
}

export function resolve(
  reference: Reference,
  link: Forward,
  parent: Key,
  known: Known,
  ask: Fetches,
): Resolved | undefined {
  const parsed = parseReference(reference, link.allowed);
  switch (parsed.kind) {
    case 'literal': {
      const { type } = parsed;
      // This link does not lead to targets of this type, for example a device in a package, or a person among the
      // contacts.
      if (!includes(link.types, type))
        return isFhirType(type) ? {} : besides(reference.reference, parsed.id, link, parent, known);
      const key = resourceKey(type, parsed.id);
      const container = containerOf(parent);
      const inside = container === undefined ? undefined : keyInside(type, container, parsed.id);
      if (inside !== undefined && isHeld(known.reading(inside))) return { key: inside };
      if (type === 'Organization') known.standIn(reference, key);
      return { key };
    }
    case 'untyped': {
      // If the reference has no type and FHIR allows several types, the type of the existing record is used.
      const candidates = link.allowed.map((type) => resourceKey(type, parsed.id));
      const key = candidates.find((candidate) => isHeld(known.reading(candidate)));
      if (key !== undefined) return link.types.includes(typeOf(key)) ? { key } : {};
      return haveRead(candidates, known, ask, false, parent) ? { unresolved: parsed.id } : undefined;
    }
    case 'contained': {
      const container = containerOf(parent) ?? parent;
      const key =
        parsed.id === ''
          ? container
          : known.inside(container).find((each) => each === keyInside(typeOf(each), container, parsed.id));
      if (key !== undefined) return includes(link.types, typeOf(key)) ? { key } : {};
      const within = containedIn(container, parsed.id, known);
      // This link does not lead to targets of this type, for instance a device in a package.
      if (within && !includes(link.types, within.resourceType) && isFhirType(within.resourceType)) return {};
      if (within?.resourceType !== 'Organization' || !link.types.includes('Organization'))
        return { unresolved: reference.reference };
      const [identifier] = within.identifier ?? [];
      return standInFor({ display: within.name, identifier }, reference.reference, known);
    }
    case 'logical': {
      const unresolved = reference.identifier?.value ?? reference.reference;
      if (!mayBeMeant(reference, link)) return {};
      return link.types.includes('Organization') ? standInFor(reference, unresolved, known) : { unresolved };
    }
  }
}

/**
 * Resolves a reference whose type does not exist in FHIR. The target is the record with the same id in the same
 * bundle.
 */
function besides(
  unresolved: string | undefined,
  id: string,
  link: Forward,
  parent: Key,
  known: Known,
): Resolved {
  const bundles = known.bundlesWith(parent);
  const key = link.allowed
    .map((type) => resourceKey(type, id))
    .find((candidate) => bundles.some(({ keys, searched }) => !searched && keys.has(candidate)));
  if (key === undefined) return { unresolved };
  return link.types.includes(typeOf(key)) ? { key } : {};
}

/** Creates an organization from a reference that has only a display name or an identifier. */
function standInFor(told: ReferenceLabel, unresolved: string | undefined, known: Known): Resolved {
  const key = known.standIn(told, undefined);
  return key === undefined ? { unresolved } : { key };
}

/** Whether a reference without an address can be to a type of this link, according to its `type` element. */
function mayBeMeant({ type }: Reference, { types }: Forward): boolean {
  const named = typeof type === 'string' ? type.slice(type.lastIndexOf('/') + 1) : undefined;
  return named === undefined || includes(types, named);
}

/** Returns a contained resource by its id. */
function containedIn(parent: Key, id: string, known: Known): FhirResource | undefined {
  const reading = known.reading(parent);
  const contained: unknown =
    isHeld(reading) && 'contained' in reading.resource ? reading.resource.contained : [];
  return Array.isArray(contained)
    ? (contained as readonly FhirResource[]).find((each) => recordId(each?.id) === id)
    : undefined;
}

function includes(types: readonly string[], type: string): boolean {
  return types.includes(type);
}

/**
 * Follows a link from the targets of a relation. All targets are followed, so that one wave requests what all of them
 * need. The state of the relation itself counts too.
 */
function then(first: Relation, second: Link, known: Known, ask: Fetches): Relation | undefined {
  const found: Relation[] = [first.refs.length === 0 ? first : { ...first, refs: [] }];
  for (const ref of first.refs) {
    const relation = follow(second, ref, known, ask);
    if (relation) found.push(relation);
  }
  return found.length > first.refs.length ? unite(found) : undefined;
}

/** Follows several links from one record. */
function unionOf(links: readonly Link[], parent: Key, known: Known, ask: Fetches): Relation | undefined {
  const found: Relation[] = [];
  for (const link of links) {
    const relation = follow(link, parent, known, ask);
    if (relation) found.push(relation);
  }
  return found.length === links.length ? unite(found) : undefined;
}

/**
 * Returns the first existing record in list order. A record that could not be read comes first, because it may exist.
 */
function firstOf(refs: readonly Key[], known: Known): readonly Key[] {
  const unreadable = refs.find((ref) => known.reading(ref) instanceof Error);
  if (unreadable !== undefined) return [unreadable];
  return inOrder(refs.filter((ref) => isHeld(known.reading(ref)))).slice(0, 1);
}

function isUntold(state: State): boolean {
  return state.kind === 'cut' && state.reason === 'NOT_TOLD';
}

/** Returns undefined if the record does not state the tested value. */
function passes(test: (resource: never) => boolean | undefined, key: Key, known: Known): boolean | undefined {
  const reading = known.reading(key);
  // A record that could not be read stays in the list, so that the response shows its error in the list.
  return isHeld(reading) ? test(reading.resource as never) : reading instanceof Error;
}
