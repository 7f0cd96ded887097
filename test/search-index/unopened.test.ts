/** If the index cannot be opened, the service runs without it, and reports this on request. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import nodeFetch from 'node-fetch';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/commands/doctor.js';
import { openKept } from '../../src/kept-index.js';
import { createLog } from '../../src/log.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { connect } from '../../src/service.js';
import { testConfig, testSecrets } from '../support/config.js';
import { isQuick } from '../support/tier.js';
import { testFolder } from '../support/folder.js';
import { startTestService } from '../support/service.js';

/** Paths at which no file can be created, with the expected message. */
const places: readonly (readonly [string, () => string, string])[] = [
  ['is a folder', () => testFolder().path, 'is a folder. Set INDEX_URL to a file.'],
  [
    'leads through a file',
    () => join(testFolder().write('file', ''), 'index.sqlite'),
    'cannot be created. Set INDEX_URL to a file in a folder that this user may write to.',
  ],
  [
    'is below a folder in which no file can be created',
    () => (process.platform === 'linux' ? '/proc/no-such/index.sqlite' : join(notMade(), 'index.sqlite')),
    'cannot be created. Set INDEX_URL to a file in a folder that this user may write to.',
  ],
];

/** Returns a path with a file name that is too long. */
function notMade(): string {
  return join(testFolder().path, 'a'.repeat(300));
}

describe.each(places)('an index path that %s', (_, pathOf, says) => {
  it('leaves the service without an index, which it reports with INDEX_UNAVAILABLE', async () => {
    const service = await startTestService({ index: { file: pathOf() } });
    onTestFinished(() => service.stop());
    const { data, errors } = await service.query(`{
      service { version coverage { products } }
      substances { totalCount }
      product(id: "600000000001") { pmsId }
    }`);
    expect(data).toEqual({
      service: { version: '0.0.0', coverage: null },
      substances: null,
      product: { pmsId: '600000000001' },
    });
    expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions.code])).toEqual(
      expect.arrayContaining([
        ['service.coverage', 'INDEX_UNAVAILABLE'],
        ['substances', 'INDEX_UNAVAILABLE'],
      ]),
    );
    const ready = await nodeFetch(`${service.origin}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      expect.objectContaining({ index: { isAvailable: false } }),
    ]);
  });

  it('is reported in one line by the command `doctor`', async () => {
    const sandbox = await startSandbox({ products: 5, seed: 1 });
    onTestFinished(() => sandbox.stop());
    const file = pathOf();
    const index = { file, crawl: false, share: 1, maxAgeMs: 60_000, maxBytes: 2 ** 31 };
    const config = testConfig({ profile: 'everything', index });
    const log = createLog('silent');
    const connection = connect({
      config,
      secrets: testSecrets({ clientSecret: undefined }),
      upstream: { kind: 'sandbox', baseUrl: new URL(sandbox.baseUrl) },
      log,
      index: await openKept(index, sandbox.baseUrl, log),
    });
    onTestFinished(() => connection.close());
    const { ok, checks } = await diagnose(connection, {
      secretExpires: undefined,
      index,
      requestBudget: 120,
    });
    expect(ok).toBe(false);
    expect(checks.find(({ name }) => name === 'index')).toEqual({
      name: 'index',
      ok: false,
      says: `${file} ${says}`,
    });
  });
});

it.skipIf(isQuick)('an index path is accepted if its last folder can be created', async () => {
  const folder = testFolder().path;
  mkdirSync(join(folder, 'a'));
  const service = await startTestService({ index: { file: join(folder, 'a', 'b', 'index.sqlite') } });
  onTestFinished(() => service.stop());
  const { data } = await service.query('{ service { coverage { complete } } }');
  expect(data).toEqual({ service: { coverage: { complete: true } } });
});
