/**
 * Links lead from one resource to others. They are data that the planner, the fetch waves and the response builder
 * read.
 */
import type { Reference } from 'fhir/r5.js';
import { PmsError } from '../../errors.js';
import type { Reads } from '../../facts/fact.js';
import { elements } from '../../fhir/elements.js';
import { MalformedElement } from '../../fhir/guarded.js';
import type { FhirResource, ResourceOf, ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName } from '../../fhir/search.js';

/** Leads from a parent to the children that refer to it. One search parameter finds these children. */
export interface Reverse {
  readonly kind: 'reverse';
  /** The search, as `Type?parameter`. Links with the same search share its relations. */
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

/** Leads from a parent to the records that it refers to. */
export interface Forward {
  readonly kind: 'forward';
  readonly from: ResourceType;
  /** The element of the parent that contains the references. */
  readonly element: string;
  /**
   * The search parameter whose `_include` brings the referenced records; undefined if R5 has none, or if the link leads
   * back up to products.
   */
  readonly include: SearchParameterName | undefined;
  /** The resource types that FHIR lets the element refer to. A bare id refers to one of these types. */
  readonly allowed: readonly ResourceType[];
  /** The resource types that this link leads to. */
  readonly types: readonly ResourceType[];
  /** Whether the referenced records may belong to other products, and so be absent from this product's bundle. */
  readonly leadsOut: boolean;
  /** Whether the references are so rare that plans ignore them. */
  readonly isRare: boolean;
  readonly references: (parent: FhirResource) => readonly (Reference | undefined)[];
}

/**
 * Leads from a product to all resources of a type in its `$everything` bundle, whatever they refer to. Leads nowhere
 * with the profiles that read no bundles.
 */
export interface Bundled {
  readonly kind: 'bundled';
  /** The name of the lookup, as in `Reverse`. */
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
  /** The elements that the test reads. */
  readonly elements: readonly string[];
  /** Returns undefined if the resource lacks the tested value. */
  readonly test: (resource: FhirResource) => boolean | undefined;
}

/** Leads to the parent itself. */
export const self: Link = { kind: 'self' };

/**
 * Leads to the children of `type` whose `element` refers to the parent. The search parameter `parameter` finds them.
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

/** Returns the error for an element that FHIR does not allow. It fails only the fields that read this element. */
export function malformed(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const message =
    error instanceof MalformedElement
      ? error.message
      : 'A record of the upstream has a malformed reference to another record.';
  return new PmsError('UPSTREAM_BAD_RESPONSE', message, { cause: error });
}

/**
 * Leads from a parent of type `from` to the records that `element` refers to. FHIR lets the element refer to the types
 * in `allowed`.
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

/** Returns a copy of the link, marked as one that may lead to records of other products. */
export function outward(link: Forward): Forward {
  return { ...link, leadsOut: true };
}

/** Returns a copy of the link, marked as rare: plans ignore it, but existing references are followed. */
export function rare(link: Forward): Forward {
  return { ...link, isRare: true };
}

/** Returns a copy of the link that leads only to records of the given types. */
export function only(link: Forward, ...types: readonly ResourceType[]): Forward {
  return { ...link, types };
}

export function bundled(type: ResourceType): Link {
  return { kind: 'bundled', asks: `${type} in bundle`, type };
}

/** Follows one link, then another one from each of its targets. */
export function via(first: Link, second: Link): Link {
  return { kind: 'then', first, second };
}

/** Leads to the targets of all given links, each target once. */
export function union(...of: readonly Link[]): Link {
  return { kind: 'union', of };
}

/** Leads to the targets of the first link, or to those of the second if the first has no targets. */
export function orElse(first: Link, second: Link): Link {
  return { kind: 'orElse', first, second };
}

/**
 * Leads to the link's targets, but nowhere if the parent passes the test (for instance, if it states the value itself).
 */
export function unless<T extends ResourceType>(
  from: T,
  element: string,
  test: (parent: ResourceOf<T>) => boolean,
  link: Link,
): Link {
  return { kind: 'unless', link, ...testOf(from, [element], test) };
}

/** Leads to the targets whose content passes the test. */
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

/** Whether a value equals the filter value; undefined for a null value. */
export function isSame<T>(value: T | null, asked: T): boolean | undefined {
  return value === null ? undefined : value === asked;
}

/** Leads to the first target only, in list order. */
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

/** Returns a link with all links nested in it. The result is cached per link, because links never change. */
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

/** Returns the members of a union that can start at a parent of type `from`. */
export function waysFrom(link: Link, from: ResourceType): readonly Link[] {
  const ways = link.kind === 'union' ? link.of : [link];
  return ways.filter((way) => way.kind !== 'forward' || way.from === from);
}

/** Returns the elements that following a link reads, by resource type. */
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
