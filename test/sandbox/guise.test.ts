/** Guises of the sandbox: the ways in which FHIR servers differ, each tested over HTTP. */

import type { Bundle, CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r5.js';
import { afterEach, describe, expect, test } from 'vitest';
import {
  parseGuise,
  startSandbox,
  type Guise,
  type Sandbox,
  type SandboxOptions,
} from '../../src/sandbox/server.js';
import { connect, keyOf, nextOf, resourcesOf, type Client } from './client.js';

let sandbox: Sandbox | undefined;

async function start(options: SandboxOptions): Promise<Client> {
  sandbox = await startSandbox(options);
  return connect(sandbox);
}

function included(guise: Guise, options: SandboxOptions = {}): Promise<Client> {
  return start({ profile: 'include', guise, ...options });
}

function known(guise: Guise, options: SandboxOptions = {}): Promise<Client> {
  return start({ guise, ...options });
}

afterEach(() => sandbox?.stop());

const packages = '/PackagedProductDefinition?package-for=600000000001';
const family =
  '/MedicinalProductDefinition?_id=600000000014&_revinclude=PackagedProductDefinition:package-for';
const products = '/MedicinalProductDefinition?name=a';

async function declared(client: Client, type: string): Promise<CapabilityStatementRestResource | undefined> {
  const statement = JSON.parse((await client.send('/metadata')).text) as CapabilityStatement;
  return statement.rest?.[0]?.resource?.find((each) => each.type === type);
}

function names(resource: CapabilityStatementRestResource | undefined): string[] {
  return resource?.searchParam?.map(({ name }) => name) ?? [];
}

function selfOf(bundle: Bundle): string | undefined {
  return bundle.link?.find(({ relation }) => relation === 'self')?.url;
}

function modesOf(bundle: Bundle): string[] {
  return bundle.entry?.map(({ search }) => search?.mode ?? '') ?? [];
}

describe('the description that a variant of the sandbox server gives of itself', () => {
  test('can be missing: /metadata answers 404', async () => {
    const client = await included({ metadata: 'absent' });
    expect((await client.outcome('/metadata')).status).toBe(404);
    expect((await client.bundle(packages)).total).toBe(3);
  });

  test('can be a CapabilityStatement with the features of EMA’s API and with $everything', async () => {
    const client = await known({ metadata: 'present' });
    expect(await declared(client, 'MedicinalProductDefinition')).toEqual({
      type: 'MedicinalProductDefinition',
      interaction: [{ code: 'read' }, { code: 'search-type' }],
      searchParam: [
        { name: '_id', type: 'token' },
        { name: 'name', type: 'string' },
      ],
      operation: [
        {
          name: 'everything',
          definition: 'http://hl7.org/fhir/OperationDefinition/MedicinalProductDefinition-everything',
        },
      ],
    });
    expect(await declared(client, 'Ingredient')).toBeUndefined();
  });

  test('declares a search parameter that the variant `refuses`', async () => {
    const client = await included({
      refuses: ['Ingredient?for', '_revinclude=PackagedProductDefinition:package-for'],
    });
    expect(names(await declared(client, 'Ingredient'))).toContain('for');
    expect((await declared(client, 'MedicinalProductDefinition'))?.searchRevInclude).toContain(
      'PackagedProductDefinition:package-for',
    );
    expect((await client.outcome('/Ingredient?for=20000000100')).status).toBe(400);
    expect((await client.outcome(family)).status).toBe(400);
    expect((await client.send(packages)).status).toBe(200);
  });

  test('does not declare a search parameter that the variant `conceals`, although it works', async () => {
    const client = await included({ conceals: ['package-for', '_revinclude', 'Ingredient?'] });
    expect(names(await declared(client, 'PackagedProductDefinition'))).not.toContain('package-for');
    expect(await declared(client, 'MedicinalProductDefinition')).not.toHaveProperty('searchRevInclude');
    expect(await declared(client, 'Ingredient')).toBeUndefined();
    expect((await client.bundle(packages)).total).toBe(3);
    expect(modesOf(await client.bundle(family))).toContain('include');
    expect((await client.bundle('/Ingredient?for=20000000100')).total).toBeGreaterThan(0);
  });

  test('does not declare a search parameter that the variant `lacks`, and it does not work', async () => {
    const client = await included({ lacks: ['manufactured-item', '_include', 'SubstanceDefinition?'] });
    const pack = await declared(client, 'PackagedProductDefinition');
    expect(names(pack)).not.toContain('manufactured-item');
    expect(names(pack)).toContain('contained-item');
    expect(pack).not.toHaveProperty('searchInclude');
    expect(pack?.searchRevInclude).toBeDefined();
    expect(await declared(client, 'SubstanceDefinition')).toBeUndefined();
    expect((await client.outcome('/PackagedProductDefinition?manufactured-item=1')).status).toBe(400);
    expect((await client.outcome('/SubstanceDefinition/1')).status).toBe(404);
  });

  test.each([
    ['holder', 'holder.name=x'],
    ['*.*', 'holder.name=x'],
    ['_has', '_has:Ingredient:for:role=1'],
    ['Ingredient?role', '_has:Ingredient:for:role=1', 'ManufacturedItemDefinition'],
    ['name:contains', 'name:contains=x', 'Organization'],
    ['_include:iterate', '_include:iterate=RegulatedAuthorization:holder'],
    ['_include=*:subject', '_include=RegulatedAuthorization:subject:PackagedProductDefinition'],
    ['_sort', '_sort=_id'],
  ])(
    'does not declare `%s` if the variant lacks it, and the request %s fails',
    async (lacks, query, type = 'RegulatedAuthorization') => {
      const client = await included({ lacks: [lacks] });
      expect((await client.outcome(`/${type}?${query}`)).status).toBe(400);
      expect((await client.send(`/${type}?_id=1`)).status).toBe(200);
    },
  );

  test('can be an OpenAPI document that states the maximum page size', async () => {
    const client = await known({ metadata: 'swagger' }, { maxPageSize: 50 });
    expect((await client.outcome('/metadata')).status).toBe(404);
    const reply = await client.send('/swagger');
    const document = JSON.parse(reply.text) as { paths: Record<string, unknown> };
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(document).toMatchObject({ openapi: '3.0.3', servers: [{ url: sandbox?.baseUrl }] });
    expect(Object.keys(document.paths)).toEqual([
      '/MedicinalProductDefinition',
      '/MedicinalProductDefinition/{id}',
      '/MedicinalProductDefinition/{id}/$everything',
    ]);
    expect(document.paths['/MedicinalProductDefinition']).toMatchObject({
      get: {
        parameters: [
          {
            name: '_count',
            in: 'query',
            schema: { type: 'integer', minimum: 0, maximum: 50, default: 20 },
          },
          { name: '_id', in: 'query', schema: { type: 'string' } },
          { name: 'name', in: 'query', schema: { type: 'string' } },
        ],
      },
    });
  });

  test('declares includes and POST in its OpenAPI document if the profile of the sandbox has them', async () => {
    const client = await included({ metadata: 'swagger', lacks: ['Ingredient?', '_revinclude:iterate'] });
    const { paths } = JSON.parse((await client.send('/swagger')).text) as {
      paths: Record<string, { get?: { parameters: { name: string; schema: unknown }[] }; post?: unknown }>;
    };
    const parameters = paths['/PackagedProductDefinition']?.get?.parameters ?? [];
    expect(parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['package-for', '_lastUpdated', '_sort', '_include', '_include:iterate']),
    );
    expect(parameters.map(({ name }) => name)).not.toContain('_revinclude:iterate');
    expect(parameters.find(({ name }) => name === '_revinclude')?.schema).toMatchObject({
      type: 'array',
      items: { enum: expect.arrayContaining(['RegulatedAuthorization:subject']) as unknown },
    });
    expect(paths['/PackagedProductDefinition/_search']).toHaveProperty('post');
    expect(Object.keys(paths).filter((path) => path.startsWith('/Ingredient'))).toEqual([]);
  });

  test.each(['present', 'swagger'] as const)(
    'with `metadata=%s` can be slow while all other requests are fast',
    async (metadata) => {
      const client = await included({ metadata }, { metadataLatency: 1_000 });
      const path = metadata === 'present' ? '/metadata' : '/swagger';
      const answered: string[] = [];
      const began = performance.now();
      // The later request is answered first.
      await Promise.all([path, packages].map((each) => client.send(each).then(() => answered.push(each))));
      expect(answered).toEqual([packages, path]);
      expect(performance.now() - began).toBeGreaterThan(950);
    },
  );
});

