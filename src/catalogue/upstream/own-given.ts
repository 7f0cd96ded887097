/**
 * What the upstream gives together with products, as one operation finds it: what its own pages and bundles have shown,
 * and what is believed of all.
 */
import type { ResourceType } from '../../fhir/resources.js';
import type { Given, IncludePage, Observer } from './given.js';

export interface OwnGiven {
  /** Whether the included entries of a page are whole without being verified. */
  isIncludeProven(page: IncludePage): boolean;
  /** Whether bundles of products hold resources of a type. */
  isInBundles(type: ResourceType): boolean;
  sawIncludeWhole(page: IncludePage): void;
  sawInBundle(type: ResourceType, product: string): void;
  sawBeyond(type: ResourceType): void;
}

/** @param by who has chosen what the operation asks */
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
      // The records of a bundle come one after the other.
      if (inBundles.get(type) === product) return;
      inBundles.set(type, product);
      shared.sawInBundle(type, product, by);
    },
    sawBeyond: (type) => shared.sawBeyond(type, by),
  };
}
