/**
 * What the upstream returns together with products, for one operation: the observations of its own pages and bundles,
 * and those that apply to all operations.
 */
import type { ResourceType } from '../../fhir/resources.js';
import type { Given, IncludePage, Observer } from './given.js';

export interface OwnGiven {
  /** Whether the included entries of a page count as complete without a check. */
  isIncludeProven(page: IncludePage): boolean;
  /** Whether the bundles of products contain resources of this type. */
  isInBundles(type: ResourceType): boolean;
  sawIncludeWhole(page: IncludePage): void;
  sawInBundle(type: ResourceType, product: string): void;
  sawBeyond(type: ResourceType): void;
}

/** @param by who sent the operation: a client or the service itself */
export function createOwnGiven(shared: Given, by: Observer): OwnGiven {
  const whole = new Map<string, number>();
  const inBundles = new Map<ResourceType, string>();
  return {
    isIncludeProven: (page) => page.entries < (whole.get(page.group) ?? -1) || shared.isIncludeProven(page),
    isInBundles: (type) => inBundles.has(type) || shared.isInBundles(type),
    sawIncludeWhole(page) {
      whole.set(page.group, Math.max(page.entries, whole.get(page.group) ?? -1));
      shared.sawIncludeWhole(page, by);
    },
    sawInBundle(type, product) {
      // The records of one bundle are noted one after the other, so a comparison with the last product is enough.
      if (inBundles.get(type) === product) return;
      inBundles.set(type, product);
      shared.sawInBundle(type, product, by);
    },
    sawBeyond: (type) => shared.sawBeyond(type, by),
  };
}