describe('search parameters of a variant of the sandbox server', () => {
  test('that it ignores give all resources, and its `self` link does not have them', async () => {
    const client = await included({ ignores: ['PackagedProductDefinition?package-for'] });
    const bundle = await client.bundle(`${packages}&status=200000005004&_count=1`);
    expect(bundle.total).toBeGreaterThan(50);
    expect(selfOf(bundle)).not.toContain('package-for');
    expect(selfOf(bundle)).toContain('_count=1');
    expect(names(await declared(client, 'PackagedProductDefinition'))).toContain('package-for');
  });

  test('that it ignores can still be in its `self` link', async () => {
    const client = await included({ ignores: ['package-for'], self: 'asked' });
    const bundle = await client.bundle(`${packages}&_count=1`);
    expect(selfOf(bundle)).toContain('package-for=600000000001');
    const second = await client.bundle(nextOf(bundle) ?? '');
    expect(second.total).toBe(bundle.total);
    expect(selfOf(second)).toBe(selfOf(bundle));
  });

  test('can be includes that it ignores, all or one of several', async () => {
    const client = await included({ ignores: ['_revinclude=PackagedProductDefinition:package-for'] });
    const bundle = await client.bundle(`${family}&_revinclude=AdministrableProductDefinition:form-of`);
    expect(resourcesOf(bundle).map(({ resourceType }) => resourceType)).not.toContain(
      'PackagedProductDefinition',
    );
    expect(modesOf(bundle)).toContain('include');
  });

  test('that are unknown can be ignored, while malformed ones are refused', async () => {
    const client = await included({ unknown: 'ignored', lacks: ['status'] });
    const path = '/PackagedProductDefinition?colour=blue&status=1&name:nonsense=1&_include=X:y&_sort=colour';
    const bundle = await client.bundle(path);
    expect(bundle.total).toBeGreaterThan(50);
    expect(selfOf(bundle)).toBe(`${sandbox?.baseUrl}/PackagedProductDefinition`);
    expect((await client.outcome('/PackagedProductDefinition?_count=many')).status).toBe(400);
    expect((await client.outcome('/PackagedProductDefinition?_lastUpdated=never')).status).toBe(400);
  });

  test('that it ignores can be reported in an OperationOutcome entry of the page', async () => {
    const client = await included({ unknown: 'told', lacks: ['status'], ignores: ['region'], self: 'asked' });
    const path = '/RegulatedAuthorization?colour=blue&status=1&region=1&_count=1';
    const bundle = await client.bundle(path);
    expect(selfOf(bundle)).toContain('colour=blue');
    const outcome = bundle.entry?.find(({ search }) => search?.mode === 'outcome')?.resource;
    expect(outcome).toMatchObject({
      issue: ['colour', 'status', 'region'].map((name) => ({
        severity: 'warning',
        code: 'not-supported',
        diagnostics: `The search parameter '${name}' is not supported for resource type 'RegulatedAuthorization'.`,
      })),
    });
    expect(modesOf(await client.bundle('/RegulatedAuthorization?_count=1'))).not.toContain('outcome');
  });

  test.each(['colour=blue', 'status=1', 'region=1'])(
    'of the kind %s are refused under `Prefer: handling=strict`',
    async (query) => {
      const client = await included({ unknown: 'told', lacks: ['status'], ignores: ['region'] });
      const path = `/RegulatedAuthorization?${query}`;
      const statusFor = async (prefer: string): Promise<number> =>
        (await client.send(path, { headers: { prefer } })).status;
      expect([await statusFor('handling=strict'), await statusFor('handling=lenient')]).toEqual([400, 200]);
      const deaf = await included({ unknown: 'ignored', lacks: ['status'], ignores: ['region'] });
      expect((await deaf.send(path, { headers: { prefer: 'handling=strict' } })).status).toBe(200);
    },
  );

  test('include `_total`, without which it can leave out the total', async () => {
    const client = await known({ total: 'asked' });
    expect(await client.bundle('/MedicinalProductDefinition?_count=1')).not.toHaveProperty('total');
    const { total } = await client.bundle('/MedicinalProductDefinition?_count=1&_total=accurate');
    expect(total).toBeGreaterThan(1);
  });

  test('can be missing from a page because the page has no `self` link', async () => {
    const client = await included({ self: 'absent' });
    const bundle = await client.bundle('/Ingredient?_count=1');
    expect(bundle.link?.map(({ relation }) => relation)).toEqual(['next']);
  });

  test('for a name can compare its beginning instead of any part, and the other way round', async () => {
    const starts = await known({ name: 'starts-with' });
    expect((await starts.bundle('/MedicinalProductDefinition?name=velanta')).total).toBe(0);
    await sandbox?.stop();
    const contains = await included({ name: 'contains' });
    expect((await contains.bundle('/MedicinalProductDefinition?name=velanta')).total).toBe(2);
  });
});

