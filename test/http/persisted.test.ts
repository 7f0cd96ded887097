/** Persisted documents over HTTP, with the real links of Apollo Client and with urql: automatic ones, and trusted ones. */
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { print } from 'graphql';
import { unlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog, type Log, type LogEvent, type LogFields } from '../../src/log.js';
import { entryKey } from '../../src/store/store.js';
import { testFolder, type TestFolder } from '../support/folder.js';
import { apolloManifest, codegenManifest, hashOf, relayManifest } from '../support/manifests.js';
import { hasRedisServer, needsRedis, startRedis } from '../support/redis.js';
import { hasNginx, needsNginx, startNginx } from '../support/nginx.js';
import { openSharedStore } from '../support/shared-store.js';
import { startFacade, startTestService, type TestService } from '../support/service.js';

const id = '600000000001';
const document = gql`
  query ProductName($id: ID!) {
    product(id: $id) {
      __typename
      id
      name
    }
  }
`;
const text = print(document);
const hash = hashOf('sha256', text);
const name = 'Avelanta';

/** A request that a client has sent. */
interface Sent {
  readonly method: string;
  readonly hasText: boolean;
  readonly hasId: boolean;
}

function recording(): { readonly sent: Sent[]; readonly fetch: typeof fetch } {
  const sent: Sent[] = [];
  return {
    sent,
    fetch(url, options) {
      const asked = `${String(url)} ${String(options?.body ?? '')}`;
      sent.push({
        method: options?.method ?? 'GET',
        hasText:
          /\bquery\b[=\\"]+:?/.test(asked) && asked.includes('ProductName') && /product(\(|%28)/.test(asked),
        hasId: /persistedQuery|documentId/.test(asked),
      });
      return fetch(url, options);
    },
  };
}

function automaticClient(origin: string, send: typeof fetch, useGETForHashedQueries: boolean): ApolloClient {
  const link = new PersistedQueryLink({ sha256: (each) => hashOf('sha256', each), useGETForHashedQueries });
  return new ApolloClient({
    cache: new InMemoryCache(),
    link: link.concat(new HttpLink({ uri: `${origin}/graphql`, fetch: send })),
  });
}

async function nameThrough(client: ApolloClient): Promise<unknown> {
  const { data } = await client.query({ query: document, variables: { id }, fetchPolicy: 'no-cache' });
  return (data as { product: { name: string } }).product.name;
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly data?: { readonly product?: { readonly name: string } };
  readonly codes: readonly string[];
  readonly messages: readonly string[];
}

async function answerOf(response: Response): Promise<Answer> {
  const { data, errors = [] } = (await response.json()) as {
    data?: unknown;
    errors?: readonly { message: string; extensions: { code: string } }[];
  };
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    ...(data === undefined ? {} : { data: data as object }),
    codes: errors.map(({ extensions: { code } }) => code),
    messages: errors.map(({ message }) => message),
  };
}

const graphqlType = 'application/graphql-response+json';

async function post(body: object, accept = graphqlType, origin = service.origin): Promise<Answer> {
  return answerOf(
    await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify(body),
    }),
  );
}

async function get(parameters: Record<string, string>): Promise<Answer> {
  const search = new URLSearchParams(parameters).toString();
  return answerOf(await fetch(`${service.origin}/graphql?${search}`, { headers: { accept: graphqlType } }));
}

const persistedQuery = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });
const found = {
  status: 200,
  data: { product: { name: expect.stringContaining(name) as string } },
  codes: [],
};
const notFound = { codes: ['PERSISTED_QUERY_NOT_FOUND'], messages: ['PersistedQueryNotFound'] };

let service: Omit<TestService, 'sandbox'>;
afterEach(() => service.stop());

