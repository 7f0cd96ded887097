/** `/changes` over real HTTP: the feed, the streams, and the places from which clients go on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAtomFeed } from 'feedsmith';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createCursors } from '../../src/graphql/engine/cursor.js';
import { createChangesRoute, type ChangesRouteOptions } from '../../src/http/changes/changes-route.js';
import { createCompress } from '../../src/http/answers/compression.js';
import { startSandbox } from '../../src/sandbox/server.js';
import type { ChangePlace } from '../../src/search-index/changes/change.js';
import { identityOf } from '../../src/search-index/open-index.js';
import { openStream, openTestIndex, type StreamEvent } from '../support/changes.js';
import { startTestServer } from '../support/http-server.js';
import { startFacade } from '../support/service.js';

const day = 86_400_000;
const written = ({ handle, offset }: ChangePlace): string => `${handle}.${offset}`;

/** Starts a server whose index the test writes to. */
async function startRoute(options: Partial<ChangesRouteOptions> = {}) {
  const clock = { now: Date.now() };
  const index = await openTestIndex({ file: undefined, identity: 'test', now: () => clock.now });
  onTestFinished(() => index.close());
  const faults: unknown[] = [];
  const changes = createChangesRoute({
    index,
    compress: createCompress(0),
    most: 100,
    mostOfClient: 100,
    onFault: (error) => void faults.push(error),
    pollMs: 5,
    ...options,
  });
  const server = await startTestServer({ changes });
  const url = `${server.origin}/changes`;
  const feed = async (query = '') => parseAtomFeed(await (await fetch(`${url}${query}`)).text());
  return { clock, index, changes, server, url, feed, faults };
}

function told(event: StreamEvent | undefined): string | undefined {
  if (!event) return undefined;
  const { kind, productId, parts } = event.data as { kind: string; productId: string; parts: string[] };
  return event.name === 'change' ? [kind, productId, ...parts].join(' ') : event.name;
}

