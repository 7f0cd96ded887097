/**
 * Two clients mirror an upstream whose products change, vanish and come back. One of them sleeps while the index is purged.
 * The crawl, the service and the clients use real HTTP and one index file.
 */
import { join } from 'node:path';
import { parseAtomFeed } from 'feedsmith';
import type { Resource } from 'fhir/r5.js';
import { expect, it, onTestFinished } from 'vitest';
import { crawl } from '../../src/crawl/crawl.js';
import { createPace } from '../../src/crawl/pace.js';
import { createLog } from '../../src/log.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { identityOf, openIndex } from '../../src/search-index/open-index.js';
import type { SearchIndex } from '../../src/search-index/search-index.js';
import { connect } from '../../src/service.js';
import { openStream, type EventStream } from '../support/changes.js';
import { testConfig, testSecrets } from '../support/config.js';
import { testFolder } from '../support/folder.js';
import { startFacade, type TestService } from '../support/service.js';

type Named = Resource & { readonly id: string; readonly name?: readonly { readonly productName?: string }[] };

const isProduct = (resource: Resource): boolean => resource.resourceType === 'MedicinalProductDefinition';

/** An upstream whose records the test replaces. Its address stays the same. */
async function startUpstream() {
  const options = { profile: 'everything', quirks: false } as const;
  let sandbox: Sandbox = await startSandbox({ ...options, products: 8, seed: 3 });
  onTestFinished(() => sandbox.stop());
  const { baseUrl } = sandbox;
  const port = Number(new URL(baseUrl).port);
  const first = sandbox.resources as readonly Named[];
  return {
    first,
    baseUrl,
    get credentials() {
      const { tokenUrl, clientId, clientSecret, scope } = sandbox;
      return { oauth: { tokenUrl: new URL(tokenUrl), clientId, scope }, clientSecret };
    },
    async replace(resources: readonly Resource[]) {
      await sandbox.stop();
      sandbox = await startSandbox({ ...options, port, resources });
    },
    /** The products with their names, as a mirror should have them. */
    truth: (): ReadonlyMap<string, string> =>
      new Map(
        (sandbox.resources as readonly Named[])
          .filter(isProduct)
          .map(({ id, name }) => [id, name?.[0]?.productName ?? '']),
      ),
  };
}

/** Crawls the upstream once, and leaves the index open. */
async function crawlOnce(
  index: SearchIndex,
  { baseUrl, credentials }: Awaited<ReturnType<typeof startUpstream>>,
): Promise<void> {
  const { oauth, clientSecret } = credentials;
  const connection = connect({
    config: testConfig({
      profile: 'everything',
      index: { file: undefined, crawl: false, share: 1, maxAgeMs: 86_400_000, maxBytes: 2 ** 31 },
    }),
    secrets: testSecrets({ clientSecret }),
    upstream: { kind: 'fhir', baseUrl: new URL(baseUrl), oauth },
    log: createLog('silent'),
    index: Object.create(index, { close: { value: async () => undefined } }) as SearchIndex,
  });
  const { background, catalogue, capabilities, held, learning } = connection;
  if (!held) throw new Error('no index');
  await learning.learnt();
  await crawl({
    client: background,
    catalogue,
    capabilities,
    ...held,
    pace: createPace(undefined),
    // Each product is read again in each crawl.
    freshMs: 0,
    pauseMs: 1,
    signal: new AbortController().signal,
  });
  await connection.close();
}

type Service = Pick<TestService, 'query' | 'origin'>;

/** Returns products with their names, from the index. */
async function namesOf(
  service: Service,
  ids?: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  const { data, errors } = await service.query(
    `query ($filter: ProductFilter) { found: searchProducts(filter: $filter, first: 100) { nodes { pmsId name } } }`,
    { filter: ids ? { ids } : {} },
  );
  expect(errors).toBeUndefined();
  const { nodes } = (data as { found: { nodes: readonly { pmsId: string; name: string }[] } }).found;
  return nodes.map(({ pmsId, name }) => [pmsId, name]);
}

/** A client that follows a stream. */
async function startFollower(service: Service) {
  const url = `${service.origin}/changes`;
  let stream: EventStream = await openStream(url);
  let place = (await stream.next())?.id ?? '';
  let mirror = new Map(await namesOf(service));
  const seen: string[] = [];
  return {
    seen,
    mirror: () => mirror,
    /** Reads events up to the one with this place, and applies them. */
    async follow(last: string): Promise<void> {
      while (place !== last) {
        const event = await stream.next();
        if (event?.name === 'must-refetch' || !event) {
          seen.push(event?.name ?? 'end');
          stream = await openStream(url);
          place = (await stream.next())?.id ?? '';
          mirror = new Map(await namesOf(service));
          continue;
        }
        const { productId, kind, parts } = event.data as { productId: string; kind: string; parts: string[] };
        seen.push([kind, productId, ...parts].join(' '));
        place = event.id ?? '';
        const [found] = await namesOf(service, [productId]);
        if (found) mirror.set(...found);
        else mirror.delete(productId);
      }
    },
  };
}

