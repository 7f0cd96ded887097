/**
 * Builds the searchset Bundle of one page: entries, total and links. It includes the configured differences from the
 * profile.
 */

import type { Bundle, BundleEntry, OperationOutcome, Resource } from 'fhir/r5.js';
import type { Guise } from './guise.js';
import { narrowed } from './narrow.js';
import type { Pages } from './pages.js';

/** One page of a list, and the offset of the next page. */
export interface Slice {
  /** Path below the base URL: `/MedicinalProductDefinition`. */
  readonly path: string;
  /** The query as the client sent it. */
  readonly asked: string;
  /** The query without the ignored parameters. */
  readonly honoured: string;
  readonly matches: readonly Resource[];
  readonly included: readonly Resource[];
  readonly elements: readonly string[];
  /** Names of the ignored parameters. */
  readonly ignored: readonly string[];
  readonly total: number;
  /** Whether the total must be exact. */
  readonly countsExactly: boolean;
  readonly offset: number;
  /** Offset of the next page. Undefined on the last page. */
  readonly nextOffset: number | undefined;
}

export interface SearchsetOptions {
  readonly baseUrl: string;
  readonly pages: Pages;
  readonly guise: Guise;
}

export function searchset(options: SearchsetOptions, slice: Slice): Bundle {
  const total = totalOf(slice, options.guise);
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(total === undefined ? {} : { total }),
    link: linksOf(options, slice),
    entry: entriesOf(options, slice),
  };
}

function totalOf({ total, countsExactly, offset, matches }: Slice, guise: Guise): number | undefined {
  if (countsExactly || guise.total === undefined) return total;
  const told = {
    absent: undefined,
    asked: undefined,
    first: offset === 0 ? total : undefined,
    low: Math.floor(total / 2),
    high: 2 * total + 1,
    page: matches.length,
    zero: 0,
  };
  return told[guise.total];
}

function linksOf(options: SearchsetOptions, slice: Slice): NonNullable<Bundle['link']> {
  const { baseUrl, guise, pages } = options;
  const { path, nextOffset } = slice;
  const query = guise.self === 'asked' ? slice.asked : slice.honoured;
  const url = `${baseUrl}${path}${query === '' ? '' : `?${query}`}`;
  const self = guise.self === 'absent' ? [] : [{ relation: 'self' as const, url }];
  if (nextOffset === undefined || guise.next === 'absent') return self;
  const token = pages.issue({ path, query, offset: nextOffset });
  return [...self, { relation: 'next', url: nextUrl(options, path, token) }];
}

function nextUrl({ baseUrl, guise }: SearchsetOptions, path: string, token: string): string {
  if (guise.next === 'base') return `${baseUrl}?_getpages=${token}`;
  if (guise.next === 'gateway')
    return `http://fhir.internal:8080${new URL(baseUrl).pathname.toUpperCase()}${path}?_page=${token}`;
  if (guise.next === 'relative') return `${path.slice(1)}?_page=${token}`;
  return `${baseUrl}${path}?_page=${token}`;
}

function entriesOf({ baseUrl, guise }: SearchsetOptions, slice: Slice): BundleEntry[] {
  const { matches, included, elements } = slice;
  const entry = (mode: 'match' | 'include') => (resource: Resource) =>
    entryOf(baseUrl, narrowed(resource, elements), mode);
  return [
    ...(guise.outcome === 'first' ? [outcomeEntry] : []),
    ...matches.map(entry('match')),
    ...(guise.outcome === 'last' ? [outcomeEntry] : []),
    ...(guise.outcome === 'incomplete' ? [incompleteEntry] : []),
    ...(guise.unknown === 'told' && slice.ignored.length > 0 ? [ignoredEntry(slice)] : []),
    ...included.slice(0, guise.included).map(entry('include')),
  ];
}

function entryOf(baseUrl: string, resource: Resource, mode: 'match' | 'include'): BundleEntry {
  return {
    fullUrl: `${baseUrl}/${resource.resourceType}/${resource.id ?? ''}`,
    resource: resource as NonNullable<BundleEntry['resource']>,
    search: { mode },
  };
}

/** The entry that lists the ignored parameters, worded as FHIR servers do. */
function ignoredEntry({ path, ignored }: Slice): BundleEntry {
  const type = path.split('/')[1] ?? '';
  const resource: OperationOutcome = {
    resourceType: 'OperationOutcome',
    issue: ignored.map((name) => ({
      severity: 'warning',
      code: 'not-supported',
      diagnostics: `The search parameter '${name}' is not supported for resource type '${type}'.`,
    })),
  };
  return { resource, search: { mode: 'outcome' } };
}

const outcome: OperationOutcome = {
  resourceType: 'OperationOutcome',
  issue: [
    { severity: 'information', code: 'informational', diagnostics: 'This server has something to say' },
  ],
};

const incomplete: OperationOutcome = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'warning', code: 'incomplete', diagnostics: 'Not all that was found is here' }],
};

const incompleteEntry: BundleEntry = { resource: incomplete, search: { mode: 'outcome' } };

const outcomeEntry: BundleEntry = { resource: outcome, search: { mode: 'outcome' } };
