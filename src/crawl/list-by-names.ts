/** Lists products by searches for names, for an upstream that shows only the first page of a list. */
import { isPmsError, type ErrorCode } from '../errors.js';
import { namesOf } from '../facts/of-product.js';
import type { Page } from '../fhir/bundle.js';
import type { Call } from '../fhir/client.js';
import type { SearchParameters } from '../fhir/search.js';
import {
  ask,
  isProduct,
  keep,
  keepRefused,
  pageSize,
  productType,
  rowsOf,
  type ListOptions,
} from './list-page.js';
import { createNameSearches, type NameSearches } from './name-searches.js';
import { chunksOf } from './sort-out.js';
import type { Kept } from './standing.js';

export interface ListByNamesOptions extends ListOptions {
  /** The number of products that the upstream says it has. */
  readonly total: number;
  /** Parameters that make the upstream state exact totals. */
  readonly more: SearchParameters;
}

/** Returns the number of consecutive searches without a new product after which no other products are expected. */
function mostInVain(total: number): number {
  return Math.max(500, total / 20);
}

/** The number of products whose names are read from the index at the same time. */
const atOnce = 500;

/**
 * Searches until as many products are listed as the upstream has, or until no search can be expected to find another
 * one. An interrupted listing continues with the next search.
 * @throws the upstream's error, or INDEX_UNAVAILABLE
 */
export async function listByNames(kept: Kept, options: ListByNamesOptions): Promise<'ended' | 'aborted'> {
  const { index, total, signal } = options;
  // The first page of the whole list is full, because the upstream has more products.
  const searches = createNameSearches(total, kept.pages[0]?.ids.length ?? pageSize);
  for (const ids of chunksOf([...kept.ids], atOnce))
    for (const [id, { record }] of await index.owns(ids)) searches.learn(id, namesOf(record));
  for (const { search, ids } of kept.pages) if (search) searches.tell(search, ids);
  for (let inVain = 0; kept.ids.size < total && inVain < mostInVain(total);) {
    const text = await searches.next();
    if (signal.aborted) return 'aborted';
    if (text === undefined) break;
    const before = kept.ids.size;
    if ((await searchName(text, searches, kept, options)) === 'aborted') return 'aborted';
    inVain = kept.ids.size > before ? 0 : inVain + 1;
  }
  return 'ended';
}

async function searchName(
  text: string,
  searches: NameSearches,
  kept: Kept,
  options: ListByNamesOptions,
): Promise<'searched' | 'aborted'> {
  const parameters = [{ name: 'name', values: [text] } as const, rowsOf(pageSize), ...options.more];
  const send = (call: Call): Promise<Page> => options.client.search(productType, parameters, call);
  const page = await ask(send, options).catch((error: unknown) => {
    if (isPmsError(error) && refusals.has(error.code)) return undefined;
    throw error;
  });
  if (page === 'aborted') return page;
  if (!page) {
    await keepRefused({ text }, kept, options);
    searches.tell({ text });
    return 'searched';
  }
  const products = page.resources.filter(isProduct);
  const search = { text, total: page.total ?? products.length };
  await keep(page, kept, options, search);
  for (const product of products) searches.learn(product.id, namesOf(product));
  searches.tell(
    search,
    products.map(({ id }) => id),
  );
  return 'searched';
}

/** Errors that show that the upstream does not accept a text. */
const refusals: ReadonlySet<string> = new Set<ErrorCode>(['BAD_USER_INPUT', 'UPSTREAM_UNSUPPORTED']);