describe('an automatic persisted query', () => {
  it.each([
    ['GET', true],
    ['POST', false],
  ])('of Apollo Client is sent as text once, and by %s as a hash from then on', async (method, usesGet) => {
    service = await startTestService();
    const { sent, fetch: send } = recording();
    const [one, other] = [1, 2].map(() => automaticClient(service.origin, send, usesGet));
    for (const client of [one, one, other]) expect(await nameThrough(client!)).toContain(name);
    expect(sent).toEqual([
      { method, hasText: false, hasId: true },
      { method: 'POST', hasText: true, hasId: true },
      { method, hasText: false, hasId: true },
      { method, hasText: false, hasId: true },
    ]);
  });

  it('can be sent and requested by `documentId` too', async () => {
    service = await startTestService();
    const documentId = `sha256:${hash}`;
    expect(await post({ documentId, variables: { id } })).toMatchObject(notFound);
    expect(await post({ documentId, query: text, variables: { id } })).toMatchObject(found);
    expect(await post({ documentId, variables: { id } })).toMatchObject(found);
    expect(await get({ documentId, variables: JSON.stringify({ id }) })).toMatchObject(found);
    expect(await post({ extensions: persistedQuery(hash), variables: { id } })).toMatchObject(found);
  });

  it('is refused if its hash is wrong, and is not stored', async () => {
    service = await startTestService();
    const wrong = hashOf('sha256', 'other');
    const refused = await post({ query: text, variables: { id }, extensions: persistedQuery(wrong) });
    expect(refused).toMatchObject({ status: 400, codes: ['BAD_USER_INPUT'] });
    expect(await post({ documentId: `sha256:${wrong}`, query: text, variables: { id } })).toMatchObject({
      status: 400,
    });
    expect(await post({ extensions: persistedQuery(wrong) })).toMatchObject(notFound);
  });

  it('is not stored if the document is not valid', async () => {
    service = await startTestService();
    const bad = '{ unknown }';
    await post({ query: bad, extensions: persistedQuery(hashOf('sha256', bad)) });
    expect(await post({ extensions: persistedQuery(hashOf('sha256', bad)) })).toMatchObject(notFound);
  });

  it.each([
    ['POST', 1],
    ['POST', { a: 1 }],
    ['POST', ['x']],
  ])('is refused if `documentId` in a %s request is %j', async (_method, documentId) => {
    service = await startTestService();
    expect(await post({ documentId })).toMatchObject({ status: 400, codes: ['BAD_USER_INPUT'] });
  });

  it('is refused if a URL has `documentId` twice, or extensions that are not JSON', async () => {
    service = await startTestService();
    const asked = await Promise.all(
      ['documentId=a&documentId=b', 'documentId=a&extensions=x', 'documentId=a&extensions=[]'].map((search) =>
        fetch(`${service.origin}/graphql?${search}`).then(answerOf),
      ),
    );
    for (const answer of asked) expect(answer).toMatchObject({ status: 400, codes: ['BAD_USER_INPUT'] });
    // An id that says nothing is ignored beside the text, and null is no id.
    expect(await post({ documentId: 'own', query: text, variables: { id } })).toMatchObject(found);
    expect(await post({ documentId: null, query: text, variables: { id } })).toMatchObject(found);
    expect(await get({ documentId: 'own', query: text, variables: JSON.stringify({ id }) })).toMatchObject(
      found,
    );
  });

  it.skipIf(!hasRedisServer)(
    `is known to all replicas, and a stranger’s text in Redis is never answered (${needsRedis})`,
    async () => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const first = await startTestService({ redisUrl: redis.url });
      service = first;
      const { baseUrl, tokenUrl, clientId, clientSecret, scope } = first.sandbox;
      const upstream = {
        kind: 'sandbox',
        baseUrl: new URL(baseUrl),
        oauth: { tokenUrl: new URL(tokenUrl), clientId, scope },
      } as const;
      const startReplica = () => startFacade(upstream, { redisUrl: redis.url, clientSecret });
      const { sent, fetch: send } = recording();
      await nameThrough(automaticClient(first.origin, send, true));
      expect(sent).toHaveLength(2);

      const second = await startReplica();
      onTestFinished(() => second.stop());
      expect(await nameThrough(automaticClient(second.origin, send, true))).toContain(name);
      expect(sent.slice(2)).toEqual([{ method: 'GET', hasText: false, hasId: true }]);

      // A stranger who even knows the secret of the signatures puts another document in this place.
      const store = openSharedStore(redis.url, clientSecret);
      onTestFinished(() => store.close());
      const place = entryKey('query', [hash.slice(0, 3)], 'text');
      expect((await store.get(place))?.value.toString()).toBe(text);
      await store.set(place, '{ __typename }', 60_000);
      const third = await startReplica();
      onTestFinished(() => third.stop());
      const byHash = { extensions: persistedQuery(hash), variables: { id } };
      expect(await post(byHash, graphqlType, third.origin)).toMatchObject(notFound);
      expect(await nameThrough(automaticClient(third.origin, send, true))).toContain(name);
      expect((await store.get(place))?.value.toString()).toBe(text);
    },
  );
});

