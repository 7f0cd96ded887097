/**
 * Decides how products are read with their details: the records that belong to them. Words why they cannot be read from some
 * upstreams.
 */
import type { OperationRequest } from '../catalogue/catalogue.js';
import type { Key } from '../catalogue/graph/key.js';
import { detailQuestions } from '../catalogue/graph/links.js';
import type { Feature, Features } from '../catalogue/upstream/features.js';
import type { Proving } from '../catalogue/upstream/proving.js';
import { detailsOf, productPage } from '../catalogue/question/product-page.js';

/** `bundles`: by `$everything` for each product. `searches`: by searches for the details of many products. */
export type Way = 'bundles' | 'searches';

/** Returns how products are read; undefined if some of their details can be read neither by bundles nor by searches. */
export function wayOf(features: Features): Way | undefined {
  if (features.has('everything')) return 'bundles';
  return unsearchable(features).length === 0 ? 'searches' : undefined;
}

/**
 * Most products whose details are searched for together. Searching for each package or ingredient alone would take hundreds of
 * requests.
 */
const mostAtOnce = 20;

/** Settles whether the upstream can be searched for the details of products, unless it has `$everything`. */
export async function settleWay(features: Features, { settle }: Pick<Proving, 'settle'>): Promise<void> {
  if (features.has('everything')) return;
  await settle(detailQuestions.map(({ type, parameter }): Feature => `search ${type}?${parameter}`));
}

/** Returns the most products to read at once. */
export function atOnceIn(way: Way, features: Features): number {
  return way === 'bundles' || features.evidence('or') === 'refuted' ? 1 : mostAtOnce;
}

/** Returns the fewest requests that reading a number of products takes. */
export function leastRequests(products: number, way: Way, features: Features): number {
  if (way === 'bundles') return products;
  const each = 1 + new Set(detailQuestions.map(({ asks }) => asks)).size;
  return Math.ceil(products / atOnceIn(way, features)) * each;
}

/** Returns the selections for several products, as one operation. */
export function detailRequest(
  products: readonly Key[],
  way: Way,
): Pick<OperationRequest, 'selections' | 'profile'> {
  if (way === 'searches') return { selections: [detailsOf(products)] };
  return { selections: products.map(productPage), profile: 'everything' };
}

/** Returns a sentence that says why the details of products cannot be read. */
export function whyUnread(features: Features): string {
  const searches = unsearchable(features).map(({ type, parameter }) => `${type} by "${parameter}"`);
  return `The index does not contain the records that belong to products: the upstream does not support $everything, nor the searches for ${listed(searches)}.`;
}

function unsearchable(features: Features): typeof detailQuestions {
  return detailQuestions.filter(({ type, parameter }) => !features.has(`search ${type}?${parameter}`));
}

function listed(all: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(all);
}
