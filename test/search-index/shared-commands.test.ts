/** The program with an index in a PostgreSQL database: its commands, its exit codes, and no secret in its output. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.js';
import { identityOf } from '../../src/search-index/open-index.js';
import { schemaOf } from '../../src/search-index/store/postgres/open-postgres-store.js';
import { freePort } from '../support/free-port.js';
import {
  hasPostgres,
  needsPostgres,
  query,
  startPostgres,
  type PostgresServer,
} from '../support/postgres.js';
import { isQuick } from '../support/tier.js';

describe.skipIf(isQuick || !hasPostgres)(`the program over a database, ${needsPostgres}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  async function startWorld() {
    const sandbox = await startSandbox({ products: 30, seed: 1 });
    onTestFinished(() => sandbox.stop());
    const url = await server.createDatabase();
    const port = await freePort();
    const env = {
      PATH: process.env['PATH'],
      PMS_BASE_URL: sandbox.baseUrl,
      PMS_TOKEN_URL: sandbox.tokenUrl,
      PMS_CLIENT_ID: sandbox.clientId,
      PMS_CLIENT_SECRET: sandbox.clientSecret,
      PMS_SCOPE: sandbox.scope,
      PORT: String(port),
      INDEX: 'on',
      INDEX_TERMS_ACCEPTED: 'true',
      INDEX_URL: url.replace('pms@', 'pms:hunter2@'),
      INDEX_CRAWL: 'true',
    };
    const start = (...words: readonly string[]): ChildProcessWithoutNullStreams => {
      const child = spawn(process.execPath, ['dist/pms-graphql.js', ...words], { env });
      onTestFinished(() => void child.kill('SIGKILL'));
      return child;
    };
    /** Runs a command to its end. */
    const run = async (...words: readonly string[]) => {
      const child = start(...words);
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close') as Promise<[number]>,
      ]);
      expect(stdout + stderr).not.toContain('hunter2');
      return { code, stdout, stderr };
    };
    const ready = async (): Promise<Readonly<Record<string, unknown>>> => {
      const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
      return ((await response?.json().catch(() => undefined)) ?? {}) as Readonly<Record<string, unknown>>;
    };
    const schema = schemaOf(identityOf(sandbox.baseUrl));
    return {
      env,
      url,
      schema,
      start,
      run,
      ready,
      place: `postgres://127.0.0.1:${server.port}${new URL(url).pathname}, schema ${schema}`,
    };
  }

  it('fills it, reports on it and empties it', async () => {
    const { run, place } = await startWorld();
    const crawled = await run('index', 'crawl');
    expect(crawled).toMatchObject({ code: 0 });
    expect(crawled.stdout).toContain('30 of 30 products in the index');
    const status = await run('index', 'status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({
      place,
      readable: true,
      access: 'writes',
      products: 30,
      withDetails: 30,
      complete: true,
    });
    const doctor = await run('doctor');
    expect(doctor.stdout).toContain('it contains 30 products, 30 with all their records');
    expect(await run('index', 'purge')).toMatchObject({
      code: 0,
      stdout: `30 products deleted from ${place}.\n`,
    });
    expect(JSON.parse((await run('index', 'status', '--json')).stdout)).toMatchObject({ products: 0 });
  });

  it('serves from it, in a thread of its own, and lets no second process fill it', async () => {
    const { start, run, ready } = await startWorld();
    const service = start('serve');
    let told = '';
    for (const stream of [service.stdout, service.stderr])
      stream.on('data', (data) => (told += String(data)));
    await expect
      .poll(ready, { timeout: 60_000 })
      .toMatchObject({ index: { isAvailable: true, products: 30, withDetails: 30, complete: true } });
    const refused = await run('index', 'crawl');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/Another process is filling the index/);
    server.stop();
    await expect.poll(ready, { timeout: 60_000 }).toMatchObject({ index: { isAvailable: false } });
    const lost = await run('index', 'status');
    expect(lost).toMatchObject({
      code: 1,
      stdout: 'The database of the index cannot be reached. Check INDEX_URL.\n',
    });
    expect((await run('doctor')).stdout).toContain('The database of the index cannot be reached.');
    expect((await run('index', 'crawl')).stderr).toContain('The database of the index cannot be reached.');
    server.start();
    await expect
      .poll(ready, { timeout: 60_000 })
      .toMatchObject({ index: { isAvailable: true, products: 30 } });
    await expect.poll(() => told, { timeout: 60_000 }).toContain('index.available');
    expect(told).toContain('index.unavailable');
    expect(told).not.toContain('hunter2');
  });

  it('refuses to start if its schema belongs to another upstream', async () => {
    const { run, url, schema } = await startWorld();
    await run('index', 'status');
    await query(url, `update ${schema}.meta set value = 'other' where name = 'identity'`);
    const refused = await run('serve');
    expect(refused.code).toBe(78);
    expect(refused.stderr).toMatch(/is the index of another upstream/);
  });
});
