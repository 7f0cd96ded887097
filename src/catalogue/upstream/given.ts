/**
 * What the upstream gives together with products, as observed: whole lists by includes, types in bundles, types that lie
 * beyond includes. Clients choose which products are read. So one page or bundle shows it for its own operation alone;
 * for others a question of our own shows it, or several pages or bundles that agree. What lets an answer pass for whole
 * is forgotten after a while: an upstream may give less than it did.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ResourceType } from '../../fhir/resources.js';

export interface Given {
  /** Returns the most included entries of a page whose reverse include was verified to be whole; -1 for none. */
  includeProven(group: string): number;
  /**
   * Whether so many included entries are whole without being verified. Fewer than the verified number are: a server
   * that cuts them off would have done so there. The same number may be all that it ever gives, except for the verified
   * page.
   */
  isIncludeProven(page: IncludePage): boolean;
  /** Whether bundles of products hold resources of a type. */
  isInBundles(type: ResourceType): boolean;
  /** Whether resources of a type were read by themselves although includes should have brought them. */
  isBeyond(type: ResourceType): boolean;
  sawIncludeWhole(page: IncludePage, by: Observer): void;
  /** @param product the id, or key, of the product whose bundle it is */
  sawInBundle(type: ResourceType, product: string, by: Observer): void;
  sawBeyond(type: ResourceType, by: Observer): void;
}

/** A page with included entries that were verified to be whole. */
export interface IncludePage {
  /** Which children, of which parents. */
  readonly group: string;
  readonly entries: number;
  /** Of the page, with the query. */
  readonly url: string;
}

/** `service`: a question of our own, which no client chose. */
export type Observer = 'service' | 'client';

/** Number of pages, or bundles, that have to agree before they are believed of others. */
const agreeing = 3;
const lastsMs = 3_600_000;
/** Pages of a group that are remembered. */
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
      // Clients choose how deep they ask. A question of our own follows every link.
      if (by === 'service') beyond.add(type);
    },
  };
}

/** Returns a hash in place of the URL, which may be long. */
function markOf(url: string): string {
  return createHash('sha256').update(url).digest('base64url');
}