/** Writes a manifest into a folder of manifests. */
function write(folder: TestFolder, file: string, manifest: object): void {
  folder.write(file, JSON.stringify(manifest));
}

describe('a trusted document', () => {
  const other = 'query Terms { terms(list: "ROUTE", first: 1) { code } }';

  it('is found by the ids of each tool, and by its SHA-256, with and without its prefix', async () => {
    const folder = testFolder();
    const [apollo, sha1, sha256] = [
      await apolloManifest([text]),
      await codegenManifest([text], 'sha1'),
      await codegenManifest([text], 'sha256'),
    ];
    const [relay, own] = [relayManifest([text]), { 'product-name.v1': text, 'x-app:name': text }];
    for (const [at, manifest] of [apollo, sha1, sha256, relay, own].entries())
      write(folder, `${at}.json`, manifest);
    service = await startTestService({ trusted: { path: folder.path, only: true } });
    const ids = [
      ...apollo.operations.map((operation) => operation.id),
      ...[sha1, sha256, relay, own].flatMap((manifest) => Object.keys(manifest)),
      `sha256:${hash}`,
      hash,
    ];
    expect(ids.length).toBe(8);
    for (const documentId of ids) {
      expect([documentId, await post({ documentId, variables: { id } })]).toMatchObject([documentId, found]);
      const variables = JSON.stringify({ id });
      expect([documentId, await get({ documentId, variables })]).toMatchObject([documentId, found]);
      const extensions = persistedQuery(documentId.replace('sha256:', ''));
      expect(await post({ extensions, variables: { id } })).toMatchObject(found);
    }
  });

  it('is sent by its id alone by Apollo Client with the link for manifests, and by urql', async () => {
    const folder = testFolder();
    const manifest = await apolloManifest([text]);
    write(folder, 'app.json', manifest);
    service = await startTestService({ trusted: { path: folder.path, only: true } });
    const { sent, fetch: send } = recording();
    const ids = generatePersistedQueryIdsFromManifest({ loadManifest: () => manifest });
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: new PersistedQueryLink(ids).concat(
        new HttpLink({ uri: `${service.origin}/graphql`, fetch: send }),
      ),
    });
    expect(await nameThrough(client)).toContain(name);
    const urql = new Client({
      url: `${service.origin}/graphql`,
      fetch: send,
      exchanges: [fetchExchange],
      preferGetMethod: false,
    });
    // urql takes a document without definitions in production only.
    vi.stubEnv('NODE_ENV', 'production');
    onTestFinished(() => void vi.unstubAllEnvs());
    const persisted = { kind: 'Document', definitions: [], documentId: `sha256:${hash}` } as never;
    const { data } = await urql.query<{ product: { name: string } }>(persisted, { id }).toPromise();
    expect(data?.product.name).toContain(name);
    expect(sent).toEqual([
      { method: 'POST', hasText: false, hasId: true },
      { method: 'POST', hasText: false, hasId: true },
    ]);
  });

  it('may be sent as text, and other documents are answered too, unless only trusted ones are', async () => {
    const folder = testFolder();
    write(folder, 'app.json', relayManifest([text]));
    service = await startTestService({ trusted: { path: folder.path, only: false } });
    expect(await post({ query: text, variables: { id } })).toMatchObject(found);
    expect(await post({ query: other })).toMatchObject({ status: 200, codes: [] });
    const automatic = persistedQuery(hashOf('sha256', other));
    expect(await post({ query: other, extensions: automatic })).toMatchObject({ codes: [] });
    expect(await post({ extensions: automatic })).toMatchObject({ status: 200, codes: [] });
  });

  it('is the only one that is answered with TRUSTED_DOCUMENTS_ONLY', async () => {
    const folder = testFolder();
    write(folder, 'app.json', relayManifest([text]));
    service = await startTestService({ trusted: { path: folder.path, only: true } });
    expect(await post({ query: text, variables: { id } })).toMatchObject(found);
    const untrusted = {
      codes: ['UNTRUSTED_DOCUMENT'],
      messages: ['This service answers only the documents on its list.'],
    };
    const asNew = { ...untrusted, status: 400, type: `${graphqlType}; charset=utf-8` };
    const asOld = { ...untrusted, status: 200, type: 'application/json; charset=utf-8' };
    for (const query of [other, '{ __schema { queryType { name } } }', '{', `${text} `, '{ unknown }']) {
      expect(await post({ query })).toEqual(asNew);
      expect(await post({ query }, 'application/json')).toEqual(asOld);
      expect(await get({ query })).toEqual(asNew);
      const extensions = persistedQuery(hashOf('sha256', query));
      expect(await post({ query, extensions })).toEqual(asNew);
      expect(await post({ extensions })).toMatchObject(notFound);
    }
    expect(await post({ documentId: 'unknown' })).toMatchObject(notFound);
    const metrics = await (await fetch(`${service.origin}/metrics`)).text();
    expect(metrics).toContain('pms_graphql_errors_total{code="UNTRUSTED_DOCUMENT"} 20');
  });

  it('that is unknown or not trusted is an error with its code in Apollo Client, with both kinds of answers', async () => {
    const folder = testFolder();
    write(folder, 'app.json', relayManifest([other]));
    service = await startTestService({ trusted: { path: folder.path, only: true } });
    const { sent, fetch: send } = recording();
    const failure = await nameThrough(automaticClient(service.origin, send, true)).catch(
      (error: unknown) => error,
    );
    expect(CombinedGraphQLErrors.is(failure) && failure.errors).toMatchObject([
      { extensions: { code: 'UNTRUSTED_DOCUMENT' } },
    ]);
    // The client sent the hash, then the text.
    expect(sent.map(({ hasText }) => hasText)).toEqual([false, true]);
  });
});