describe('a page of a variant of the sandbox server', () => {
  test('can lack included entries above its maximum size, without a notice', async () => {
    const client = await included({ included: 2 });
    const bundle = await client.bundle(
      '/MedicinalProductDefinition?_id=600000000001,600000000002&_revinclude=PackagedProductDefinition:package-for',
    );
    expect(modesOf(bundle)).toEqual(['match', 'match', 'include', 'include']);
    expect(bundle.total).toBe(2);
  });

  test('can count included entries for its size or in its total', async () => {
    const path = '/MedicinalProductDefinition?_revinclude=PackagedProductDefinition:package-for&_count=10';
    const crowded = await included({ counts: 'page' });
    const bundle = await crowded.bundle(path);
    const matches = modesOf(bundle).filter((mode) => mode === 'match').length;
    expect(bundle.entry?.length).toBeLessThanOrEqual(10);
    expect(matches).toBeGreaterThan(0);
    expect(matches).toBeLessThan(10);
    const all = (await crowded.bundle('/MedicinalProductDefinition')).total ?? 0;
    const packages = (await crowded.bundle('/PackagedProductDefinition')).total ?? 0;
    expect(bundle.total).toBe(all);
    await sandbox?.stop();
    const counted = await included({ counts: 'total' });
    const first = await counted.bundle(path);
    expect(modesOf(first).filter((mode) => mode === 'match')).toHaveLength(10);
    expect(first.total).toBe(all + packages);
    expect((await counted.bundle('/MedicinalProductDefinition')).total).toBe(all);
  });

  test.each([
    ['first', ['outcome', 'match', 'include', 'include']],
    ['last', ['match', 'outcome', 'include', 'include']],
  ] as const)('can have an OperationOutcome as its %s entry', async (outcome, modes) => {
    const client = await included({ outcome, included: 2 });
    const bundle = await client.bundle(family);
    expect(modesOf(bundle)).toEqual(modes);
    expect(bundle.total).toBe(1);
    expect(bundle.entry?.find(({ search }) => search?.mode === 'outcome')?.resource?.resourceType).toBe(
      'OperationOutcome',
    );
  });
});

