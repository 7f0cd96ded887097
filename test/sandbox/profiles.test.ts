/** The features of each profile of the sandbox, and how it refuses all others. */

import type { CapabilityStatement, MedicinalProductDefinition, Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { connect, keyOf, nextOf, resourcesOf, type Client } from './client.js';

const sandboxes: Sandbox[] = [];
let everything: Client;
let search: Client;
let clean: Client;
let cleanResources: readonly Resource[];

beforeAll(async () => {
  sandboxes.push(
    await startSandbox(),
    await startSandbox({ profile: 'search' }),
    await startSandbox({ quirks: false }),
  );
  [everything, search, clean] = (await Promise.all(sandboxes.map(connect))) as [Client, Client, Client];
  cleanResources = sandboxes[2]?.resources ?? [];
});

afterAll(() => Promise.all(sandboxes.map((sandbox) => sandbox.stop())));

test.each([
  '/metadata',
  '/RegulatedAuthorization?identifier=EU/1/24/9001',
  '/PackagedProductDefinition/8400012',
  '/Ingredient?for=20000000100',
  '/Organization/ORG-100900001',
  '/MedicinalProductDefinition/600000000001/$validate',
  '/MedicinalProductDefinition/600000000001/_history/1',
  '/Nonsense',
])('the sandbox with the profile of EMA’s API answers 404 for %s', async (path) => {
  expect(await everything.outcome(path)).toMatchObject({ status: 404, resourceType: 'OperationOutcome' });
});

test('the sandbox with the profile of EMA’s API refuses POST _search and all search parameters except the name', async () => {
  const posted = await everything.outcome('/MedicinalProductDefinition/_search', {
    method: 'POST',
    body: 'name=a',
  });
  expect(posted.status).toBe(404);
  expect((await everything.outcome('/MedicinalProductDefinition?identifier=1')).status).toBe(400);
  expect((await everything.outcome('/MedicinalProductDefinition?_elements=name')).status).toBe(400);
});

test.each(['everything', 'search'] as const)(
  'the sandbox with the profile `%s` refuses every write',
  async (profile) => {
    const client = { everything, search }[profile];
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      expect((await client.outcome('/MedicinalProductDefinition/600000000001', { method })).status).toBe(405);
    }
    expect((await client.outcome('/MedicinalProductDefinition', { method: 'POST' })).status).toBe(405);
  },
);

test('the sandbox returns a resource with its version, and answers If-None-Match with 304', async () => {
  const path = '/MedicinalProductDefinition/600000000001';
  const reply = await everything.send(path);
  const { meta } = JSON.parse(reply.text) as Resource;
  const etag = reply.headers.get('etag') ?? '';
  expect(etag).toBe(`W/"${meta?.versionId}"`);
  expect(Date.parse(reply.headers.get('last-modified') ?? '')).toBe(
    Math.floor(Date.parse(meta?.lastUpdated ?? '') / 1000) * 1000,
  );
  expect(reply.headers.get('content-type')).toContain('application/fhir+json');
  expect((await everything.send(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await everything.send(path, { headers: { 'if-none-match': 'W/"99"' } })).status).toBe(200);
});

test('the sandbox answers 404 with an OperationOutcome for a missing resource', async () => {
  expect(await everything.outcome('/MedicinalProductDefinition/1')).toMatchObject({
    status: 404,
    issue: [{ code: 'not-found' }],
  });
  expect((await everything.outcome('/MedicinalProductDefinition/1/$everything')).status).toBe(404);
});

test('the CapabilityStatement of the sandbox lists exactly the supported search parameters', async () => {
  const statement = JSON.parse((await search.send('/metadata')).text) as CapabilityStatement;
  const types = statement.rest?.[0]?.resource ?? [];
  expect(statement.fhirVersion).toBe('5.0.0');
  expect(types.map(({ type }) => type)).toContain('PackagedProductDefinition');
  for (const { type, searchParam, operation } of types) {
    expect(operation).toBeUndefined();
    for (const { name, type: kind } of searchParam ?? []) {
      // `_has` is special: it cannot be used by its name alone.
      if (kind === 'special') continue;
      const value = kind === 'date' ? '1900' : 'nothing-like-this';
      expect((await search.send(`/${type}?${name}=${value}`)).status).toBe(200);
    }
  }
});

test('the sandbox with the profile `search` has no $everything', async () => {
  expect((await search.outcome('/MedicinalProductDefinition/600000000001/$everything')).status).toBe(404);
});

test('the sandbox returns every resource in the $everything of some product, and each child of a product once', async () => {
  const products = cleanResources.filter(({ resourceType }) => resourceType === 'MedicinalProductDefinition');
  const seen = new Map<string, number>();
  for (const { id = '' } of products) {
    const bundle = await clean.bundle(`/MedicinalProductDefinition/${id}/$everything`);
    const resources = resourcesOf(bundle);
    expect(bundle.total).toBe(resources.length);
    expect(resources[0]).toMatchObject({ resourceType: 'MedicinalProductDefinition', id });
    for (const key of new Set(resources.map(keyOf))) seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const shared = /^(Organization|SubstanceDefinition)\//;
  const parts = cleanResources.map(keyOf).filter((key) => !shared.test(key));
  expect([...seen.keys()].filter((key) => !shared.test(key)).sort()).toEqual(parts.sort());
  expect([...seen].filter(([key, times]) => times > 1 && !shared.test(key))).toEqual([]);
});

test('the sandbox includes in $everything the organizations and substances to which its resources refer', async () => {
  const bundle = await clean.bundle('/MedicinalProductDefinition/600000000001/$everything');
  const keys = new Set(resourcesOf(bundle).map(keyOf));
  const named = [...JSON.stringify(bundle).matchAll(/"reference":"([^"]+)"/g)].map(
    ([, reference]) => reference,
  );
  expect(named.filter((reference) => !keys.has(reference ?? ''))).toEqual([]);
  expect([...keys].filter((key) => key.startsWith('Organization/'))).toHaveLength(3);
});

test('the sandbox includes in $everything the items of every level of packaging', async () => {
  const bundle = await everything.bundle('/MedicinalProductDefinition/600000000028/$everything');
  const items = resourcesOf(bundle).filter(
    ({ resourceType }) => resourceType === 'ManufacturedItemDefinition',
  );
  expect(items.map(({ id }) => id)).toEqual(['20000002800', '20000002801']);
});

test('the sandbox returns $everything as one page, or on request as several pages with the same resources', async () => {
  const path = '/MedicinalProductDefinition/600000000024/$everything';
  const whole = await everything.bundle(path);
  const first = await everything.bundle(`${path}?_count=5`);
  expect(nextOf(whole)).toBeUndefined();
  expect(first.entry).toHaveLength(5);
  expect(await everything.all(`${path}?_count=5`)).toEqual(resourcesOf(whole));
});

test('the sandbox returns the resources given to it instead of its sample data', async () => {
  const product: MedicinalProductDefinition = {
    resourceType: 'MedicinalProductDefinition',
    id: 'own',
    name: [{ productName: 'Our own' }],
  };
  const sandbox = await startSandbox({ resources: [product] });
  const client = await connect(sandbox);
  expect(await client.all('/MedicinalProductDefinition')).toEqual([product]);
  expect(await client.all('/MedicinalProductDefinition/own/$everything')).toEqual([product]);
  await sandbox.stop();
});
