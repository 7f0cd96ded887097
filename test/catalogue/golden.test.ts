/** The upstream requests of each operation, route by route: a change that adds a request shows here. */
import { describe, expect, it } from 'vitest';
import type { SandboxRequest } from '../../src/sandbox/server.js';
import { document } from '../support/filter-checks.js';
import type { FilterInput } from '../support/filter-truth.js';
import { operationFiles } from '../support/operations.js';
import { startTestService } from '../support/service.js';
import { isQuick } from '../support/tier.js';

/** Returns the form of a request, such as `GET Ingredient?for`, without ids, values, `_count` and `_elements`. */
function shapeOf({ method, path, form }: SandboxRequest): string {
  const [resource = '', query = ''] = path.split('?');
  const names = [...new URLSearchParams(form ?? query).keys()]
    .filter((name) => name !== '_count' && name !== '_elements')
    .sort();
  const shape = resource.replace(/^\//, '').replace(/(?<=^[A-Za-z]+\/)(?!_search)[^/]+/, '{id}');
  return `${method} ${shape}${names.length > 0 ? `?${names.join('&')}` : ''}`;
}

function countsOf(requests: readonly SandboxRequest[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const shape of requests.map(shapeOf).sort()) counts[shape] = (counts[shape] ?? 0) + 1;
  return counts;
}

describe('the upstream requests of each example operation', () => {
  it('equal those in requests.golden.json (`npx vitest run test/catalogue/golden.test.ts -u` writes it anew)', async () => {
    const golden: Record<string, Record<string, Record<string, number>>> = {};
    for (const profile of ['everything', 'search', 'include'] as const) {
      const service = await startTestService({ profile, isKnown: true, sandbox: { maxPageSize: 1_000 } });
      for (const { text } of operationFiles) await service.query(text);
      for (const { name, text } of operationFiles) {
        service.sandbox.clearRequests();
        await service.query(text);
        (golden[name] ??= {})[profile] = countsOf(service.sandbox.requests);
      }
      await service.stop();
    }
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot('requests.golden.json');
  });
});

/** One filter for each part, all matching one product. */
const filters: readonly FilterInput[] = [
  { ids: ['600000000001', '600000000002'] },
  { name: 'velanta' },
  { nameStartsWith: 'Avelanta' },
  { nameEquals: 'Avelanta 5 mg Filmtabletten' },
  { identifier: '600000000001' },
  { identifier: 'PRD400001' },
  { authorizationNumber: 'EU/1/24/9001/001' },
  { procedureNumber: 'EMEA/H/C/009001' },
  { procedureNumber: 'EMEA/H/C/999999' },
  { status: ['200000005004'] },
  { domain: ['100000000012'] },
  { doseForm: ['100000073665'] },
  { route: ['100000073619'] },
  { country: ['SE'] },
  { atc: ['C08CA01'] },
  { atc: ['C08'] },
  { substance: ['100000090079'] },
  { substance: ['Amlodipine besilate'] },
  { holder: ['ORG-100900006'] },
  { holder: ['Fjordvik Läkemedel AB'] },
  { updatedSince: '2026-01-01T00:00:00Z' },
];

describe('the upstream requests of each filter argument', () => {
  it.skipIf(isQuick)('equal those in filters.golden.json', async () => {
    const golden: Record<string, Record<string, Record<string, number>>> = {};
    for (const profile of ['everything', 'search', 'include'] as const) {
      const service = await startTestService({
        profile,
        isKnown: true,
        budget: 1_000,
        sandbox: { maxPageSize: 1_000 },
      });
      for (const filter of filters) {
        service.sandbox.clearRequests();
        await service.query(document, { filter, first: 20 });
        (golden[JSON.stringify(filter)] ??= {})[profile] = countsOf(service.sandbox.requests);
      }
      await service.stop();
    }
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot('filters.golden.json');
  });
});

/** One lookup term of each kind. */
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
  'bar code': '09520000001001',
  'GS1 string': '01095200000010011728013110A1',
  'substance code': '100000090079',
  'name of a substance': 'Amlodipine besilate',
};

describe('the upstream requests of a lookup', () => {
  it.skipIf(isQuick)('equal those in lookups.golden.json', async () => {
    const golden: Record<string, Record<string, Record<string, number>>> = {};
    for (const profile of ['everything', 'search', 'include'] as const) {
      const service = await startTestService({
        isKnown: true,
        profile,
        sandbox: { maxPageSize: 1_000 },
      });
      for (const [kind, looked] of [
        ...Object.entries(terms),
        ['all of these', Object.values(terms)] as const,
      ]) {
        service.sandbox.clearRequests();
        await service.query('query ($terms: [String!]!) { lookup(terms: $terms) { kind } }', {
          terms: [looked].flat(),
        });
        (golden[kind] ??= {})[profile] = countsOf(service.sandbox.requests);
      }
      await service.stop();
    }
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot('lookups.golden.json');
  });
});