describe('the total of a variant of the sandbox server', () => {
  test.each([
    ['absent', () => [undefined, undefined]],
    ['first', (all: number) => [all, undefined]],
    ['low', (all: number) => [Math.floor(all / 2), Math.floor(all / 2)]],
    ['high', (all: number) => [2 * all + 1, 2 * all + 1]],
  ] as const)('on two pages follows the option `total=%s`', async (total, expected) => {
    const client = await known({ total }, { pageSize: 40 });
    const first = await client.bundle('/MedicinalProductDefinition');
    const second = await client.bundle(nextOf(first) ?? '');
    expect(nextOf(second)).toBeUndefined();
    const all = resourcesOf(first).length + resourcesOf(second).length;
    expect([first.total, second.total]).toEqual(expected(all));
  });

  test('is accurate with `_total=accurate`, unless the variant lacks this parameter', async () => {
    const client = await included({ total: 'low' });
    const total = async (query: string): Promise<number | undefined> =>
      (await client.bundle(`/Ingredient?${query}`)).total;
    const [estimate = 0, accurate = 0] = [await total('_count=1'), await total('_count=1&_total=accurate')];
    expect(estimate).toBe(Math.floor(accurate / 2));
    expect([await total('_summary=count'), await total('_count=0')]).toEqual([accurate, accurate]);
    await sandbox?.stop();
    const lacking = await included({ total: 'absent', lacks: ['_total'] });
    expect(await lacking.bundle('/Ingredient?_total=accurate')).not.toHaveProperty('total');
  });
});

