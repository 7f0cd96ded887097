/** Calls a FHIR R5 server: reads, searches, follows page links, and requests `$everything`. */
import type { CapabilityStatement } from 'fhir/r5.js';
import { guarded } from './guarded.js';
import { PmsError } from '../errors.js';
import { badResponse, isBig, isObject, isWebPage, parseBigJson, parseJson, refusal } from './answer.js';
import { createBaseUrl, relative, type LinkPart } from './base-url.js';
import { identified, isPage, isReadable, nameOf, parsePage, shortHash, type Page } from './bundle.js';
import type { HttpAnswer, HttpRequest, Send } from './http.js';
import { isFhirId } from './reference.js';
import type { ResourceOf, ResourceType } from './resources.js';
import { measureLengths } from './lengths.js';
import { createSearchLimits, isTooLong, type Refusals } from './search-limits.js';
import { encodeSearch, type SearchParameters } from './search.js';

export { createRefusals, mustSplit, type PostRefusals, type Refusals } from './search-limits.js';

/** Options that an operation passes with each call. */
export interface Call extends Pick<
  HttpRequest,
  'signal' | 'take' | 'deadline' | 'client' | 'priority' | 'cache'
> {
  /**
   * For page links: whether the records of the page may lack elements, because the search had `_elements`. The link
   * need not repeat it. @default true
   */
  readonly isNarrow?: boolean;
  /**
   * How the upstream treats unknown search parameters. With `strict`, a server that supports this preference rejects
   * the request. @default the upstream's own default
   */
  readonly handling?: 'strict' | 'lenient';
  /**
   * The requests that the upstream has refused for this caller. The call may add to them. @default refusals that are
   * shared by all callers which pass none
   */
  readonly refusals?: Refusals;
}

export interface ReadAnswer<Type extends ResourceType> {
  readonly resource: ResourceOf<Type>;
  /** Path and query of the request. */
  readonly url: string;
  /** When the record was requested from the upstream, or last confirmed by it. */
  readonly fetchedAt: Date;
  /** Whether the record is a stale copy from the cache. */
  readonly stale: boolean;
  /** Size of the decompressed response body in bytes. */
  readonly bytes: number;
}

/**
 * A FHIR client. Every call rejects with a PmsError. Its code is UPSTREAM_UNAUTHORIZED (401, 403), UPSTREAM_TIMEOUT,
 * UPSTREAM_RATE_LIMITED, UPSTREAM_UNAVAILABLE, UPSTREAM_BAD_RESPONSE or UPSTREAM_UNSUPPORTED. For UPSTREAM_UNSUPPORTED,
 * `status` states the reason: 400 a parameter, 404 a type or an operation, 413, 414 or 431 the length. BAD_USER_INPUT
 * means that no request was sent.
 */
export interface FhirClient {
  /** Returns a record; undefined if the upstream has no record of this type and id. */
  read<Type extends ResourceType>(type: Type, id: string, call?: Call): Promise<ReadAnswer<Type> | undefined>;
  /**
   * Searches, and returns the first page. Sends GET if the URL has at most 2,000 characters, else POST. If the upstream
   * refuses POST, or refuses the length with 413, 414 or 431, the call rejects with an error that `mustSplit` accepts.
   * `fits` then has a new limit: split the search, and send the parts.
   */
  search(type: ResourceType, parameters: SearchParameters, call?: Call): Promise<Page>;
  /** Length in characters of the longest URL that may be sent for any caller. */
  readonly longestUrl: number;
  /** Whether the search can be sent as one request. `chunksThatFit` uses it to split lists of ids. */
  fits(type: ResourceType, parameters: SearchParameters, refusals?: Refusals): boolean;
  /**
   * Measures which lengths of URLs the upstream refuses, by searches for ids that do not exist. A refused length is
   * not used for an hour.
   */
  measure(call?: Call): Promise<void>;
  /** Returns the page at a `next` link. An expired link rejects with UPSTREAM_UNAVAILABLE and `status` 404 or 410. */
  page(link: string, call?: Call): Promise<Page>;
  /** Returns the first page of a product's `$everything`; undefined if the upstream does not have the product. */
  everything(id: string, call?: Call): Promise<Page | undefined>;
  /** Returns the CapabilityStatement; undefined if the upstream has no `/metadata`. */
  capabilities(call?: Call): Promise<CapabilityStatement | undefined>;
  /**
   * Returns the text at a path below the base URL, by default `/swagger`; undefined if the upstream does not have the
   * path.
   */
  description(link?: string, call?: Call): Promise<string | undefined>;
}