/** A client that reads the feed from time to time. */
async function startReader(service: Service) {
  let url = `${service.origin}/changes`;
  let mirror = new Map<string, string>();
  const seen: (number | string)[] = [];
  const keep = (page: string, links: readonly { readonly rel?: string; readonly href?: string }[]): void => {
    url = new URL(links.find(({ rel }) => rel === 'previous')?.href ?? '', page).href;
  };
  async function refetch(): Promise<void> {
    const page = `${service.origin}/changes`;
    keep(page, parseAtomFeed(await (await fetch(page)).text()).links ?? []);
    mirror = new Map(await namesOf(service));
  }
  await refetch();
  return {
    seen,
    mirror: () => mirror,
    async wake(): Promise<void> {
      const response = await fetch(url);
      seen.push(response.status);
      if (response.status === 410) return refetch();
      const { entries = [], links = [] } = parseAtomFeed(await response.text());
      keep(url, links);
      for (const { title, categories } of entries) {
        seen.push(title?.value ?? '');
        const id = categories?.at(-1)?.term ?? '';
        const [found] = await namesOf(service, [id]);
        if (found) mirror.set(...found);
        else mirror.delete(id);
      }
    },
  };
}

it('two clients keep copies of an upstream up to date, also if one of them sleeps through a purge of the index', async () => {
  const upstream = await startUpstream();
  const { first, baseUrl } = upstream;
  const file = join(testFolder().path, 'index.sqlite');
  const index = await openIndex({ file, identity: identityOf(baseUrl), maxBytes: 2 ** 31 });
  onTestFinished(() => index.close());
  await crawlOnce(index, upstream);
  const { oauth, clientSecret } = upstream.credentials;
  // Clients wait until cached answers are older than a change. Here this takes no time.
  const service = await startFacade(
    { kind: 'fhir', baseUrl: new URL(baseUrl), oauth },
    { profile: 'everything', clientSecret, cacheTtlMs: 1, index: { file, crawl: false } },
  );
  onTestFinished(() => service.stop());
  const follower = await startFollower(service);
  const reader = await startReader(service);
  const current = async (): Promise<string> => {
    const { head } = await index.changes({ first: 0 });
    return `${head.handle}.${head.offset}`;
  };
  expect(follower.mirror()).toEqual(upstream.truth());

  // One product gets another name, one gets another package, and one vanishes.
  const [renamed = '', repacked = '', vanishing = ''] = [...upstream.truth().keys()];
  const changed = first
    .filter(({ id }) => id !== vanishing)
    .map((resource): Resource => {
      if (resource.id === renamed)
        return { ...resource, name: [{ productName: 'Another name' }] } as Resource;
      const isPackage = resource.resourceType === 'PackagedProductDefinition';
      const isOf = JSON.stringify(resource).includes(`MedicinalProductDefinition/${repacked}"`);
      return isPackage && isOf ? ({ ...resource, description: 'Another package' } as Resource) : resource;
    });
  await upstream.replace(changed);
  await crawlOnce(index, upstream);
  await follower.follow(await current());
  expect(follower.seen.toSorted()).toEqual(
    [`CHANGED ${renamed} NAME`, `CHANGED ${repacked} PACKAGES`, `GONE ${vanishing}`].toSorted(),
  );
  expect(follower.mirror()).toEqual(upstream.truth());
  expect(follower.mirror().get(renamed)).toBe('Another name');
  expect(follower.mirror().has(vanishing)).toBe(false);

  // It comes back. A crawl without changes records nothing.
  await upstream.replace(first);
  await crawlOnce(index, upstream);
  await crawlOnce(index, upstream);
  await follower.follow(await current());
  expect(follower.seen.slice(3).toSorted()).toEqual(
    [`CHANGED ${renamed} NAME`, `CHANGED ${repacked} PACKAGES`, `NEW ${vanishing}`].toSorted(),
  );
  await reader.wake();
  expect(reader.seen).toEqual([200, ...follower.seen.toReversed().map(titled)]);
  expect(reader.mirror()).toEqual(upstream.truth());

  // The index is purged and filled anew, while one product vanishes without a trace. The reader sleeps.
  await index.purge();
  await upstream.replace(changed);
  await crawlOnce(index, upstream);
  follower.seen.length = 0;
  await follower.follow(await current());
  expect(follower.seen[0]).toBe('must-refetch');
  expect(follower.mirror()).toEqual(upstream.truth());
  reader.seen.length = 0;
  await reader.wake();
  expect(reader.seen).toEqual([410]);
  expect(reader.mirror()).toEqual(upstream.truth());

  // Both go on.
  await upstream.replace(first);
  await crawlOnce(index, upstream);
  await follower.follow(await current());
  await reader.wake();
  expect(reader.seen).toContain(`NEW ${vanishing}`);
  expect([follower.mirror(), reader.mirror()]).toEqual([upstream.truth(), upstream.truth()]);
}, 120_000);

/** Returns the title of an entry: `CHANGED 1: NAME`, for `CHANGED 1 NAME`. */
function titled(seen: string): string {
  const [kind, id, ...parts] = seen.split(' ');
  return parts.length > 0 ? `${kind} ${id}: ${parts.join(', ')}` : `${kind} ${id}`;
}