describe('the pages of a variant of the sandbox server', () => {
  test('can have a `next` link that consists of the base URL and a query', async () => {
    const client = await included({ next: 'base' });
    const next = nextOf(await client.bundle('/Ingredient?_count=40'));
    expect(next?.startsWith(`${sandbox?.baseUrl}?_getpages=`)).toBe(true);
    const all = await client.all('/Ingredient?_count=40');
    expect(all.length).toBe((await client.bundle('/Ingredient')).total);
  });

  test('can have a relative `next` link', async () => {
    const client = await included({ next: 'relative' });
    const next = nextOf(await client.bundle('/Ingredient?_count=1'));
    expect(next).toMatch(/^Ingredient\?_page=[\w-]+$/);
    expect((await client.bundle(`/${next}`)).entry).toHaveLength(1);
  });

  test('can have a very long `next` link that does not work if it is shortened', async () => {
    const client = await included({ next: 'long' });
    const next = nextOf(await client.bundle('/Ingredient?_count=1')) ?? '';
    expect(next.length).toBeGreaterThan(6_000);
    expect((await client.bundle(next)).entry).toHaveLength(1);
    expect((await client.outcome(next.slice(0, -1))).status).toBe(410);
  });

  test.each([
    [0, undefined, [410, 410]],
    [1, undefined, [200, 410]],
    [1, 404, [200, 404]],
  ] as const)(
    'can have a `next` link that gives the statuses $2 when it is used twice',
    async (uses, expired, statuses) => {
      const client = await included({ uses, ...(expired === undefined ? {} : { expired }) });
      const next = nextOf(await client.bundle('/Ingredient?_count=1')) ?? '';
      expect([(await client.send(next)).status, (await client.send(next)).status]).toEqual(statuses);
      const again = nextOf(await client.bundle('/Ingredient?_count=1')) ?? '';
      expect((await client.send(again)).status).toBe(statuses[0]);
    },
  );

  test.each([2, 3, 20])('of %i rows can begin with the last row of the previous page', async (count) => {
    const client = await included({ pages: 'overlapping' });
    const all = await client.all('/Organization?_count=100');
    const seen: string[][] = [];
    for (let next: string | undefined = `/Organization?_count=${count}`; next !== undefined;) {
      const page: Bundle = await client.bundle(next);
      seen.push(resourcesOf(page).map(keyOf));
      next = nextOf(page);
    }
    expect([...new Set(seen.flat())]).toEqual(all.map(keyOf));
    expect(seen.slice(1).map(([first]) => first)).toEqual(seen.slice(0, -1).map((page) => page.at(-1)));
    expect(seen.every((page) => page.length <= count)).toBe(true);
  });

  test('of one row do not overlap, because they would never end', async () => {
    const client = await included({ pages: 'overlapping' });
    const all = await client.all('/Organization?_count=1');
    expect(new Set(all.map(keyOf)).size).toBe(all.length);
  });
});

