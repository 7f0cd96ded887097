/** Services that share one index in a PostgreSQL database. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { identityOf } from '../../src/search-index/open-index.js';
import { openPostgresStore, schemaOf } from '../../src/search-index/store/postgres/open-postgres-store.js';
import { startSandbox } from '../../src/sandbox/server.js';
import {
  hasPostgres,
  needsPostgres,
  query,
  startPostgres,
  type PostgresServer,
} from '../support/postgres.js';
import { startFacade } from '../support/service.js';
import { isQuick } from '../support/tier.js';

const byClass = `{ products(filter: { atc: ["C09"] }, sort: { by: NAME }, first: 100) {
  totalCount pageInfo { complete } nodes { pmsId ingredients { totalCount } } } }`;
const one = '{ product(id: "600000000001") { pmsId } }';

describe.skipIf(isQuick || !hasPostgres)(`an index in a database, ${needsPostgres}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  /** Returns a function that starts services over one upstream and one database. */
  async function startUpstream() {
    const sandbox = await startSandbox({ profile: 'everything' });
    onTestFinished(() => sandbox.stop());
    const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
    const oauth = { tokenUrl: new URL(tokenUrl), clientId, scope };
    const indexUrl = await server.createDatabase();
    const start = async (crawl: boolean) => {
      const service = await startFacade(
        { kind: 'fhir', baseUrl: new URL(baseUrl), oauth },
        { clientSecret, cacheTtlMs: 600_000, indexUrl, index: { file: undefined, inDatabase: true, crawl } },
      );
      let isStopped = false;
      const stop = async (): Promise<void> => {
        if (isStopped) return;
        isStopped = true;
        await service.stop();
      };
      onTestFinished(stop);
      return { ...service, stop };
    };
    const identity = identityOf(baseUrl);
    const holder = async (): Promise<unknown> => {
      const [lease] = await query(indexUrl, `select holder from ${schemaOf(identity)}.lease`);
      return lease?.['holder'];
    };
    return { sandbox, start, holder, indexUrl, identity };
  }

  async function eventually(isTrue: () => Promise<boolean>, mostMs: number): Promise<number> {
    const began = performance.now();
    while (!(await isTrue())) {
      if (performance.now() - began > mostMs) throw new Error(`It is not true after ${mostMs} ms.`);
      await setTimeout(100);
    }
    return performance.now() - began;
  }

  it('is filled by one service, and answers the queries of all without upstream requests', async () => {
    const { sandbox, start } = await startUpstream();
    const first = await start(true);
    const found = await first.query(byClass);
    expect(found.data?.['products']).toMatchObject({ pageInfo: { complete: true } });
    sandbox.clearRequests();
    const second = await start(true);
    expect((await second.query(byClass)).data).toEqual(found.data);
    expect(
      sandbox.requests.filter((request) => String(request).includes('MedicinalProductDefinition')),
    ).toEqual([]);
  });

  it('is filled by another service a few seconds after the first one was stopped', async () => {
    const { start, holder } = await startUpstream();
    const first = await start(true);
    const before = await holder();
    expect(before).toBeTypeOf('string');
    await start(true);
    expect(await holder()).toBe(before);
    await first.stop();
    const ms = await eventually(async () => {
      const now = await holder();
      return now !== undefined && now !== before;
    }, 10_000);
    expect(ms).toBeLessThan(5_000);
  });

  it('is filled by another service when the lease of one that died has ended', async () => {
    const { start, identity, indexUrl } = await startUpstream();
    const dead = await openPostgresStore({ url: indexUrl, identity });
    expect(await dead.claim('crawl', 'dead', 4_000)).toBe(true);
    const service = await start(true);
    const isComplete = async (): Promise<boolean> => {
      const { data } = await service.query('{ service { coverage { complete } } }');
      const told = data?.['service'] as { coverage: { complete: boolean } } | undefined;
      return told?.coverage.complete === true;
    };
    expect(await isComplete()).toBe(false);
    await eventually(isComplete, 30_000);
    await dead.close();
  });

  it('is done without while the database is gone, and is used again when it is back', async () => {
    const { start } = await startUpstream();
    const service = await start(true);
    // Each query differs, because a response that was sent before is sent again.
    const search = (first: number) => `{ searchProducts(text: "tablets", first: ${first}) { totalCount } }`;
    const found = await service.query(search(1));
    expect(found.errors).toBeUndefined();
    server.stop();
    const without = await service.query(one);
    expect(without.errors).toBeUndefined();
    expect(without.data).toEqual({ product: { pmsId: '600000000001' } });
    const started = await start(true);
    expect((await started.query(one)).data).toEqual(without.data);
    for (const each of [service, started])
      expect((await each.query(search(2))).errors).toMatchObject([
        { extensions: { code: 'INDEX_UNAVAILABLE' } },
      ]);
    server.start();
    let first = 2;
    for (const each of [service, started])
      await eventually(async () => {
        const { data, errors } = await each.query(search(++first));
        return errors === undefined && JSON.stringify(data) === JSON.stringify(found.data);
      }, 60_000);
  });
});
