/** The algebra of links: how one gets from a resource to others, as data that plan, waves and answer all read. */
import type { Reference } from 'fhir/r5.js';
import { PmsError } from '../../errors.js';
import type { Reads } from '../../facts/fact.js';
import { elements } from '../../fhir/elements.js';
import { MalformedElement } from '../../fhir/guarded.js';
import type { FhirResource, ResourceOf, ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName } from '../../fhir/search.js';

/** Children that name their parent: one search parameter, and the element that carries the reference. */
export interface Reverse {
  readonly kind: 'reverse';
  /** Which question its relations answer, the same for every link that asks it. */
  readonly asks: string;
  readonly type: ResourceType;
  /** The R5 search parameter that finds them by parent. */
  readonly parameter: SearchParameterName;
  readonly parents: readonly ResourceType[];
  /** The element of the child that holds these references. */
  readonly element: string;
  /** @throws UPSTREAM_BAD_RESPONSE for a record that is malformed there */
  readonly names: (child: FhirResource) => readonly Reference[];
}

/** References that the parent itself holds. */
export interface Forward {
  readonly kind: 'forward';
  readonly from: ResourceType;
  /** The element of the parent that holds the references. */
  readonly element: string;
  /** The search parameter whose include brings the referenced records; undefined where R5 has none, or it leads back. */
  readonly include: SearchParameterName | undefined;
  /** The types that the element may refer to. A bare id is of such a type. */
  readonly allowed: readonly ResourceType[];
  /** The types that this link leads to. */
  readonly types: readonly ResourceType[];
  /** Whether it may lead to records of other products, which are not in this product's bundle. */
  readonly leadsOut: boolean;
  /** Whether such references are so rare that no plan counts on them. */
  readonly isRare: boolean;
  readonly references: (parent: FhirResource) => readonly (Reference | undefined)[];
}

/**
 * All resources of a type that came with a product's `$everything` bundle: being there is itself a link.
 * Leads nowhere on the other profiles, which have no bundles.
 */
export interface Bundled {
  readonly kind: 'bundled';
  /** As of `Reverse`. */
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

/** A test of a resource by its content. */
export interface Test {
  readonly type: ResourceType;
  /** The elements that it reads. */
  readonly elements: readonly string[];
  /** Undefined where the resource does not tell. */
  readonly test: (resource: FhirResource) => boolean | undefined;
}

/** The parent itself. */
export const self: Link = { kind: 'self' };

/** Children of `type` whose `element` refers to the parent, found by `parameter`. */
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

/** A record may hold an element that FHIR does not allow. Then reading that element fails, and nothing else. */
export function malformed(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const message =
    error instanceof MalformedElement
      ? error.message
      : 'A record of the upstream has a malformed reference to other records.';
  return new PmsError('UPSTREAM_BAD_RESPONSE', message, { cause: error });
}

/** What a parent of type `from` refers to in one element, which is `allowed` to refer to these types. */
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

/** The same references, where some may lead to records of other products. */
export function outward(link: Forward): Forward {
  return { ...link, leadsOut: true };
}

/** The same references, which are read where there are any, and reckoned with nowhere. */
export function rare(link: Forward): Forward {
  return { ...link, isRare: true };
}

/** The same references, as far as they lead to one of these types. */
export function only(link: Forward, ...types: readonly ResourceType[]): Forward {
  return { ...link, types };
}

export function bundled(type: ResourceType): Link {
  return { kind: 'bundled', asks: `${type} in bundle`, type };
}

/** First one link, then another from each of its targets. */
export function via(first: Link, second: Link): Link {
  return { kind: 'then', first, second };
}

/** Leads to the targets of all the links, each once. */
export function union(...of: readonly Link[]): Link {
  return { kind: 'union', of };
}

/** The first link's targets, or the second's where the first has none. */
export function orElse(first: Link, second: Link): Link {
  return { kind: 'orElse', first, second };
}

/** Leads to the link's targets, but to none where the parent passes the test: where it has a value of its own, say. */
export function unless<T extends ResourceType>(
  from: T,
  element: string,
  test: (parent: ResourceOf<T>) => boolean,
  link: Link,
): Link {
  return { kind: 'unless', link, ...testOf(from, [element], test) };
}

/** Those targets that pass a test of their own content. */
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

/** Whether a value is the one asked for; undefined where it is not known. */
export function isSame<T>(value: T | null, asked: T): boolean | undefined {
  return value === null ? undefined : value === asked;
}

/** The first target, in the order of lists. */
export function first(link: Link): Link {
  return { kind: 'first', link };
}

/** The types that a link can lead to from a parent of type `from`. */
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

/** The links that this one is made of, itself included. Links never change, so this is worked out once for each. */
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

/** Of the links that this one unites, those that may lead on from a parent of one type. */
export function waysFrom(link: Link, from: ResourceType): readonly Link[] {
  const ways = link.kind === 'union' ? link.of : [link];
  return ways.filter((way) => way.kind !== 'forward' || way.from === from);
}

/** Returns the elements of each type that following a link reads. */
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