export interface FhirClientOptions {
  /** Https, or http on loopback; the trailing slash is optional. */
  readonly baseUrl: string | URL;
  readonly send: Send;
  /** Called with the parts of an upstream's link that differ from the base URL. */
  readonly onDifferingLink?: (parts: readonly LinkPart[]) => void;
  /**
   * Called for each record without an id, or with an id that FHIR does not allow. `record` is its type and eight
   * hexadecimal digits of a hash.
   */
  readonly onOddRecord?: (record: string) => void;
  /**
   * Called when the upstream refused a search because of its length. The real reason may have been the content of the
   * search.
   */
  readonly onTooLong?: () => void;
}

export function createFhirClient(options: FhirClientOptions): FhirClient {
  const { baseUrl, send, onDifferingLink, onOddRecord, onTooLong } = options;
  const base = createBaseUrl(baseUrl, onDifferingLink);
  const limits = createSearchLimits(base, { onTooLong });

  async function read<Type extends ResourceType>(type: Type, id: string, call: Call = {}) {
    const url = base.resolve([type, checkedId(id)]);
    const accepts = (body: unknown): boolean => isResource(identified(body), type, id);
    const answer = await get(url, { isRecord: true, accepts, ...call });
    if (isAbsent(answer)) return undefined;
    const resource = identified(await bodyOf(answer));
    if (!isResource(resource, type, id))
      throw badResponse('The upstream returned another resource than the requested one.');
    return { resource: guarded(resource), url: relative(url), ...receiptOf(answer) };
  }

  async function search(type: ResourceType, parameters: SearchParameters, call: Call = {}): Promise<Page> {
    const query = encodeSearch(parameters);
    // With `_elements`, records lack the elements that were not requested.
    const isNarrow = parameters.some(({ name }) => name === '_elements');
    if (limits.isForPost(type, query, call.refusals)) return post(type, query, call, isNarrow);
    const url = base.resolve([type], query);
    const answer = await get(url, { accepts: isPage, ...call });
    const canBeSplit = limits.takesPost(type, call.refusals) || parameters.some(isList);
    if (!isTooLong(answer) || !canBeSplit) return pageOf(url, answer, isNarrow);
    throw limits.refused('url', url.href.length, answer, call.refusals);
  }

  async function post(
    type: ResourceType,
    query: string,
    { handling, refusals, ...call }: Call,
    isNarrow: boolean,
  ): Promise<Page> {
    const url = base.resolve([type, '_search']);
    const headers = { ...headersFor(handling), 'Content-Type': 'application/x-www-form-urlencoded' };
    const answer = await send({
      method: 'POST',
      url,
      headers,
      body: query,
      accepts: isPage,
      ...call,
    });
    if (isTooLong(answer)) throw limits.refused('form', query.length, answer, refusals);
    // Firewalls in front of the upstream refuse POST with 403. If the client has no permission to search at all, GET is
    // refused with 403 too.
    if (![400, 403, 404, 405, 415, 501].includes(answer.status)) return pageOf(url, answer, isNarrow);
    throw limits.refusedPost(type, answer, refusals);
  }

  async function page(link: string, { isNarrow = true, ...call }: Call = {}): Promise<Page> {
    const url = base.follow(link);
    const answer = await get(url, { accepts: isPage, ...call });
    if (isAbsent(answer)) {
      throw new PmsError('UPSTREAM_UNAVAILABLE', "A page of the upstream's search results has expired.", {
        status: answer.status,
        cause: refusal(answer).cause,
      });
    }
    return pageOf(url, answer, isNarrow);
  }

  async function everything(id: string, call: Call = {}): Promise<Page | undefined> {
    const url = base.resolve(['MedicinalProductDefinition', checkedId(id), '$everything']);
    const answer = await get(url, { isRecord: true, accepts: isPage, ...call });
    return isAbsent(answer) ? undefined : pageOf(url, answer, false);
  }

  async function capabilities(call: Call = {}): Promise<CapabilityStatement | undefined> {
    const answer = await get(base.resolve(['metadata']), { ...call, cache: 'no-store' });
    if ([400, 404, 405, 410, 501].includes(answer.status)) return undefined;
    const body = await bodyOf(answer);
    if (!isCapabilityStatement(body))
      throw badResponse('The upstream did not answer with a CapabilityStatement.');
    return body;
  }

  async function description(link = 'swagger', call: Call = {}): Promise<string | undefined> {
    const headers = { ...accept, Accept: 'application/json, application/yaml;q=0.9' };
    const answer = await send({ method: 'GET', url: base.follow(link), headers, ...call, cache: 'no-store' });
    if (isAbsent(answer)) return undefined;
    if (answer.status !== 200) throw refusal(answer);
    return answer.body.toString('utf8');
  }

  function get(
    url: URL,
    { handling, refusals: _, ...how }: Partial<HttpRequest> & Call,
  ): Promise<HttpAnswer> {
    return send({ method: 'GET', url, headers: headersFor(handling), ...how });
  }

  async function pageOf(url: URL, answer: HttpAnswer, isNarrow: boolean): Promise<Page> {
    const parts = await parsePage(await bodyOf(answer), url, base);
    const page = { ...parts, isNarrow, ...receiptOf(answer) };
    if (onOddRecord) for (const record of oddRecords(page)) onOddRecord(record);
    return page;
  }

  return {
    read,
    search,
    fits: (type, parameters, refusals) => limits.fits(type, encodeSearch(parameters), refusals),
    measure: ({ handling, refusals: _, ...call } = {}) =>
      measureLengths(limits, base, (request) =>
        send({ ...request, headers: { ...headersFor(handling), ...request.headers }, ...call }),
      ),
    page,
    everything,
    capabilities,
    description,
    get longestUrl() {
      return limits.longestUrl;
    },
  };
}

