/**
 * Defines links. A link leads from one resource to others, for example from a product to its packages. Links are
 * data: the planner, the fetch waves and the response builder interpret them.
 */
import type { Reference } from 'fhir/r5.js';
import { PmsError } from '../../errors.js';
import type { Reads } from '../../facts/fact.js';
import { elements } from '../../fhir/elements.js';
import { MalformedElement } from '../../fhir/guarded.js';
import type { FhirResource, ResourceOf, ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName } from '../../fhir/search.js';

/** A link from a parent to the children that refer to it. One search parameter finds these children. */
export interface Reverse {
  readonly kind: 'reverse';
  /** The search, as `Type?parameter`. Links with the same search share its results. */
  readonly asks: string;
  readonly type: ResourceType;
  /** The R5 search parameter that finds the children by their parent. */
  readonly parameter: SearchParameterName;
  readonly parents: readonly ResourceType[];
  /** The element of the child that refers to the parent. */
  readonly element: string;
  /** Returns the references of a child to its parents. @throws UPSTREAM_BAD_RESPONSE if the element is malformed */
  readonly names: (child: FhirResource) => readonly Reference[];
}

/** A link from a parent to the records that the parent refers to. */
export interface Forward {
  readonly kind: 'forward';
  readonly from: ResourceType;
  /** The element of the parent that contains the references. */
  readonly element: string;
  /**
   * The search parameter that `_include` needs to return the referenced records; undefined if R5 has none, or if the
   * link leads back up to products.
   */
  readonly include: SearchParameterName | undefined;
  /** The resource types that FHIR allows as targets of the element. An id without a type belongs to one of them. */
  readonly allowed: readonly ResourceType[];
  /** The resource types that this link leads to. */
  readonly types: readonly ResourceType[];
  /**
   * Whether the referenced records may belong to other products. This product's `$everything` bundle may then lack
   * them.
   */
  readonly leadsOut: boolean;
  /** Whether the references are so rare that plans ignore them. */
  readonly isRare: boolean;
  readonly references: (parent: FhirResource) => readonly (Reference | undefined)[];
}

/**
 * A link from a product to all resources of one type in its `$everything` bundle, whichever records they refer to.
 * With profiles that do not read such bundles, the link has no targets.
 */
export interface Bundled {
  readonly kind: 'bundled';
  /** The name of the lookup in plans, as in `Reverse`. */
  readonly asks: string;
  readonly type: ResourceType;
}

export type Link =
  | Reverse
  | Forward
  | Bundled
  | { readonly kind: 'self' }
  | { readonly kind: 'then'; readonly first: Link; readonly second: Link }
  | { readonly kind: 'union'; readonly of: readonly Link[] }
  | { readonly kind: 'orElse'; readonly first: Link; readonly second: Link }
  | ({ readonly kind: 'unless'; readonly link: Link } & Test)
  | ({ readonly kind: 'where'; readonly link: Link } & Test)
  | { readonly kind: 'first'; readonly link: Link };

/** A test of a resource's content. */
export interface Test {
  readonly type: ResourceType;
  /** The elements that the test reads from a resource. */
  readonly elements: readonly string[];
  /** Returns undefined if the resource lacks the value that is tested. */
  readonly test: (resource: FhirResource) => boolean | undefined;
}

/** A link from a record to itself. */
export const self: Link = { kind: 'self' };

/**
 * Creates a link to the children of type `type` whose `element` refers to the parent. The search parameter
 * `parameter` finds these children.
 */
export function reverse<T extends ResourceType>(
  type: T,
  parameter: SearchParameterName,
  parents: readonly ResourceType[],
  element: string,
  names: (child: ResourceOf<T>) => readonly Reference[] | undefined,
): Reverse {
  return {
    kind: 'reverse',
    asks: `${type}?${parameter}`,
    type,
    parameter,
    parents,
    element,
    names(child) {
      if (child.resourceType !== type) return [];
      try {
        return elements(names(child as ResourceOf<T>));
      } catch (error) {
        throw malformed(error);
      }
    },
  };
}

/** Returns the error for an element that FHIR does not allow. Only the fields that read this element fail. */
export function malformed(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const message =
    error instanceof MalformedElement
      ? error.message
      : 'A record of the upstream has a malformed reference to another record.';
  return new PmsError('UPSTREAM_BAD_RESPONSE', message, { cause: error });
}

/**
 * Creates a link from a parent of type `from` to the records that its `element` refers to. FHIR allows the types in
 * `allowed` as targets of the element.
 */
export function forward<T extends ResourceType>(
  from: T,
  element: string,
  allowed: readonly ResourceType[],
  references: (parent: ResourceOf<T>) => readonly (Reference | undefined)[] | undefined,
  include?: SearchParameterName,
): Forward {
  return {
    kind: 'forward',
    from,
    element,
    include,
    allowed,
    types: allowed,
    leadsOut: false,
    isRare: false,
    references: (parent) =>
      parent.resourceType === from ? elements(references(parent as ResourceOf<T>)) : [],
  };
}

