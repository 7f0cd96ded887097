/** The FHIR side: read, search, `$everything`, `metadata`, pages; everything else is refused as FHIR servers do. */

import type { Resource } from 'fhir/r5.js';
import { fhirAnswer, outcomeAnswer, type Answer } from './answer.js';
import { capabilityStatement } from './capability-statement.js';
import { everythingAbout } from './everything.js';
import type { Holdings } from './holdings.js';
import { includedWith } from './includes.js';
import { createPages } from './pages.js';
import type { Offer, Surface } from './profiles.js';
import { Refusal } from './refusal.js';
import { parseSearch, runSearch, type SearchRules } from './search.js';
import { searchset, type Slice } from './searchset.js';

export interface FhirRequest {
  readonly method: string;
  /** Below the base, without query: `/MedicinalProductDefinition/600000000001`. */
  readonly path: string;
  /** Query of the URL and form body, merged. */
  readonly query: URLSearchParams;
  readonly ifNoneMatch?: string | undefined;
}

export interface FhirApiOptions {
  readonly baseUrl: string;
  readonly holdings: Holdings;
  readonly surface: Surface;
  readonly pageSize: number;
  readonly maxPageSize: number;
  /** Whether a search parameter is to be ignored at a path. */
  readonly ignores: (path: string, parameter: string) => boolean;
}

/** Answers a request of an authorized client. */
export type FhirApi = (request: FhirRequest) => Answer;

export function createFhirApi(options: FhirApiOptions): FhirApi {
  const { baseUrl, holdings, surface } = options;
  const pages = createPages();

  function read(type: string, id: string, ifNoneMatch: string | undefined): Answer {
    if (!offerOf(type).read) throw notOffered(`Reading ${type}`);
    const resource = holdings.read(type, id);
    if (resource === undefined) throw new Refusal(404, 'not-found', `${type} ${id} is not known`);
    const headers = versionHeaders(resource);
    if (ifNoneMatch !== undefined && ifNoneMatch === headers['etag'])
      return { status: 304, headers, body: '' };
    return fhirAnswer(200, resource, headers);
  }

  function search(type: string, query: URLSearchParams, offset = 0): Answer {
    offerOf(type);
    const found = parseSearch(type, query, rulesOf(options, `/${type}`));
    const positions = runSearch(holdings, found);
    const shown = positions.slice(offset, offset + found.count);
    const included = includedWith(holdings, shown, found.inclusions);
    return answerPage({
      path: `/${type}`,
      ...placeOf(positions, offset, found.count),
      matches: shown.map((position) => holdings.at(position)),
      included: included.map((position) => holdings.at(position)),
      query: found.query,
      elements: found.elements,
    });
  }

  function everything(type: string, id: string, query: URLSearchParams, offset = 0): Answer {
    if (!offerOf(type).everything) throw notOffered(`$everything of ${type}`);
    const resources = everythingAbout(holdings, id);
    if (resources === undefined) throw new Refusal(404, 'not-found', `${type} ${id} is not known`);
    // Without `_count` R5 has the whole set in one bundle.
    const { count, query: honoured } = parseSearch(type, query, {
      ...rulesOf(options, `/${type}`),
      offers: {},
      defaultCount: resources.length,
      maximumCount: query.has('_count') ? options.maxPageSize : resources.length,
    });
    return answerPage({
      path: `/${type}/${id}/$everything`,
      ...placeOf(resources, offset, count),
      matches: resources.slice(offset, offset + count),
      included: [],
      query: honoured,
      elements: [],
    });
  }

  function page(token: string): Answer {
    const found = pages.open(token);
    if (found === undefined) throw new Refusal(410, 'not-found', 'This page link has expired');
    const query = new URLSearchParams(found.query);
    const [, type = '', id] = found.path.split('/');
    return id === undefined ? search(type, query, found.offset) : everything(type, id, query, found.offset);
  }

  function answerPage(slice: Slice): Answer {
    return fhirAnswer(200, searchset({ baseUrl, pages }, slice));
  }

  function offerOf(type: string): Offer {
    const offer = surface.offers[type];
    if (offer === undefined) throw notOffered(`Resource type ${type}`);
    return offer;
  }

  function get(request: FhirRequest): Answer {
    const [type = '', id, operation, ...rest] = segmentsOf(request.path);
    const token = request.query.get('_page');
    if (token !== null) return page(token);
    if (rest.length > 0) throw notOffered('This path');
    if (operation === '$everything' && id !== undefined) return everything(type, id, request.query);
    if (operation !== undefined) throw notOffered('This operation');
    if (type === 'metadata' && surface.offersMetadata)
      return fhirAnswer(200, capabilityStatement(baseUrl, surface.offers));
    return id === undefined ? search(type, request.query) : read(type, id, request.ifNoneMatch);
  }

  function post(request: FhirRequest): Answer {
    const [type = '', action, ...rest] = segmentsOf(request.path);
    if (action !== '_search' || rest.length > 0)
      throw new Refusal(405, 'not-supported', 'This server is read-only');
    if (!surface.offersPostSearch) throw notOffered('POST _search');
    return search(type, request.query);
  }

  return (request) => {
    try {
      if (request.method === 'GET') return get(request);
      if (request.method === 'POST') return post(request);
      throw new Refusal(405, 'not-supported', `${request.method} is not supported`);
    } catch (error) {
      if (error instanceof Refusal) return outcomeAnswer(error.status, error.code, error.message);
      throw error;
    }
  };
}

function segmentsOf(path: string): string[] {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    throw new Refusal(400, 'invalid', 'The path is not well encoded');
  }
}

function rulesOf(options: FhirApiOptions, path: string): SearchRules {
  return {
    offers: options.surface.offers,
    stringMatch: options.surface.stringMatch,
    defaultCount: options.pageSize,
    maximumCount: options.maxPageSize,
    ignores: (parameter) => options.ignores(path, parameter),
  };
}

function notOffered(what: string): Refusal {
  return new Refusal(404, 'not-supported', `${what} is not available on this server`);
}

function placeOf(
  all: readonly unknown[],
  offset: number,
  count: number,
): Pick<Slice, 'total' | 'nextOffset'> {
  const end = offset + count;
  return { total: all.length, nextOffset: count > 0 && end < all.length ? end : undefined };
}

function versionHeaders({ meta }: Resource): Record<string, string> {
  return {
    ...(meta?.versionId === undefined ? {} : { etag: `W/"${meta.versionId}"` }),
    ...(meta?.lastUpdated === undefined ? {} : { 'last-modified': new Date(meta.lastUpdated).toUTCString() }),
  };
}