/** A log that tests read. */
function testLog() {
  const events: { event: LogEvent; fields: LogFields }[] = [];
  const note = (event: LogEvent, fields: LogFields = {}): void => void events.push({ event, fields });
  const log: Log = { debug: note, info: note, warn: note, error: note };
  return { log, of: (event: LogEvent) => events.filter((each) => each.event === event) };
}

describe('loading trusted documents', () => {
  const costly = `query Costly($first: Int = 1, $more: Boolean = false) {
    products(first: $first) { nodes { id packages @include(if: $more) { nodes { id } } } }
  }`;

  it('warns of a document that may cost too much, which is refused only if it does', async () => {
    const folder = testFolder();
    write(folder, 'app.json', { ...relayManifest([text]), costly });
    const { log, of } = testLog();
    service = await startTestService({ trusted: { path: folder.path, only: true }, budget: 20, log });
    await vi.waitUntil(() => of('document.costly').length > 0, { timeout: 20_000 });
    expect(of('document.costly').map(({ fields }) => fields)).toEqual([
      {
        document: 'costly',
        operation: 'Costly',
        requests: expect.any(Number) as number,
        limit: 20,
        advice: 'costly',
      },
    ]);
    expect(of('document.costly')[0]!.fields.requests).toBeGreaterThan(20);
    expect(await post({ documentId: 'costly', variables: { first: 2, more: true } })).toMatchObject({
      status: 200,
      codes: [],
    });
    expect(await post({ documentId: 'costly', variables: { first: 100, more: true } })).toMatchObject({
      codes: ['UPSTREAM_BUDGET_EXCEEDED'],
    });
  });

  it('refuses to start with a document that is not valid, in one line', async () => {
    service = await startTestService();
    const folder = testFolder();
    write(folder, 'app.json', { name: '{ product(id: "1") { nam } }' });
    await expect(startTestService({ trusted: { path: folder.path, only: false } })).rejects.toThrow(
      /^TRUSTED_DOCUMENTS: \S+app\.json has the document "name", which is not valid: Cannot query field "nam"[^\n]+$/,
    );
    write(folder, 'app.json', { name: '{ product(id: ' });
    await expect(startTestService({ trusted: { path: folder.path, only: false } })).rejects.toThrow(
      /which is not valid: Syntax Error: [^\n]+$/,
    );
  });

  it('again takes new versions and drops old ones, and keeps what it had if a manifest is wrong', async () => {
    const folder = testFolder();
    write(folder, 'v1.json', relayManifest([text]));
    const { log, of } = testLog();
    service = await startTestService({ trusted: { path: folder.path, only: true }, log });
    const ask = (documentId: string) => post({ documentId, variables: { id } });
    const [one, two] = [text, `${text}\n# version 2`].map((each) => hashOf('md5', each)) as [string, string];
    expect([await ask(one), await ask(two)]).toMatchObject([found, notFound]);

    write(folder, 'v2.json', relayManifest([`${text}\n# version 2`]));
    await service.reload();
    expect([await ask(one), await ask(two)]).toMatchObject([found, found]);
    expect(of('reload.failed')).toEqual([]);

    const faults = [
      ['v3.json', '{"a": ', /v3\.json is not valid JSON\. The fault is in line 1\.$/],
      [
        'v3.json',
        JSON.stringify({ [one]: 'query Other { terms(list: "ROUTE") { code } }' }),
        /does not match its hash/,
      ],
      ['v3.json', '{"a": "{ unknown }"}', /which is not valid: Cannot query field "unknown"/],
    ] as const;
    for (const [at, [file, content, message]] of faults.entries()) {
      folder.write(file, content);
      await service.reload();
      const failed = of('reload.failed');
      expect(failed).toHaveLength(at + 1);
      expect(failed.at(-1)!.fields.reloaded).toBe('documents');
      expect((failed.at(-1)!.fields.error as Error).message).toMatch(message);
      expect([await ask(one), await ask(two)]).toMatchObject([found, found]);
    }
    unlinkSync(path.join(folder.path, 'v3.json'));
    unlinkSync(path.join(folder.path, 'v1.json'));
    await service.reload();
    expect([await ask(one), await ask(two)]).toMatchObject([notFound, found]);
  });

  it('again happens by itself when a manifest changes', async () => {
    const folder = testFolder();
    write(folder, 'v1.json', relayManifest([text]));
    service = await startTestService({
      trusted: { path: folder.path, only: true },
      log: createLog('silent'),
    });
    const changed = `${text}\n# changed`;
    const asked = { documentId: hashOf('md5', changed), variables: { id } };
    expect(await post(asked)).toMatchObject(notFound);
    write(folder, 'v1.json', relayManifest([changed]));
    await vi.waitUntil(async () => (await post(asked)).codes.length === 0, { timeout: 20_000, interval: 50 });
    expect(await post({ documentId: hash, variables: { id } })).toMatchObject(notFound);
  });
});

