/** Decides how products are read with their details, and says what the upstream lacks where they cannot be. */
import type { OperationRequest } from '../catalogue/catalogue.js';
import type { Key } from '../catalogue/graph/key.js';
import { detailQuestions } from '../catalogue/graph/links.js';
import type { Feature, Features } from '../catalogue/upstream/features.js';
import type { Proving } from '../catalogue/upstream/proving.js';
import { detailsOf, productPage } from '../catalogue/question/product-page.js';

/** By a bundle for each product, or by searches for the details of many products. */
export type Way = 'bundles' | 'searches';

/** Returns the way of reading products; undefined where some of their details can be had in neither way. */
export function wayOf(features: Features): Way | undefined {
  if (features.has('everything')) return 'bundles';
  return unsearchable(features).length === 0 ? 'searches' : undefined;
}

/**
 * Most products whose parts are searched for together. One package or ingredient after the other would take hundreds of
 * requests.
 */
const mostAtOnce = 20;

/** Settles whether the upstream searches for the details of products, where it has no bundles. */
export async function settleWay(features: Features, { settle }: Pick<Proving, 'settle'>): Promise<void> {
  if (features.has('everything')) return;
  await settle(detailQuestions.map(({ type, parameter }): Feature => `search ${type}?${parameter}`));
}

/** Returns how many products are read at once, at most. */
export function atOnceIn(way: Way, features: Features): number {
  return way === 'bundles' || features.evidence('or') === 'refuted' ? 1 : mostAtOnce;
}

/** Returns the fewest requests that reading so many products takes. */
export function leastRequests(products: number, way: Way, features: Features): number {
  if (way === 'bundles') return products;
  const each = 1 + new Set(detailQuestions.map(({ asks }) => asks)).size;
  return Math.ceil(products / atOnceIn(way, features)) * each;
}

/** Returns the selections for some products, all in one operation. */
export function detailRequest(
  products: readonly Key[],
  way: Way,
): Pick<OperationRequest, 'selections' | 'profile'> {
  if (way === 'searches') return { selections: [detailsOf(products)] };
  return { selections: products.map(productPage), profile: 'everything' };
}

/** Returns in words why the details of products cannot be read. */
export function whyUnread(features: Features): string {
  const searches = unsearchable(features).map(({ type, parameter }) => `${type} by "${parameter}"`);
  return `The index does not hold the records that belong to products: the upstream has no $everything, and cannot be searched for ${listed(searches)}.`;
}

function unsearchable(features: Features): typeof detailQuestions {
  return detailQuestions.filter(({ type, parameter }) => !features.has(`search ${type}?${parameter}`));
}

function listed(all: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(all);
}
