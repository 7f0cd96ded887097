/** Answers `/changes`: the changes of products as an Atom feed, or as a stream of events for clients that ask for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import Negotiator from 'negotiator';
import { isPmsError } from '../../errors.js';
import type { ChangePlace, ChangesFound } from '../../search-index/changes/change.js';
import type { SearchIndex } from '../../search-index/search-index.js';
import { sendError, sendJson, sendText, varyBy } from '../answers/answer.js';
import type { Compress } from '../answers/compression.js';
import { feedOf, type FeedPage } from './feed.js';
import { mustRefetchBody } from './must-refetch.js';
import { readPlace, writePlace } from './place.js';
import { createStreams, eventHeaders, type StreamsOptions } from './streams.js';

export interface ChangesRoute {
  /** Whether the service has an index, and so records changes. */
  readonly isOffered: boolean;
  answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  /** The number of open streams. */
  readonly streams: number;
  /** Ends all streams. */
  close(): void;
}

export interface ChangesRouteOptions extends Omit<StreamsOptions, 'index'> {
  /** The open index; `unopened` if it could not be opened; undefined if the service has none. */
  readonly index: Pick<SearchIndex, 'changes'> | 'unopened' | undefined;
  readonly compress: Compress;
}

/** The number of changes on a page of the feed. */
const onPage = 50;
const [atom, events] = ['application/atom+xml', 'text/event-stream'] as const;
const seconds = { 'retry-after': '5' };

export function createChangesRoute({ index, ...options }: ChangesRouteOptions): ChangesRoute {
  if (index !== undefined && index !== 'unopened') return createRoute({ index, ...options });
  return {
    isOffered: index !== undefined,
    streams: 0,
    async answer(_request, response) {
      if (index) sendError(response, 503, 'INDEX_UNAVAILABLE', unopened, seconds);
      else sendError(response, 404, 'UPSTREAM_UNSUPPORTED', off);
    },
    close: () => {},
  };
}

function createRoute(options: StreamsOptions & Pick<ChangesRouteOptions, 'compress'>): ChangesRoute {
  const { index, compress } = options;
  const streams = createStreams(options);

  async function sendStream(
    request: IncomingMessage,
    response: ServerResponse,
    after: ChangePlace | undefined,
  ): Promise<void> {
    const found = await index.changes({ first: 0, ...(after && { after }) });
    if (response.destroyed) return;
    if (found.mustRefetch) return refetch(response, found.mustRefetch);
    if (request.method === 'HEAD') return void response.writeHead(200, eventHeaders).end();
    const client = request.socket.remoteAddress ?? 'unknown';
    const refused = streams.open(response, client, after ?? found.head);
    if (refused === 'full') sendError(response, 503, 'OVERLOADED', full, seconds);
    if (refused === 'full for client') sendError(response, 429, 'RATE_LIMITED', fullForClient, seconds);
  }

  async function sendFeed(request: IncomingMessage, response: ServerResponse, page: FeedPage): Promise<void> {
    const { after, before } = page;
    const query = { first: onPage, newestFirst: true, ...(after && { after }), ...(before && { before }) };
    const found = await index.changes(query);
    if (found.mustRefetch) return refetch(response, found.mustRefetch);
    const headers = { etag: etagOf(found), 'cache-control': 'no-cache' };
    if (matches(request, headers.etag)) return void response.writeHead(304, headers).end();
    const body = await feedOf(found, page);
    const text = { contentType: `${atom}; charset=utf-8`, body, isRepeated: false, headers };
    return sendText(request, response, 200, text, compress);
  }

  return {
    isOffered: true,
    get streams() {
      return streams.count;
    },
    async answer(request, response, { searchParams }) {
      varyBy(response, 'Accept');
      const isStream = new Negotiator(request).mediaType([atom, events]) === events;
      const given = {
        after: (isStream && textIn(request.headers['last-event-id'])) || searchParams.get('after'),
        before: isStream ? null : searchParams.get('before'),
      };
      const page = { after: placeIn(given.after), before: placeIn(given.before) };
      if (page.after === 'unreadable' || page.before === 'unreadable')
        return sendError(response, 400, 'BAD_USER_INPUT', unreadable);
      const { after, before } = page;
      try {
        await (isStream
          ? sendStream(request, response, after)
          : sendFeed(request, response, { after, before }));
      } catch (error) {
        if (!isPmsError(error)) throw error;
        sendError(response, 503, error.code, error.message, seconds);
      }
    },
    close: () => streams.close(),
  };
}

const off = 'This service records no changes of products, because its index is switched off (setting INDEX).';
const unopened =
  'This service could not open its index of products. The log of the service gives the reason.';
const full = 'Too many streams of changes are open. Try again in a moment, or read the feed.';
const fullForClient = 'This client has too many streams of changes open. Close one of them.';
const unreadable =
  'The places in "after", "before" and Last-Event-ID must be those that this service has sent, such as the id of an event.';

function refetch(response: ServerResponse, reason: NonNullable<ChangesFound['mustRefetch']>): void {
  sendJson(response, 410, mustRefetchBody(reason), { 'cache-control': 'no-store' });
}

function textIn(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function placeIn(text: string | null): ChangePlace | 'unreadable' | undefined {
  return text === null || text === '' ? undefined : (readPlace(text) ?? 'unreadable');
}

/** The feed changes with its newest change, and when its oldest changes are deleted. */
function etagOf({ head, recordedSince }: ChangesFound): string {
  return `W/"${writePlace(head)}.${recordedSince}"`;
}

/** A client that demands a new feed (`no-cache`) may get 304 too, because the feed is never answered from a cache. */
function matches({ headers }: IncomingMessage, etag: string): boolean {
  const given = headers['if-none-match'];
  return given !== undefined && given.split(/\s*,\s*/).some((each) => each === etag || each === '*');
}
