/**
 * The FHIR interactions of the sandbox: read, search, `$everything` and next page. They include the configured
 * differences from the profile.
 */

import type { Resource } from 'fhir/r5.js';
import { fhirAnswer, type Answer } from './answer.js';
import { everythingAbout } from './everything.js';
import type { Guise } from './guise.js';
import type { Holdings } from './holdings.js';
import { includedWith } from './includes.js';
import { createPages } from './pages.js';
import type { Offer, Surface } from './profiles.js';
import { notOffered, Refusal } from './refusal.js';
import { parseSearch, runSearch, type SearchRules } from './search.js';
import { searchset, type Slice } from './searchset.js';

export interface InteractionsOptions {
  readonly baseUrl: string;
  readonly holdings: Holdings;
  readonly surface: Surface;
  readonly guise: Guise;
  readonly pageSize: number;
  readonly maxPageSize: number;
  /** Whether a search parameter must be ignored. */
  readonly ignores: SearchRules['ignores'];
}

/**
 * The interactions. Each method throws a Refusal if the resource does not exist, or if the server does not support
 * the interaction.
 */
export interface Interactions {
  read(type: string, id: string, ifNoneMatch: string | undefined): Answer;
  /**
   * @param isStrict whether unknown parameters are refused (`Prefer: handling=strict`), if the server supports this
   */
  search(type: string, query: URLSearchParams, isStrict: boolean): Answer;
  everything(type: string, id: string, query: URLSearchParams): Answer;
  /** Responds with the page that a `next` link names. */
  page(token: string): Answer;
}

/**
 * The length of a page token in characters. The link is then longer than some clients and proxies accept, but shorter
 * than the longest URL.
 */
const LONG_TOKEN = 6_000;

type Place = Pick<Slice, 'total' | 'offset' | 'nextOffset'>;