describe('the operations of a variant of the sandbox server', () => {
  test('can include an $everything that has pages although no pages are requested', async () => {
    const client = await known({ everything: 'paged' }, { pageSize: 5 });
    const path = '/MedicinalProductDefinition/600000000024/$everything';
    const first = await client.bundle(path);
    expect(first.entry).toHaveLength(5);
    expect(await client.all(path)).toHaveLength(first.total ?? 0);
    expect(resourcesOf(await client.bundle(`${path}?_count=7`))).toHaveLength(7);
  });

  test('can lack $everything, or have it in addition to searches', async () => {
    const path = '/MedicinalProductDefinition/600000000001/$everything';
    const without = await known({ everything: 'absent' });
    expect((await without.outcome(path)).status).toBe(404);
    await sandbox?.stop();
    const beside = await included({ everything: 'present' });
    expect((await beside.bundle(path)).total).toBeGreaterThan(5);
    expect((await declared(beside, 'MedicinalProductDefinition'))?.operation).toHaveLength(1);
    expect(await declared(beside, 'Ingredient')).not.toHaveProperty('operation');
    expect((await beside.outcome('/Ingredient/1/$everything')).status).toBe(404);
  });

  test('can lack reading by id', async () => {
    const client = await included({ read: 'absent' });
    expect((await client.outcome('/MedicinalProductDefinition/600000000001')).status).toBe(404);
    expect((await client.bundle('/MedicinalProductDefinition?_id=600000000001')).total).toBe(1);
    expect((await declared(client, 'Ingredient'))?.interaction).toEqual([{ code: 'search-type' }]);
  });

  test.each([404, 405] as const)('can refuse POST _search with %i', async (post) => {
    const client = await included({ post });
    const outcome = await client.outcome('/Ingredient/_search', { method: 'POST', body: 'role=1' });
    expect(outcome).toMatchObject({ status: post, resourceType: 'OperationOutcome' });
  });

  test.each([414, 431] as const)(
    'can answer a URL above the length limit with %i and a web page',
    async (overlong) => {
      const client = await known({ url: 2_000, overlong });
      const reply = await client.send(`${products}${'a'.repeat(2_000)}`);
      expect([reply.status, reply.headers.get('content-type')]).toEqual([
        overlong,
        'text/html; charset=utf-8',
      ]);
      expect((await client.send(`${products}${'a'.repeat(1_800)}`)).status).toBe(200);
    },
  );
});

describe('the sandbox option `--guise`', () => {
  test.each<[string, Guise]>([
    ['metadata=swagger', { metadata: 'swagger' }],
    ['lacks=_include:iterate', { lacks: ['_include:iterate'] }],
    ['refuses=_revinclude=Ingredient:for', { refuses: ['_revinclude=Ingredient:for'] }],
    ['conceals=Ingredient?', { conceals: ['Ingredient?'] }],
    ['ignores=Ingredient?for', { ignores: ['Ingredient?for'] }],
    ['unknown=ignored', { unknown: 'ignored' }],
    ['unknown=told', { unknown: 'told' }],
    ['total=asked', { total: 'asked' }],
    ['self=asked', { self: 'asked' }],
    ['read=absent', { read: 'absent' }],
    ['everything=paged', { everything: 'paged' }],
    ['post=405', { post: 405 }],
    ['name=starts-with', { name: 'starts-with' }],
    ['total=first', { total: 'first' }],
    ['included=0', { included: 0 }],
    ['next=base', { next: 'base' }],
    ['uses=1', { uses: 1 }],
    ['expired=404', { expired: 404 }],
    ['pages=overlapping', { pages: 'overlapping' }],
    ['outcome=last', { outcome: 'last' }],
    ['url=2048', { url: 2048 }],
    ['overlong=431', { overlong: 431 }],
  ])('can have the value %s', (text, guise) => {
    expect(parseGuise(text)).toEqual(guise);
  });

  test('can be given several times: lists are joined, and of other values the last counts', () => {
    const texts = ['lacks=for', 'total=low', 'lacks=status', 'total=high', 'next=base'];
    expect(texts.reduce<Guise>((before, text) => parseGuise(text, before), {})).toEqual({
      lacks: ['for', 'status'],
      total: 'high',
      next: 'base',
    });
  });

  test.each([
    '',
    'metadata',
    'metadata=',
    'metadata=maybe',
    'colour=blue',
    'toString=1',
    'uses=-1',
    'uses=many',
    'post=200',
    'lacks==for',
    'lacks=a?b?c',
  ])('with the value "%s" is refused with the list of existing names', (text) => {
    expect(() => parseGuise(text)).toThrow(/metadata, lacks, refuses.*overlong/);
  });

  test('with an invalid selector fails before the server starts', async () => {
    await expect(startSandbox({ guise: { ignores: ['=x'] } })).rejects.toThrow(RangeError);
  });
});
