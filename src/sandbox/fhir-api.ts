/** The FHIR side: read, search, `$everything`, `metadata`, pages; everything else is refused as FHIR servers do. */

import type { Bundle, BundleEntry, Resource } from 'fhir/r5.js';
import { fhirAnswer, outcomeAnswer, type Answer } from './answer.js';
import { everythingAbout } from './everything.js';
import type { Holdings } from './holdings.js';
import { createPages } from './pages.js';
import { capabilityStatement, type Surface } from './profiles.js';
import { Refusal } from './refusal.js';
import { parseSearch, runSearch, type Search, type SearchRules } from './search.js';

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

/** One page of a searchset: its resources out of `total`, and where it goes on. */
interface Slice {
  readonly path: string;
  readonly query: string;
  readonly resources: readonly Resource[];
  readonly total: number;
  readonly nextOffset: number | undefined;
  readonly elements: readonly string[] | undefined;
}

const PRODUCT = 'MedicinalProductDefinition';

export function createFhirApi(options: FhirApiOptions): FhirApi {
  const { baseUrl, holdings, surface } = options;
  const pages = createPages();

  function read(type: string, id: string, ifNoneMatch: string | undefined): Answer {
    requireType(type);
    const resource = holdings.read(type, id);
    if (resource === undefined) throw new Refusal(404, 'not-found', `${type} ${id} is not known`);
    const headers = versionHeaders(resource);
    if (ifNoneMatch !== undefined && ifNoneMatch === headers['etag'])
      return { status: 304, headers, body: '' };
    return fhirAnswer(200, resource, headers);
  }

  function search(type: string, query: URLSearchParams, offset = 0): Answer {
    const parameters = requireType(type);
    const found = parseSearch(type, query, rulesOf(options, `/${type}`, parameters));
    const positions = runSearch(holdings, found);
    return searchset({
      path: `/${type}`,
      ...sliceOf(positions, offset, found.count),
      resources: positions.slice(offset, offset + found.count).map((position) => holdings.at(position)),
      query: found.query,
      elements: found.elements,
    });
  }

  function everything(id: string, query: URLSearchParams, offset = 0): Answer {
    if (!surface.offersEverything) throw notOffered(`$everything of ${PRODUCT}`);
    const resources = everythingAbout(holdings, id);
    if (resources === undefined) throw new Refusal(404, 'not-found', `${PRODUCT} ${id} is not known`);
    // Without `_count` R5 has the whole set in one bundle.
    const { count, query: honoured } = parseSearch(PRODUCT, query, {
      ...rulesOf(options, `/${PRODUCT}`, []),
      defaultCount: resources.length,
      maximumCount: query.has('_count') ? options.maxPageSize : resources.length,
    });
    return searchset({
      path: `/${PRODUCT}/${id}/$everything`,
      ...sliceOf(resources, offset, count),
      resources: resources.slice(offset, offset + count),
      query: honoured,
      elements: undefined,
    });
  }

  function page(token: string): Answer {
    const found = pages.open(token);
    if (found === undefined) throw new Refusal(410, 'not-found', 'This page link has expired');
    const query = new URLSearchParams(found.query);
    const [, type = '', id] = found.path.split('/');
    return id === undefined ? search(type, query, found.offset) : everything(id, query, found.offset);
  }

  function searchset({ path, query, resources, total, nextOffset, elements }: Slice): Answer {
    const link: NonNullable<Bundle['link']> = [
      { relation: 'self', url: `${baseUrl}${path}${query === '' ? '' : `?${query}`}` },
    ];
    if (nextOffset !== undefined) {
      const token = pages.issue({ path, query, offset: nextOffset });
      link.push({ relation: 'next', url: `${baseUrl}${path}?_page=${token}` });
    }
    const entry = resources.map((resource) => entryOf(baseUrl, subset(resource, elements)));
    const bundle: Bundle = { resourceType: 'Bundle', type: 'searchset', total, link, entry };
    return fhirAnswer(200, bundle);
  }

  function requireType(type: string): readonly string[] {
    const parameters = surface.parameters(type);
    if (parameters === undefined) throw notOffered(`Resource type ${type}`);
    return parameters;
  }

  function get(request: FhirRequest): Answer {
    const [type = '', id, operation, ...rest] = segmentsOf(request.path);
    const token = request.query.get('_page');
    if (token !== null) return page(token);
    if (rest.length > 0) throw notOffered('This path');
    if (operation === '$everything' && type === PRODUCT && id !== undefined)
      return everything(id, request.query);
    if (operation !== undefined) throw notOffered('This operation');
    if (type === 'metadata' && surface.offersMetadata) return fhirAnswer(200, capabilityStatement(baseUrl));
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

function rulesOf(options: FhirApiOptions, path: string, parameters: readonly string[]): SearchRules {
  return {
    parameters,
    stringMatch: options.surface.stringMatch,
    defaultCount: options.pageSize,
    maximumCount: options.maxPageSize,
    allowsElements: options.surface.allowsElements,
    ignores: (parameter) => options.ignores(path, parameter),
  };
}

function notOffered(what: string): Refusal {
  return new Refusal(404, 'not-supported', `${what} is not available on this server`);
}

function sliceOf(
  all: readonly unknown[],
  offset: number,
  count: Search['count'],
): Pick<Slice, 'total' | 'nextOffset'> {
  const end = offset + count;
  return { total: all.length, nextOffset: count > 0 && end < all.length ? end : undefined };
}

function entryOf(baseUrl: string, resource: Resource): BundleEntry {
  return {
    fullUrl: `${baseUrl}/${resource.resourceType}/${resource.id ?? ''}`,
    resource: resource as NonNullable<BundleEntry['resource']>,
    search: { mode: 'match' },
  };
}

const mandatory = new Set(['resourceType', 'id', 'meta']);

/** The elements asked for and the mandatory ones, marked as R5 wants a partial copy to be. */
function subset(resource: Resource, elements: readonly string[] | undefined): Resource {
  if (elements === undefined) return resource;
  const kept = Object.entries(resource).filter(([name]) => mandatory.has(name) || elements.includes(name));
  const tag = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };
  const meta = { ...resource.meta, tag: [...(resource.meta?.tag ?? []), tag] };
  return { ...(Object.fromEntries(kept) as unknown as Resource), meta };
}

function versionHeaders({ meta }: Resource): Record<string, string> {
  return {
    ...(meta?.versionId === undefined ? {} : { etag: `W/"${meta.versionId}"` }),
    ...(meta?.lastUpdated === undefined ? {} : { 'last-modified': new Date(meta.lastUpdated).toUTCString() }),
  };
}
