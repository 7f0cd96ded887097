/** `index crawl` killed again and again: every reported product is stored, and the next run continues. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import type { IndexReport } from '../../src/commands/index/status.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { identityOf, openIndex } from '../../src/search-index/open-index.js';
import { testFolder } from '../support/folder.js';
import { isQuick } from '../support/tier.js';

const kills = 25;
const program = 'dist/pms-graphql.js';
const run = promisify(execFile);

it.skipIf(isQuick)(
  `a crawl that is killed ${kills} times keeps all stored products, and its last run completes the index`,
  async () => {
    const products = 10 * kills;
    const sandbox = await startSandbox({ products, seed: 5, quirks: false, maxPageSize: 10, latency: 20 });
    onTestFinished(() => sandbox.stop());
    const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
    const file = path.join(testFolder().path, 'index.sqlite');
    const { PATH = '' } = process.env;
    const env = {
      PATH,
      PMS_BASE_URL: baseUrl,
      PMS_TOKEN_URL: tokenUrl,
      PMS_CLIENT_ID: clientId,
      PMS_CLIENT_SECRET: clientSecret,
      PMS_SCOPE: scope,
      PMS_PROFILE: 'everything',
      PMS_RATE_LIMIT: '100000',
      INDEX: 'on',
      INDEX_URL: `sqlite:${file}`,
      INDEX_TERMS_ACCEPTED: 'true',
      LOG_LEVEL: 'silent',
    };
    const status = async (): Promise<IndexReport> => {
      const { stdout } = await run(process.execPath, [program, 'index', 'status', '--json'], { env });
      return JSON.parse(stdout) as IndexReport;
    };

    let before = { products: 0, withDetails: 0 };
    for (let kill = 0; kill < kills; kill += 1) {
      sandbox.clearRequests();
      const child = spawn(process.execPath, [program, 'index', 'crawl'], { env, stdio: 'ignore' });
      // At any moment: while the process opens the index, lists, or reads; the last time when most products have been read.
      const most = kill === kills - 1 ? Math.floor(products * 0.8) : 1 + ((kill * 7) % 20);
      while (sandbox.requests.length < most && child.exitCode === null) await setTimeout(3);
      child.kill('SIGKILL');
      await once(child, 'close');
      const report = await status();
      expect(report).toMatchObject({ readable: true, access: 'writes' });
      expect(report.products).toBeGreaterThanOrEqual(before.products);
      expect(report.withDetails).toBeGreaterThanOrEqual(before.withDetails);
      before = report;
    }
    await expectWhole(file, baseUrl, before.withDetails);

    sandbox.clearRequests();
    const { stdout } = await run(process.execPath, [program, 'index', 'crawl'], { env });
    expect(stdout).toMatch(/Complete\.\n$/);
    expect(await status()).toMatchObject({ complete: true, products, withDetails: products });
    expect(before.withDetails).toBeGreaterThan(0);
    expect(sandbox.requests.length).toBeLessThan(products + products / 10 - before.withDetails + 1);
  },
  600_000,
);

/** Checks that each counted product has all its records, and that each product has its change. */
async function expectWhole(file: string, base: string, withDetails: number): Promise<void> {
  const index = await openIndex({ file, identity: identityOf(base), maxBytes: 2 ** 31 });
  try {
    const held = await index.products(await index.ids());
    expect(held.size).toBe(withDetails);
    for (const { records } of held.values()) expect(records.length).toBeGreaterThan(1);
    const { rows } = await index.changes({ first: 10_000 });
    // Each product is new once. That its details were read later is not a change.
    expect(rows.every(({ kind }) => kind === 'NEW')).toBe(true);
    expect(rows.map(({ productId }) => productId).sort()).toEqual([...(await index.ids())].sort());
  } finally {
    await index.close();
  }
}
