/**
 * What the upstream returns together with products, as observed: complete included lists, resource types in bundles,
 * and resource types that includes never return. Clients choose which products are read. So an observation from one
 * page or bundle applies only to its own operation. It applies to all operations if a probe made it, or if several
 * pages or bundles agree. Observations that make a list count as complete expire, because an upstream may return
 * fewer records later.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ResourceType } from '../../fhir/resources.js';

export interface Given {
  /**
   * Returns the largest number of included entries on a page for which a reverse include was found complete; -1 if
   * there is none.
   */
  includeProven(group: string): number;
  /**
   * Whether the included entries of a page count as complete without a check. They do if there are fewer than on a
   * page that was checked: a server that truncates includes would have truncated that page too. If the number is
   * equal, it may be the server's limit, so it counts only for the checked page.
   */
  isIncludeProven(page: IncludePage): boolean;
  /** Whether the bundles of products contain resources of this type. */
  isInBundles(type: ResourceType): boolean;
  /** Whether resources of this type had to be read separately, although includes should have returned them. */
  isBeyond(type: ResourceType): boolean;
  sawIncludeWhole(page: IncludePage, by: Observer): void;
  /** @param product the id or key of the product that the bundle belongs to */
  sawInBundle(type: ResourceType, product: string, by: Observer): void;
  sawBeyond(type: ResourceType, by: Observer): void;
}

/** A page whose included entries were checked and found complete. */
export interface IncludePage {
  /** The type and search parameter of the children, and the type of the parents. */
  readonly group: string;
  readonly entries: number;
  /** The URL of the page, with the query. */
  readonly url: string;
}

/** Who chose the records that were observed. `service` is a probe, whose records no client chose. */
export type Observer = 'service' | 'client';

/** The number of pages or bundles that must agree before an observation applies to all operations. */
const agreeing = 3;
const lastsMs = 3_600_000;
/** Maximum number of pages stored per group. */
const mostPages = 20;
const mostTypes = 200;

interface Whole {
  readonly entries: number;
  readonly at: number;
}

/** @param now monotonic milliseconds. @default performance.now */
export function createGiven(now: () => number = () => performance.now()): Given {
  const own = new Map<string, Whole>();
  const pages = new Map<string, LRUCache<string, Whole>>();
  const inBundles = new LRUCache<ResourceType, number>({ max: mostTypes });
  const bundles = new LRUCache<ResourceType, LRUCache<string, number>>({ max: mostTypes });
  const beyond = new Set<ResourceType>();
  const isLasting = (at: number | undefined): boolean => at !== undefined && now() - at < lastsMs;

  function includeProven(group: string): number {
    const shown = own.get(group);
    const lasting = [...(pages.get(group)?.values() ?? [])].filter(({ at }) => isLasting(at));
    const agreed = lasting.map(({ entries }) => entries).sort((one, other) => other - one)[agreeing - 1];
    return Math.max(isLasting(shown?.at) ? (shown?.entries ?? -1) : -1, agreed ?? -1);
  }

  return {
    includeProven,
    isIncludeProven({ group, entries, url }) {
      if (entries < includeProven(group)) return true;
      const same = url.includes('?') ? pages.get(group)?.peek(markOf(url)) : undefined;
      return same?.entries === entries && isLasting(same.at);
    },
    isInBundles: (type) =>
      isLasting(inBundles.peek(type)) ||
      [...(bundles.peek(type)?.values() ?? [])].filter(isLasting).length >= agreeing,
    isBeyond: (type) => beyond.has(type),
    sawIncludeWhole({ group, entries, url }, by) {
      const shown = own.get(group);
      const isMore = !shown || !isLasting(shown.at) || entries >= shown.entries;
      if (by === 'service' && isMore) own.set(group, { entries, at: now() });
      const some = pages.get(group) ?? new LRUCache<string, Whole>({ max: mostPages });
      some.set(markOf(url), { entries, at: now() });
      pages.set(group, some);
    },
    sawInBundle(type, product, by) {
      if (by === 'service') inBundles.set(type, now());
      const some = bundles.get(type) ?? new LRUCache<string, number>({ max: agreeing });
      some.set(product, now());
      bundles.set(type, some);
    },
    sawBeyond(type, by) {
      // A probe follows every link. A client chooses how many levels it selects, so its operation proves less.
      if (by === 'service') beyond.add(type);
    },
  };
}

/** Returns a hash of the URL, because the URL may be long. */
function markOf(url: string): string {
  return createHash('sha256').update(url).digest('base64url');
}