describe('the feed of changes', () => {
  it('is Atom, the newest change first, with the time when the product was first seen', async () => {
    const { index, clock, url, feed } = await startRoute();
    const first = new Date(clock.now);
    await index.store({ 1: { name: [{ productName: 'A' }] } });
    clock.now += day;
    await index.store({ 1: { name: [{ productName: 'B' }], status: { text: 'x' } } });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    expect(response.headers.get('vary')).toBe('Origin, Accept, Accept-Encoding');
    const { entries = [], links, updated, id, authors } = await feed();
    const { head } = await index.changes({ first: 0 });
    expect({ id, updated, authors, links }).toEqual({
      id: `tag:pms-graphql,2026:changes/${head.handle}`,
      updated: new Date(clock.now).toISOString(),
      authors: [{ name: 'pms-graphql' }],
      links: [
        { rel: 'self', href: 'changes' },
        { rel: 'previous', href: `changes?after=${written(head)}` },
      ],
    });
    expect(entries.map(({ title, published }) => [title?.value, published])).toEqual([
      ['CHANGED 1: NAME, STATUS', first.toISOString()],
      ['NEW 1', first.toISOString()],
    ]);
    expect(entries[0]?.categories?.map(({ term }) => term)).toEqual(['CHANGED', 'NAME', 'STATUS', '1']);
    expect(entries.map((entry) => entry.id)).toEqual(
      [2, 1].map((offset) => `tag:pms-graphql,2026:changes/${head.handle}.${offset}`),
    );
  });

  it('has pages, which together have each change once, even if further changes follow', async () => {
    const { index, url } = await startRoute();
    const ids = Array.from({ length: 120 }, (_, at) => `${at + 1}`);
    await index.store(Object.fromEntries(ids.map((id) => [id, {}])));
    const found: string[] = [];
    for (let page: string | undefined = url; page !== undefined;) {
      const text: string = await (await fetch(page)).text();
      const { entries = [], links = [] } = parseAtomFeed(text);
      found.push(...entries.map(({ title }) => String(title?.value)));
      const next: string | undefined = links.find(({ rel }) => rel === 'next')?.href;
      page = next === undefined ? undefined : new URL(next, page).href;
      await index.store({ [`later-${found.length}`]: {} });
    }
    expect(found).toEqual(ids.toReversed().map((id) => `NEW ${id}`));
  });

  it('is not sent again to a client that has it', async () => {
    const { index, url } = await startRoute();
    await index.store({ 1: {} });
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    const again = await fetch(url, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    await index.store({ 2: {} });
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(200);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it.each(['text/html,*/*;q=0.8', 'application/json', '*/*', 'text/event-stream;q=0.1, */*'])(
    'is sent for Accept: %s',
    async (accept) => {
      const { url } = await startRoute();
      const { headers } = await fetch(url, { headers: { accept } });
      expect(headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    },
  );
});

describe('a stream of changes', () => {
  it('sends changes as they are recorded, each with a place to go on from', async () => {
    const { index, url } = await startRoute();
    await index.store({ 1: {} });
    const stream = await openStream(url);
    expect(
      Object.fromEntries(['content-type', 'cache-control'].map((name) => [name, stream.headers.get(name)])),
    ).toEqual({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const ready = await stream.next();
    const { head } = await index.changes({ first: 0 });
    expect(ready).toEqual({ name: 'ready', id: written(head), data: { place: written(head) } });
    await index.store({ 1: { indication: 'x' } });
    await index.putGone('1', new Date());
    const events = [await stream.next(), await stream.next()];
    expect(events.map(told)).toEqual(['CHANGED 1 OTHER', 'GONE 1']);
    expect(events.map((event) => event?.id)).toEqual(
      [1, 2].map((more) => `${head.handle}.${head.offset + more}`),
    );
    expect(Object.keys(events[0]?.data ?? {})).toEqual(['productId', 'kind', 'at', 'parts', 'firstSeen']);
  });

  it('goes on after the place of the last event, without gaps, in more than one batch', async () => {
    const { index, url } = await startRoute();
    const { head } = await index.changes({ first: 0 });
    await index.store(Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`${at}`, {}])));
    const stream = await openStream(url, { 'last-event-id': written(head) });
    expect((await stream.next())?.name).toBe('ready');
    const offsets: number[] = [];
    while (offsets.length < 250) offsets.push(Number((await stream.next())?.id?.split('.')[1]));
    expect(offsets).toEqual(Array.from({ length: 250 }, (_, at) => head.offset + at + 1));
  });

  it('has heartbeats', async () => {
    const { index, url } = await startRoute({ heartbeatMs: 1 });
    const stream = await openStream(url);
    await stream.next();
    while (stream.comments === 0) {
      await index.store({ 1: { indication: `${stream.comments} ${Math.random()}` } });
      await stream.next();
    }
    expect(stream.comments).toBeGreaterThan(0);
  });

  it('ends with must-refetch when the index is purged', async () => {
    const { index, url } = await startRoute();
    await index.store({ 1: {} });
    const stream = await openStream(url);
    await stream.next();
    await index.purge();
    expect(await stream.next()).toMatchObject({
      name: 'must-refetch',
      id: undefined,
      data: { errors: [{ extensions: { code: 'BAD_CURSOR', mustRefetch: 'PURGED' } }] },
    });
    expect(await stream.next()).toBeUndefined();
  });

  it('ends with must-refetch when changes are deleted before they were sent', async () => {
    const { index, clock } = await startRoute();
    // While the stream is held back, it sees no further change.
    let heldAt: ChangePlace | undefined;
    const { url } = await startRoute({
      index: {
        async changes(query) {
          const found = await index.changes(query);
          return heldAt
            ? { ...found, rows: [], hasNext: false, head: heldAt, mustRefetch: undefined }
            : found;
        },
      },
    });
    await index.store({ 1: {} });
    const stream = await openStream(url);
    await stream.next();
    heldAt = (await index.changes({ first: 0 })).head;
    await index.store({ 2: {} });
    clock.now += 91 * day;
    await index.store({ 3: {} });
    heldAt = undefined;
    expect(await stream.next()).toMatchObject({
      name: 'must-refetch',
      data: { errors: [{ extensions: { mustRefetch: 'FORGOTTEN' } }] },
    });
  });

  it('stays open while the index cannot be read, and goes on afterwards', async () => {
    const { index } = await startRoute();
    let isBroken = false;
    let failures = 0;
    const { url, faults } = await startRoute({
      index: {
        async changes(query) {
          if (!isBroken) return index.changes(query);
          failures += 1;
          return (await openClosed()).changes(query);
        },
      },
    });
    const stream = await openStream(url);
    await stream.next();
    isBroken = true;
    await expect.poll(() => failures).toBeGreaterThan(2);
    await index.store({ 1: {} });
    isBroken = false;
    expect(told(await stream.next())).toBe('NEW 1');
    expect(faults).toEqual([]);
  });

  it('ends at a shutdown, and no connection stays open', async () => {
    const { server, url } = await startRoute();
    const stream = await openStream(url);
    await stream.next();
    const stopped = server.stop();
    expect(await stream.next()).toBeUndefined();
    await stopped;
  });

  it('is refused if the service was shut down while it was opened', async () => {
    const { index } = await startRoute();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let asked = 0;
    const { server, url } = await startRoute({
      index: {
        async changes(query) {
          asked += 1;
          await held;
          return index.changes(query);
        },
      },
    });
    const opening = openStream(url);
    await expect.poll(() => asked).toBe(1);
    const stopped = server.stop();
    goOn();
    expect((await opening).status).toBe(503);
    await stopped;
  });

  it('is refused if too many are open, in total or of one client, until one is closed', async () => {
    const { url, changes } = await startRoute({ most: 3, mostOfClient: 2 });
    const [first] = [await openStream(url), await openStream(url)];
    const third = await openStream(url);
    expect([third.status, third.headers.get('retry-after'), await third.json()]).toMatchObject([
      429,
      '5',
      { errors: [{ extensions: { code: 'RATE_LIMITED' } }] },
    ]);
    first.close();
    await expect.poll(() => changes.streams).toBe(1);
    expect((await openStream(url)).status).toBe(200);

    const full = await startRoute({ most: 0 });
    const refused = await openStream(full.url);
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { errors: [{ extensions: { code: 'OVERLOADED' } }] },
    ]);
  });

  it('is closed if its client does not read', async () => {
    const { index, changes, server } = await startRoute({ heartbeatMs: 5, patienceMs: 1 });
    const socket = connectSocket(server.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.pause();
    await once(socket, 'connect');
    const { head } = await index.changes({ first: 0 });
    socket.write(
      `GET /changes?after=${written(head)} HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n`,
    );
    await expect.poll(() => changes.streams).toBe(1);
    const long = (at: number) =>
      Object.fromEntries(Array.from({ length: 2_000 }, (_, id) => [`${at}-${id}${'x'.repeat(500)}`, {}]));
    for (let at = 0; changes.streams > 0 && at < 40; at += 1) await index.store(long(at));
    await expect.poll(() => changes.streams).toBe(0);
  }, 60_000);

  it('has headers only for HEAD', async () => {
    const { url, changes } = await startRoute();
    const head = await fetch(url, { method: 'HEAD', headers: { accept: 'text/event-stream' } });
    expect([head.status, head.headers.get('content-type'), changes.streams]).toEqual([
      200,
      'text/event-stream',
      0,
    ]);
  });
});

/** Returns an index that is closed. */
async function openClosed() {
  const closed = await openTestIndex({ file: undefined, identity: 'test' });
  await closed.close();
  return closed;
}

const since = '2026-01-01T00:00:00.000Z';
const cursors = createCursors('test');
const scope = `Query.changes ${JSON.stringify({ since: new Date(since) })}`;

describe('a client that goes on from a place', () => {
  let origin = '';
  let without = '';
  let broken = '';
  let places: Readonly<Record<string, string>> = {};
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const sandbox = await startSandbox({ products: 1, quirks: false });
    const { baseUrl, tokenUrl, clientId, clientSecret, scope: oauthScope } = sandbox;
    const oauth = { tokenUrl: new URL(tokenUrl), clientId, scope: oauthScope };
    const start = (file: string | undefined) =>
      startFacade(
        { kind: 'fhir', baseUrl: new URL(baseUrl), oauth },
        { clientSecret, cacheTtlMs: 600_000, ...(file !== undefined && { index: { file, crawl: false } }) },
      );
    const folder = mkdtempSync(join(tmpdir(), 'pms-'));
    const [file, removed] = [join(folder, 'a.sqlite'), join(folder, 'b.sqlite')];
    // The writer is another program. The service reads its file.
    const clock = { now: Date.now() - 100 * day };
    const index = await openTestIndex({ file, identity: identityOf(baseUrl), now: () => clock.now });
    await index.store({ 1: {}, 2: {}, 3: {} });
    clock.now = Date.now();
    await index.store({ 4: {}, 5: {} });
    const { head } = await index.changes({ first: 0 });
    const { handle, offset } = head;
    places = {
      current: written(head),
      behind: written({ handle, offset: offset - 1 }),
      purged: `other.${offset}`,
      forgotten: written({ handle, offset: 1 }),
      ahead: written({ handle, offset: offset + 1 }),
      unreadable: 'nothing',
    };
    const [one, two, three] = await Promise.all([start(file), start(undefined), start(removed)]);
    [origin, without, broken] = [one.origin, two.origin, three.origin];
    rmSync(removed);
    stops.push(
      one.stop,
      two.stop,
      three.stop,
      () => sandbox.stop(),
      () => index.close(),
    );
    stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  interface Answered {
    readonly data?: {
      readonly changes: { readonly nodes: readonly { readonly productId: string }[] } | null;
    };
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  }

  async function graphql(at: string, place: string | undefined): Promise<readonly string[]> {
    const [, handle, offset] = /^(.*)\.(\d+)$/.exec(place ?? '') ?? [];
    const after = handle === undefined ? place : cursors.seal(scope, { handle, offset: Number(offset) });
    const query = `query ($after: String) { changes(since: "${since}", after: $after) { nodes { productId } } }`;
    const response = await fetch(`${at}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { after } }),
    });
    const { data, errors } = (await response.json()) as Answered;
    const [error] = errors ?? [];
    if (error?.extensions.code === 'BAD_CURSOR' && handle !== undefined)
      expect(error.message).toContain('Fetch all products again');
    return error ? [error.extensions.code] : (data?.changes?.nodes ?? []).map(({ productId }) => productId);
  }

  async function feed(at: string, place: string | undefined): Promise<readonly string[]> {
    const response = await fetch(`${at}/changes${place === undefined ? '' : `?after=${place}`}`);
    if (response.status !== 200) return refusalOf(response.status, await response.json());
    const { entries = [] } = parseAtomFeed(await response.text());
    return entries.map(({ categories }) => categories?.at(-1)?.term ?? '');
  }

  async function stream(at: string, place: string | undefined): Promise<readonly string[]> {
    const opened = await openStream(`${at}/changes`, place === undefined ? {} : { 'last-event-id': place });
    if (opened.status !== 200) return refusalOf(opened.status, await opened.json());
    const ready = await opened.next();
    expect(ready?.id).toBe(place ?? places['current']);
    const found: string[] = [];
    for (let last = ready?.id; last !== places['current'];) {
      const event = await opened.next();
      last = event?.id;
      found.push(String(event?.data['productId']));
    }
    return found;
  }

  function refusalOf(status: number, body: unknown): readonly string[] {
    const { errors } = body as {
      errors: { message: string; extensions: { code: string; mustRefetch?: string } }[];
    };
    const { code, mustRefetch } = errors[0]?.extensions ?? { code: '' };
    return [`${status}`, code, ...(mustRefetch === undefined ? [] : [mustRefetch])];
  }

  // docs/changes.md has this table.
  it.each([
    ['none', ['4', '5'], ['5', '4'], []],
    ['current', [], [], []],
    ['behind', ['5'], ['5'], ['5']],
    ['purged', ['BAD_CURSOR'], ['410', 'BAD_CURSOR', 'PURGED'], ['410', 'BAD_CURSOR', 'PURGED']],
    ['forgotten', ['BAD_CURSOR'], ['410', 'BAD_CURSOR', 'FORGOTTEN'], ['410', 'BAD_CURSOR', 'FORGOTTEN']],
    ['ahead', ['BAD_CURSOR'], ['410', 'BAD_CURSOR', 'AHEAD'], ['410', 'BAD_CURSOR', 'AHEAD']],
    ['unreadable', ['BAD_CURSOR'], ['400', 'BAD_USER_INPUT'], ['400', 'BAD_USER_INPUT']],
  ] as const)('from a place that is %s', async (state, byGraphql, byFeed, byStream) => {
    const place = places[state];
    expect(await graphql(origin, place)).toEqual(byGraphql);
    expect(await feed(origin, place)).toEqual(byFeed);
    expect(await stream(origin, place)).toEqual(byStream);
  });

  it('finds no changes without an index', async () => {
    expect(await graphql(without, undefined)).toEqual(['UPSTREAM_UNSUPPORTED']);
    expect(await feed(without, undefined)).toEqual(['404', 'UPSTREAM_UNSUPPORTED']);
    expect(await stream(without, undefined)).toEqual(['404', 'UPSTREAM_UNSUPPORTED']);
  });

  it('finds no changes if the index cannot be read', async () => {
    expect(await graphql(broken, undefined)).toEqual(['INDEX_UNAVAILABLE']);
    expect(await feed(broken, undefined)).toEqual(['503', 'INDEX_UNAVAILABLE']);
    expect(await stream(broken, undefined)).toEqual(['503', 'INDEX_UNAVAILABLE']);
  });

  it('gets an error as JSON for any other method', async () => {
    const response = await fetch(`${origin}/changes`, { method: 'POST' });
    expect([response.status, await response.json()]).toMatchObject([
      405,
      { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
    ]);
  });
});
