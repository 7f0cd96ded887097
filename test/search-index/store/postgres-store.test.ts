import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { IndexStore } from '../../../src/search-index/store/index-store.js';
import {
  openPostgresStore,
  schemaOf,
  type PostgresOptions,
} from '../../../src/search-index/store/postgres/open-postgres-store.js';
import { withinTime } from '../../../src/search-index/time-limit.js';
import {
  hasPostgres,
  needsPostgres,
  query,
  startPostgres,
  type PostgresServer,
} from '../../support/postgres.js';
import { describeStore } from './contract.js';
import { productRows } from './rows.js';

describe.skipIf(!hasPostgres)(`PostgreSQL, ${needsPostgres}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  describeStore({
    name: 'PostgreSQL',
    open: async (options) =>
      openPostgresStore({ url: await server.createDatabase(), identity: 'test', ...options }),
  });

  const schema = schemaOf('test');

  async function open(url: string, options: Partial<PostgresOptions> = {}): Promise<IndexStore> {
    const store = await openPostgresStore({ url, identity: 'test', connectMs: 1_000, ...options });
    onTestFinished(() => store.close());
    return store;
  }

  describe('a database with the index', () => {
    it('keeps its rows when it is opened again', async () => {
      const url = await server.createDatabase();
      const first = await open(url);
      await first.write([productRows()]);
      await first.close();
      const again = await open(url);
      expect(await again.status()).toMatchObject({ products: 1, withDetails: 1, access: 'writes' });
      expect(await again.isSound()).toBe(true);
    });

    it('has a schema for each upstream, so that no upstream sees products of another', async () => {
      const url = await server.createDatabase();
      await (await open(url)).write([productRows()]);
      const other = await open(url, { identity: 'other' });
      expect(await other.byId([productRows().id])).toEqual([]);
      expect((await other.status()).products).toBe(0);
    });

    it('is created once by processes that start at the same time, and all of them write', async () => {
      const url = await server.createDatabase();
      const stores = await Promise.all(Array.from({ length: 4 }, () => open(url)));
      const rows = [{ part: 'name', record: 0, shape: 'a' }];
      await Promise.all(
        stores.flatMap((store, index) =>
          [0, 1, 2].map((time) =>
            store.write(
              // Each writes the same products, in another order.
              [0, 1, 2, 3].map((id) => productRows({ id: `${(id + index) % 4}`, asOf: time, rows })),
            ),
          ),
        ),
      );
      const [store] = stores;
      expect((await store?.shapes('name', 0))?.length).toBe(1);
      expect(await store?.status()).toMatchObject({ products: 4, oldest: 2 });
      const numbers = await store?.all();
      // A product that is written again consumes no number.
      expect([...(numbers ?? [])]).toEqual([1, 2, 3, 4]);
    });

    it('names its address without user and password', async () => {
      const url = (await server.createDatabase()).replace('pms@', 'pms:hunter2@');
      const { place } = await (await open(url)).status();
      expect(place).toBe(`postgres://127.0.0.1:${server.port}${new URL(url).pathname}, schema ${schema}`);
    });

    it('finds words in the order of their characters, whatever its language is', async () => {
      const store = await open(await server.createDatabase());
      const values = ['b', 'B', 'a', 'ä', 'Z', '_', '1'];
      await store.write([
        productRows({ tokens: values.map((value) => ({ kind: 'word', value, record: 0 })) }),
      ]);
      expect((await store.values('word')).map(({ value }) => value)).toEqual(values.toSorted());
    });

    it('stores values of any length', async () => {
      const store = await open(await server.createDatabase());
      const [one, other] = ['1', '2'].map((end) => `x${'😀'.repeat(9_000)}${end}`);
      await store.write([productRows({ tokens: [{ kind: 'word', value: one ?? '', record: 0 }] })]);
      expect((await store.tokens('word', [one ?? ''])).length).toBe(3);
      expect((await store.tokens('word', [other ?? ''])).length).toBe(0);
    });
  });

  describe('a database that cannot be used', () => {
    it.each([
      [
        'is of another upstream',
        `update SCHEMA.meta set value = 'x' where name = 'identity'`,
        /another upstream/,
      ],
      [
        'is of a newer version',
        `update SCHEMA.meta set value = '99' where name = 'version'`,
        /newer version/,
      ],
      ['is of another program', `drop table SCHEMA.meta`, /another program/],
    ])('is refused if its schema %s', async (_, statement, message) => {
      const url = await server.createDatabase();
      await (await open(url)).close();
      await query(url, statement.replace('SCHEMA', schema));
      await expect(open(url)).rejects.toMatchObject({
        exit: 'config',
        message: expect.stringMatching(message) as unknown,
      });
    });

    it('is refused if its encoding is not UTF8', async () => {
      const url = await server.createDatabase(
        `encoding 'LATIN1' template template0 locale 'C' locale_provider libc`,
      );
      await expect(open(url)).rejects.toMatchObject({
        exit: 'config',
        message: expect.stringMatching(/encoding LATIN1.* UTF8/) as unknown,
      });
    });

    it.each([
      ['has no such database', '/none', /does not exist/],
      ['has no TLS', '/postgres?sslmode=verify-full', /no TLS connection/],
    ])('fails each call with a sentence if the server %s', async (_, path, message) => {
      const store = await open(`postgres://pms:hunter2@127.0.0.1:${server.port}${path}`);
      const error = await store.status().catch((reason: unknown) => reason as Error);
      expect(error).toMatchObject({
        code: 'INDEX_UNAVAILABLE',
        message: expect.stringMatching(message) as unknown,
      });
      expect(JSON.stringify([error, (error as Error).message])).not.toContain('hunter2');
    });

    it('fails each call if the user may not create tables', async () => {
      const url = await server.createDatabase();
      await query(url, 'create role guest login');
      onTestFinished(async () => void (await query(url, 'drop role guest')));
      const store = await open(url.replace('pms@', 'guest@'));
      await expect(store.all()).rejects.toMatchObject({
        code: 'INDEX_UNAVAILABLE',
        message: expect.stringMatching(/no permission/) as unknown,
      });
    });
  });

  describe('a query that takes too long', () => {
    it('is stopped by the database, and the connection can be used again', async () => {
      const url = await server.createDatabase();
      const store = await open(url, { queryMs: 200 });
      await store.write([productRows()]);
      // Another process has locked the table for a moment.
      const locking = query(url, `begin; lock table ${schema}.product; select pg_sleep(1); commit`);
      await setTimeout(300);
      await expect(withinTime(60_000, () => store.all())).rejects.toMatchObject({ code: 'OVERLOADED' });
      // Work without a time limit waits.
      expect((await store.all()).length).toBe(1);
      await locking;
      expect((await withinTime(60_000, () => store.all())).length).toBe(1);
    });
  });

  describe('a database that goes away', () => {
    it('fails each call until it is back, then works again with all that was confirmed', async () => {
      const url = await server.createDatabase();
      const store = await open(url);
      await store.write([productRows({ id: '1' })]);
      server.stop();
      const lost = { code: 'INDEX_UNAVAILABLE', message: 'The database of the index cannot be reached.' };
      await expect(store.all()).rejects.toMatchObject(lost);
      await expect(store.write([productRows({ id: '2' })])).rejects.toMatchObject(lost);
      await expect(store.claim('crawl', 'me', 1_000)).rejects.toMatchObject(lost);
      const later = await open(url);
      await expect(later.status()).rejects.toMatchObject(lost);
      server.start();
      expect((await store.all()).length).toBe(1);
      expect((await later.status()).products).toBe(1);
      await later.write([productRows({ id: '2' })]);
      expect((await store.all()).length).toBe(2);
    });
  });

  describe('a claim of a work', () => {
    it('is given to one process, which can renew it and give it back', async () => {
      const store = await open(await server.createDatabase());
      expect(await store.claim('crawl', 'one', 60_000)).toBe(true);
      expect(await store.claim('crawl', 'other', 60_000)).toBe(false);
      expect(await store.claim('else', 'other', 60_000)).toBe(true);
      expect(await store.claim('crawl', 'one', 60_000)).toBe(true);
      await store.release('crawl', 'other');
      expect(await store.claim('crawl', 'other', 60_000)).toBe(false);
      await store.release('crawl', 'one');
      expect(await store.claim('crawl', 'other', 60_000)).toBe(true);
    });

    it('ends by itself', async () => {
      const store = await open(await server.createDatabase());
      expect(await store.claim('crawl', 'one', 100)).toBe(true);
      await setTimeout(200);
      expect(await store.claim('crawl', 'other', 60_000)).toBe(true);
      expect(await store.claim('crawl', 'one', 100)).toBe(false);
    });
  });
});