/** Returns a copy of the link that is marked as possibly leading to records of other products. */
export function outward(link: Forward): Forward {
  return { ...link, leadsOut: true };
}

/**
 * Returns a copy of the link that is marked as rare. Plans ignore a rare link. If a record has such a reference, it
 * is still followed.
 */
export function rare(link: Forward): Forward {
  return { ...link, isRare: true };
}

/** Returns a copy of the link whose targets are limited to the given types. */
export function only(link: Forward, ...types: readonly ResourceType[]): Forward {
  return { ...link, types };
}

export function bundled(type: ResourceType): Link {
  return { kind: 'bundled', asks: `${type} in bundle`, type };
}

/** Creates a link that follows `first`, and then another link from each target. */
export function via(first: Link, second: Link): Link {
  return { kind: 'then', first, second };
}

/** Creates a link to the targets of all given links. Each target occurs once. */
export function union(...of: readonly Link[]): Link {
  return { kind: 'union', of };
}

/**
 * Creates a link to the targets of the first link. If the first link has no targets, it leads to those of the second
 * link.
 */
export function orElse(first: Link, second: Link): Link {
  return { kind: 'orElse', first, second };
}

/**
 * Creates a link that has no targets if the parent passes the test, for instance because the parent states the value
 * itself.
 */
export function unless<T extends ResourceType>(
  from: T,
  element: string,
  test: (parent: ResourceOf<T>) => boolean,
  link: Link,
): Link {
  return { kind: 'unless', link, ...testOf(from, [element], test) };
}

/** Creates a link to those targets of the given link that pass the test. */
export function where<T extends ResourceType>(
  link: Link,
  type: T,
  elements: readonly string[],
  test: (resource: ResourceOf<T>) => boolean | undefined,
): Link {
  return { kind: 'where', link, ...testOf(type, elements, test) };
}

export function testOf<T extends ResourceType>(
  type: T,
  elements: readonly string[],
  test: (resource: ResourceOf<T>) => boolean | undefined,
): Test {
  return {
    type,
    elements,
    test: (resource) => (resource.resourceType === type ? test(resource as ResourceOf<T>) : false),
  };
}

/** Whether a value equals the filter value; undefined if the value is null. */
export function isSame<T>(value: T | null, asked: T): boolean | undefined {
  return value === null ? undefined : value === asked;
}

/** Creates a link to the first target only, in list order. */
export function first(link: Link): Link {
  return { kind: 'first', link };
}

/** Returns the resource types that a link can lead to from a parent of type `from`. */
export function targets(link: Link, from: ResourceType | undefined): readonly ResourceType[] {
  switch (link.kind) {
    case 'self':
      return from ? [from] : [];
    case 'reverse':
    case 'bundled':
      return [link.type];
    case 'forward':
      return link.types;
    case 'then':
      return [...new Set(targets(link.first, from).flatMap((type) => targets(link.second, type)))];
    case 'union':
      return [...new Set(link.of.flatMap((part) => targets(part, from)))];
    case 'orElse':
      return [...new Set([...targets(link.first, from), ...targets(link.second, from)])];
    case 'where':
    case 'unless':
    case 'first':
      return targets(link.link, from);
  }
}

/** Returns a link and all links nested in it. The result is cached for each link, because links never change. */
export function parts(link: Link): readonly Link[] {
  return onceFor(allParts, link, partsOf);
}

const allParts = new WeakMap<Link, readonly Link[]>();

function onceFor<Found>(found: WeakMap<Link, Found>, link: Link, find: (link: Link) => Found): Found {
  const before = found.get(link);
  if (before) return before;
  const now = find(link);
  found.set(link, now);
  return now;
}

function partsOf(link: Link): readonly Link[] {
  switch (link.kind) {
    case 'then':
    case 'orElse':
      return [link, ...parts(link.first), ...parts(link.second)];
    case 'union':
      return [link, ...link.of.flatMap(parts)];
    case 'where':
    case 'unless':
    case 'first':
      return [link, ...parts(link.link)];
    default:
      return [link];
  }
}

/** Returns the links of a union that can start at a parent of type `from`. */
export function waysFrom(link: Link, from: ResourceType): readonly Link[] {
  const ways = link.kind === 'union' ? link.of : [link];
  return ways.filter((way) => way.kind !== 'forward' || way.from === from);
}

/** Returns the elements that are read while a link is followed, by resource type. */
export function elementsRead(link: Link): Reads {
  return onceFor(allReads, link, readsOf);
}

const allReads = new WeakMap<Link, Reads>();

function readsOf(link: Link): Reads {
  return parts(link).flatMap((part): Reads => {
    if (part.kind === 'reverse') return [[part.type, [part.element]]];
    if (part.kind === 'forward') return [[part.from, [part.element]]];
    if (part.kind === 'where' || part.kind === 'unless') return [[part.type, part.elements]];
    return [];
  });
}
