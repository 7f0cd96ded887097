/** The output of `index status`, and the effect of `index purge`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { IndexPlace } from '../../../src/commands/index/place.js';
import { placeOf } from '../../../src/commands/index/place.js';
import { purge } from '../../../src/commands/index/purge.js';
import { printed, reportOn } from '../../../src/commands/index/status.js';
import { ConfigError, readConfig } from '../../../src/config/config.js';
import { openIndex } from '../../../src/search-index/open-index.js';
import type { SearchIndex } from '../../../src/search-index/search-index.js';
import { testFolder } from '../../support/folder.js';
import { damage } from '../../search-index/store/damage.js';

const asOf = new Date('2026-03-01T12:00:00Z');

function newPlace(): IndexPlace & { readonly file: string } {
  return { file: path.join(testFolder().path, 'index.sqlite'), identity: 'test', maxBytes: 2 ** 31 };
}

async function filled(place: IndexPlace): Promise<SearchIndex> {
  const index = await openIndex(place);
  onTestFinished(() => index.close());
  const derived = { rows: [], tokens: [] };
  const product = (id: string) => ({
    id,
    asOf,
    url: `/MedicinalProductDefinition/${id}`,
    records: [{ resourceType: 'MedicinalProductDefinition' as const, id, identifier: [], name: [] }],
    unidentified: [],
    derived,
  });
  await index.put([product('1'), product('2')]);
  await index.enumerated({ asOf: asOf.getTime(), listed: 3, total: 3, gaps: [] });
  return index;
}

describe('the command `index status`', () => {
  it('prints that the index is empty, and creates no file', async () => {
    const place = newPlace();
    const report = await reportOn(place);
    expect(report).toMatchObject({ place: place.file, readable: true, access: null, products: 0 });
    expect(printed(report)).toMatch(/^The index is empty: /);
    expect(existsSync(place.file)).toBe(false);
  });

  it('prints the number of products, and which parts are missing', async () => {
    const place = newPlace();
    await (await filled(place)).close();
    const report = await reportOn(place);
    expect(report).toMatchObject({
      place: place.file,
      readable: true,
      access: 'writes',
      products: 2,
      withDetails: 2,
      upstreamTotal: 3,
      complete: false,
      gaps: ['Of 3 products 1 is not in the index.'],
      asOf: asOf.toISOString(),
      oldest: asOf.toISOString(),
    });
    expect(report.bytes).toBeGreaterThan(0);
    expect(printed(report)).toMatch(/2 products of 3 that the upstream has, 2 with all their records/);
  });

  it('prints the data that another process writes at the same time, and says so', async () => {
    const place = newPlace();
    await filled(place);
    expect(await reportOn(place)).toMatchObject({
      products: 2,
      access: 'reads',
      because: 'Another process is writing to the index.',
    });
  });

  it('prints why the index cannot be opened', async () => {
    const folder = testFolder();
    const file = folder.write('index.sqlite', 'no database, whatever its name says: '.repeat(100));
    const report = await reportOn({ file, identity: 'test', maxBytes: 2 ** 31 });
    expect(report).toMatchObject({ readable: false, products: 0 });
    expect(printed(report)).toMatch(
      /^[^\n]*index\.sqlite .*[Dd]elete it, and the service fills a new one[^\n]*\.\n$/,
    );
  });
});

describe('the command `index status` over a damaged file', () => {
  it('reports the damage even if the pages that it counts are intact, and says what to do', async () => {
    const place = newPlace();
    await (await filled(place)).close();
    damage(place.file, 'rest');
    const report = await reportOn(place);
    expect(report).toMatchObject({ readable: false, access: null, products: 0 });
    expect(printed(report)).toBe(
      `${place.file} is damaged. Stop the processes that use it and delete it, and the service fills a new index.\n`,
    );
  });

  it('reports if a folder has the name of the file', async () => {
    const file = testFolder().path;
    const report = await reportOn({ ...newPlace(), file });
    expect(printed(report)).toBe(`${file} is a folder. Set INDEX_URL to a file.\n`);
  });
});

describe('the command `index purge`', () => {
  it('deletes all data', async () => {
    const place = newPlace();
    await (await filled(place)).close();
    expect(await purge(place)).toMatch(/^2 products deleted from /);
    expect(await reportOn(place)).toMatchObject({ products: 0, upstreamTotal: null, asOf: null });
    expect(await purge(place)).toMatch(/^0 products deleted from /);
  });

  it('creates no file', async () => {
    const place = newPlace();
    expect(await purge(place)).toMatch(/^The index is empty: /);
    expect(existsSync(place.file)).toBe(false);
  });

  it('refuses to run while another process writes to the index', async () => {
    const place = newPlace();
    await filled(place);
    await expect(purge(place)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('Another process is writing to the index.') as unknown,
    });
    expect(await reportOn(place)).toMatchObject({ products: 2 });
  });
});

describe('the commands for the index', () => {
  const upstream = { PMS_BASE_URL: 'https://pms.example/v1', HOME: '/home/me' };
  const placed = (env: Readonly<Record<string, string>>) => {
    const { config, secrets } = readConfig(env);
    return placeOf(config, secrets);
  };

  it.each([
    ['runs over the embedded sandbox', {}, 'PMS_BASE_URL'],
    ['has no index', upstream, 'INDEX_TERMS_ACCEPTED'],
  ])('are refused if the service %s', (_, env, setting) => {
    expect(() => placed(env)).toThrow(ConfigError);
    expect(() => placed(env)).toThrow(setting);
  });

  it('use one index for an upstream, however its base URL is written', () => {
    const env = { ...upstream, INDEX: 'on', INDEX_TERMS_ACCEPTED: 'true' };
    expect(placed({ ...env, PMS_BASE_URL: 'https://pms.example/v1/' })).toEqual(placed(env));
  });
});