describe.skipIf(!hasNginx)(`persisted documents through nginx (${needsNginx})`, () => {
  it('reach the service once with GET, whatever client sends them', async () => {
    const folder = testFolder();
    write(folder, 'app.json', relayManifest([text]));
    service = await startTestService({ trusted: { path: folder.path, only: false }, cacheTtlMs: 300_000 });
    const proxy = await startNginx(service.origin);
    onTestFinished(() => proxy.stop());
    const states: string[] = [];
    const send: typeof fetch = async (url, options) => {
      const response = await fetch(url, options);
      states.push(`${options?.method ?? 'GET'} ${response.headers.get('x-cache')} ${response.status}`);
      return response;
    };
    for (let turn = 0; turn < 3; turn += 1)
      expect(await nameThrough(automaticClient(proxy.origin, send, true))).toContain(name);
    // urql takes a document without definitions in production only.
    vi.stubEnv('NODE_ENV', 'production');
    onTestFinished(() => void vi.unstubAllEnvs());
    for (let turn = 0; turn < 2; turn += 1) {
      const urql = new Client({
        url: `${proxy.origin}/graphql`,
        fetch: send,
        exchanges: [fetchExchange],
        preferGetMethod: 'force',
      });
      const persisted = { kind: 'Document', definitions: [], documentId: hashOf('md5', text) } as never;
      const { data } = await urql.query<{ product: { name: string } }>(persisted, { id }).toPromise();
      expect(data?.product.name).toContain(name);
    }
    expect(states).toEqual(['GET MISS 200', 'GET HIT 200', 'GET HIT 200', 'GET MISS 200', 'GET HIT 200']);
  });
});
