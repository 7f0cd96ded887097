/** What each operation asks of its upstream, route by route: a change that adds a call shows here. */
import { describe, expect, it } from 'vitest';
import type { SandboxRequest } from '../../src/sandbox/server.js';
import { operationFiles } from '../support/operations.js';
import { startTestService } from '../support/service.js';

/** `GET Ingredient?for`: ids and values left out, and what only says how much is wanted at once. */
function shapeOf({ method, path, form }: SandboxRequest): string {
  const [resource = '', query = ''] = path.split('?');
  const names = [...new URLSearchParams(form ?? query).keys()]
    .filter((name) => name !== '_count' && name !== '_elements')
    .sort();
  const shape = resource.replace(/^\//, '').replace(/(?<=^[A-Za-z]+\/)(?!_search)[^/]+/, '{id}');
  return `${method} ${shape}${names.length > 0 ? `?${names.join('&')}` : ''}`;
}

describe('the requests of every operation', () => {
  it('are those of requests.golden.json (`npx vitest run test/catalogue/golden.test.ts -u` writes it anew)', async () => {
    const golden: Record<string, Record<string, Record<string, number>>> = {};
    for (const profile of ['everything', 'search', 'include'] as const) {
      const service = await startTestService({ profile, sandbox: { maxPageSize: 1_000 } });
      for (const { text } of operationFiles) await service.query(text);
      for (const { name, text } of operationFiles) {
        service.sandbox.clearRequests();
        await service.query(text);
        const counts: Record<string, number> = {};
        for (const shape of service.sandbox.requests.map(shapeOf).sort())
          counts[shape] = (counts[shape] ?? 0) + 1;
        (golden[name] ??= {})[profile] = counts;
      }
      await service.stop();
    }
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot('requests.golden.json');
  });
});

/** One term of each kind. */
const terms: Readonly<Record<string, string>> = {
  name: 'Imatara 400 mg film-coated tablets',
  'beginning of a name': 'Imatara',
  'PMS ID': '600000000001',
  MPID: 'EU-100900001-00000001',
  'EV code': 'PRD400001',
  'authorization number': 'EU/1/24/9001',
  'authorization number of a package': 'EU/1/24/9001/001',
  'procedure number': 'EMEA/H/C/009001/0000',
  PCID: 'EU-100900001-00000001-001',
  'ATC code': 'C09AA02',
};

describe('the requests of a lookup', () => {
  it('are those of lookups.golden.json', async () => {
    const golden: Record<string, Record<string, Record<string, number>>> = {};
    for (const profile of ['everything', 'search', 'include'] as const) {
      const service = await startTestService({
        profile,
        sandbox: { maxPageSize: 1_000 },
        memory: { freshMs: 0, maxBytes: 0 },
      });
      for (const [kind, looked] of [
        ...Object.entries(terms),
        ['all of these', Object.values(terms)] as const,
      ]) {
        service.sandbox.clearRequests();
        await service.query('query ($terms: [String!]!) { lookup(terms: $terms) { kind } }', {
          terms: [looked].flat(),
        });
        const counts: Record<string, number> = {};
        for (const shape of service.sandbox.requests.map(shapeOf).sort())
          counts[shape] = (counts[shape] ?? 0) + 1;
        (golden[kind] ??= {})[profile] = counts;
      }
      await service.stop();
    }
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot('lookups.golden.json');
  });
});
