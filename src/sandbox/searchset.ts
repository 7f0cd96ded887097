/** The bundle of one page: its entries, its total, its links. */

import type { Bundle, BundleEntry, Resource } from 'fhir/r5.js';
import { narrowed } from './narrow.js';
import type { Pages } from './pages.js';

/** One page out of `total` matches, and where it goes on. */
export interface Slice {
  /** Below the base: `/MedicinalProductDefinition`. */
  readonly path: string;
  /** What was honoured of the query. */
  readonly query: string;
  readonly matches: readonly Resource[];
  readonly included: readonly Resource[];
  readonly total: number;
  /** Undefined on the last page. */
  readonly nextOffset: number | undefined;
  readonly elements: readonly string[];
}

export interface SearchsetOptions {
  readonly baseUrl: string;
  readonly pages: Pages;
}

export function searchset(options: SearchsetOptions, slice: Slice): Bundle {
  const { matches, included, elements, total } = slice;
  const entriesOf = (resources: readonly Resource[], mode: 'match' | 'include'): BundleEntry[] =>
    resources.map((resource) => entryOf(options.baseUrl, narrowed(resource, elements), mode));
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total,
    link: linksOf(options, slice),
    entry: [...entriesOf(matches, 'match'), ...entriesOf(included, 'include')],
  };
}

function linksOf(
  { baseUrl, pages }: SearchsetOptions,
  { path, query, nextOffset }: Slice,
): NonNullable<Bundle['link']> {
  const self = { relation: 'self' as const, url: `${baseUrl}${path}${query === '' ? '' : `?${query}`}` };
  if (nextOffset === undefined) return [self];
  const token = pages.issue({ path, query, offset: nextOffset });
  return [self, { relation: 'next', url: `${baseUrl}${path}?_page=${token}` }];
}

function entryOf(baseUrl: string, resource: Resource, mode: 'match' | 'include'): BundleEntry {
  return {
    fullUrl: `${baseUrl}/${resource.resourceType}/${resource.id ?? ''}`,
    resource: resource as NonNullable<BundleEntry['resource']>,
    search: { mode },
  };
}
