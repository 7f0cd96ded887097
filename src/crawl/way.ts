/**
 * Decides how products are read with the records that belong to them (their details). If this is not possible with an
 * upstream, it gives the reason in words.
 */
import type { OperationRequest } from '../catalogue/catalogue.js';
import type { Key } from '../catalogue/graph/key.js';
import { detailQuestions } from '../catalogue/graph/links.js';
import type { Feature, Features } from '../catalogue/upstream/features.js';
import type { Proving } from '../catalogue/upstream/proving.js';
import { detailsOf, productPage } from '../catalogue/question/product-page.js';

/**
 * `bundles`: one `$everything` request for each product. `searches`: searches for the details of many products at the
 * same time.
 */
export type Way = 'bundles' | 'searches';

/**
 * Returns how products are read; undefined if some of their details can be read neither by bundles nor by searches.
 */
export function wayOf(features: Features): Way | undefined {
  if (features.has('everything')) return 'bundles';
  return unsearchable(features).length === 0 ? 'searches' : undefined;
}

/** Maximum number of products whose details are searched together. */
const mostAtOnce = 20;

/** Probes whether the upstream supports searches for the details of products, unless it supports `$everything`. */
export async function settleWay(features: Features, { settle }: Pick<Proving, 'settle'>): Promise<void> {
  if (features.has('everything')) return;
  await settle(detailQuestions.map(({ type, parameter }): Feature => `search ${type}?${parameter}`));
}

/** Returns the maximum number of products that are read at the same time. */
export function atOnceIn(way: Way, features: Features): number {
  return way === 'bundles' || features.evidence('or') === 'refuted' ? 1 : mostAtOnce;
}

/** Returns the minimum number of requests for reading a number of products. */
export function leastRequests(products: number, way: Way, features: Features): number {
  if (way === 'bundles') return products;
  const each = 1 + new Set(detailQuestions.map(({ asks }) => asks)).size;
  return Math.ceil(products / atOnceIn(way, features)) * each;
}

/** Returns the selections that read several products in one operation. */
export function detailRequest(
  products: readonly Key[],
  way: Way,
): Pick<OperationRequest, 'selections' | 'profile'> {
  if (way === 'searches') return { selections: [detailsOf(products)] };
  return { selections: products.map(productPage), profile: 'everything' };
}

/** Returns a sentence that gives the reason why the details of products cannot be read. */
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