function* oddRecords({ resources, included, unidentified }: Page): Iterable<string> {
  for (const { resourceType, id } of resources) if (!isFhirId(id)) yield `${resourceType} ${shortHash(id)}`;
  for (const { resourceType, id } of included) if (!isFhirId(id)) yield `${resourceType} ${shortHash(id)}`;
  for (const { resource } of unidentified) yield resource ? nameOf(resource) : 'An entry without a record';
}

const accept = { Accept: 'application/fhir+json', 'User-Agent': 'pms-graphql' };

function headersFor(handling: Call['handling']): Readonly<Record<string, string>> {
  return handling === undefined ? accept : { ...accept, Prefer: `handling=${handling}` };
}

function checkedId(id: string): string {
  if (isFhirId(id)) return id;
  throw new PmsError(
    'UPSTREAM_UNSUPPORTED',
    'FHIR does not allow this id. An id must have 1 to 64 characters of A-Z, a-z, 0-9, "-" and ".".',
  );
}

function isAbsent(answer: HttpAnswer): boolean {
  return (answer.status === 404 || answer.status === 410) && !isWebPage(answer);
}

async function bodyOf(answer: HttpAnswer): Promise<unknown> {
  if (answer.status !== 200) throw refusal(answer);
  return isBig(answer.body) ? parseBigJson(answer) : parseJson(answer);
}

function receiptOf({ copy, body }: HttpAnswer): Pick<Page, 'fetchedAt' | 'stale' | 'bytes'> {
  return {
    // The time is computed from the age, because the clock of another replica may be different.
    fetchedAt: new Date(Date.now() - (copy?.ageMs ?? 0)),
    stale: copy?.isStale ?? false,
    bytes: body.byteLength,
  };
}

function isResource<Type extends ResourceType>(
  body: unknown,
  type: Type,
  id: string,
): body is ResourceOf<Type> {
  return isReadable(body) && body.resourceType === type && body.id === id;
}

function isCapabilityStatement(body: unknown): body is CapabilityStatement {
  return isObject(body) && body['resourceType'] === 'CapabilityStatement';
}

/** Whether a search parameter has several values, so that they could be searched one by one. */
function isList({ name, values }: SearchParameters[number]): boolean {
  return values.length > 1 && name !== '_elements';
}