export function createInteractions(options: InteractionsOptions): Interactions {
  const { baseUrl, holdings, surface, guise } = options;
  const pages = createPages({
    ...(guise.uses === undefined ? {} : { uses: guise.uses }),
    ...(guise.next === 'long' ? { length: LONG_TOKEN } : {}),
  });

  /** Names of the lists from which the second row was deleted. */
  const shrunk = new Set<string>();
  let turns = 0;

  function read(type: string, id: string, ifNoneMatch: string | undefined): Answer {
    if (!offerOf(type).read) throw notOffered(`Reading ${type}`);
    const resource = holdings.read(type, id);
    if (resource === undefined) throw new Refusal(404, 'not-found', `${type} ${id} is not known`);
    const headers = versionHeaders(resource);
    if (ifNoneMatch !== undefined && ifNoneMatch === headers['etag'])
      return { status: 304, headers, body: '' };
    return fhirAnswer(200, resource, headers);
  }

  function search(type: string, query: URLSearchParams, isStrict: boolean, offset = 0): Answer {
    offerOf(type);
    const found = parseSearch(type, query, rulesOf(options, isStrict));
    const positions = order(nameOf(type, query), runSearch(holdings, found), offset);
    const alongWith = (matches: readonly number[]): readonly number[] =>
      includedWith(holdings, matches, found.inclusions);
    const rows =
      guise.counts === 'page' ? roomFor(positions.slice(offset), found.count, alongWith) : found.count;
    const hidden = positions.length > 2 * (guise.hides ?? 0) ? (guise.hides ?? 0) : 0;
    const shown = positions.slice(offset, Math.min(offset + rows, positions.length - hidden));
    const included = alongWith(shown);
    const place = placeOf(positions, offset, rows, hidden);
    return answerPage({
      ...found,
      ...place,
      total: place.total + (guise.counts === 'total' ? alongWith(positions).length : 0),
      path: `/${type}`,
      asked: query.toString(),
      matches: shown.map((position) => holdings.at(position)),
      included: included.map((position) => holdings.at(position)),
      countsExactly: found.countsExactly || found.count === 0,
    });
  }

  function everything(type: string, id: string, query: URLSearchParams, offset = 0): Answer {
    if (!offerOf(type).everything) throw notOffered(`$everything of ${type}`);
    const resources = everythingAbout(holdings, id);
    if (resources === undefined) throw new Refusal(404, 'not-found', `${type} ${id} is not known`);
    // Without `_count`, R5 returns the whole set in one bundle.
    const isWhole = guise.everything !== 'paged' && !query.has('_count');
    const found = parseSearch(type, query, {
      ...rulesOf(options, false),
      offers: {},
      ...(isWhole ? { defaultCount: resources.length, maximumCount: resources.length } : {}),
    });
    const ordered = order(id, resources, offset);
    return answerPage({
      ...found,
      ...placeOf(ordered, offset, found.count),
      path: `/${type}/${id}/$everything`,
      asked: query.toString(),
      matches: ordered.slice(offset, offset + found.count),
      included: [],
    });
  }

  function page(token: string): Answer {
    const found = pages.open(token);
    if (found === undefined)
      throw new Refusal(guise.expired ?? 410, 'not-found', 'This page link has expired');
    const query = new URLSearchParams(found.query);
    const [, type = '', id] = found.path.split('/');
    return id === undefined
      ? search(type, query, false, found.offset)
      : everything(type, id, query, found.offset);
  }

  /** Returns the rows of a list in the order that is used for this page. */
  function order<Row>(list: string, rows: readonly Row[], offset: number): readonly Row[] {
    if (guise.pages === 'shrinking') {
      if (offset > 0) shrunk.add(list);
      // The second row is deleted, not the first, because the first row of a `$everything` bundle is the product.
      return shrunk.has(list) ? rows.filter((_row, at) => at !== 1) : rows;
    }
    if (guise.pages !== 'shuffled' || offset === 0) return rows;
    turns += 1;
    const turn = (7 * turns) % rows.length;
    return [...rows.slice(turn), ...rows.slice(0, turn)].toReversed();
  }

  function placeOf(all: readonly unknown[], offset: number, count: number, hidden = 0): Place {
    const end = offset + count;
    const hasNext = count > 0 && end < all.length - hidden;
    const overlap = guise.pages === 'overlapping' && count > 1 ? 1 : 0;
    return { total: all.length, offset, nextOffset: hasNext ? end - overlap : undefined };
  }

  function answerPage(slice: Slice): Answer {
    return fhirAnswer(200, searchset({ baseUrl, pages, guise }, slice));
  }

  function offerOf(type: string): Offer {
    const offer = surface.offers[type];
    if (offer === undefined) throw notOffered(`Resource type ${type}`);
    return offer;
  }

  return { read, search, everything, page };
}

/** Returns the name of a list: its search parameters, without those about pages. */
function nameOf(type: string, query: URLSearchParams): string {
  const asked = [...query].filter(([name]) => !name.startsWith('_') || name.startsWith('_id'));
  return `${type}?${new URLSearchParams(asked).toString()}`;
}

/**
 * Returns how many matches fit into `count` entries, together with the resources that are included with them. At
 * least 1.
 */
function roomFor(
  matches: readonly number[],
  count: number,
  alongWith: (matches: readonly number[]) => readonly number[],
): number {
  let rows = 1;
  // Binary search: each further match takes some entries.
  for (let most = Math.min(count, matches.length); rows < most;) {
    const middle = Math.ceil((rows + most) / 2);
    if (middle + alongWith(matches.slice(0, middle)).length <= count) rows = middle;
    else most = middle - 1;
  }
  return rows;
}

function rulesOf(
  { surface, guise, ignores, pageSize, maxPageSize }: InteractionsOptions,
  isStrict: boolean,
): SearchRules {
  return {
    offers: surface.offers,
    stringMatch: surface.stringMatch,
    refuses: surface.refuses,
    defaultCount: pageSize,
    maximumCount: maxPageSize,
    ignores,
    ignoresUnknown: guise.unknown === 'ignored' || guise.unknown === 'told',
    isStrict: isStrict && guise.unknown === 'told',
    countsOnRequest: guise.total === 'asked',
  };
}

function versionHeaders({ meta }: Resource): Record<string, string> {
  return {
    ...(meta?.versionId === undefined ? {} : { etag: `W/"${meta.versionId}"` }),
    ...(meta?.lastUpdated === undefined ? {} : { 'last-modified': new Date(meta.lastUpdated).toUTCString() }),
  };
}
