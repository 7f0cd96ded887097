/** The same operations over a real FHIR server and over the sandbox with the same records: both have the same data. */
import type { FhirResource } from 'fhir/r5.js';
import type { PackagedProductDefinition } from 'fhir/r5.js';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  absent,
  pageLimits,
  readSamples,
  startFhirServer,
  startHapiService,
  type FhirServer,
  type HapiService,
  type Operation,
} from '../support/hapi.js';
import { comparable, operationFiles, upstreamOf } from '../support/operations.js';
import { differingByAnswer, randomOf, randomOperation } from '../support/random-operation.js';
import { startTestService, type Fields, type TestService } from '../support/service.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
/** Small pages are slow, and tell as much with fewer. */
const runs = { any: 500, small: 100 };
const chosenRuns = process.env['PROPERTY_RUNS'];
/** Types that random operations come upon, so that a comparison of next to nothing is no success. */
const recordTypes = [
  'AdministrableProduct',
  'Ingredient',
  'ManufacturedItem',
  'Organization',
  'Package',
  'Product',
  'RegulatedAuthorization',
];

const records = absent === undefined ? readSamples() : [];

/** Products that have what the operations ask for: several packages, inner packagings, permissions, clinical uses. */
const productIds = [
  'mp367b9089c0743a2330f4c6e82b40ee41',
  'mp873a1a47330e628770640f9c96c0761e',
  'mp2412867d9a0e15f82f11047ad93bdbad',
  'mp534e209eb0a3ff60437639cb2015316f',
  'mpd4bcbbaec04bf6aceb2f71162205967e',
  'cava75mgblisterx28',
  'AMLsandoz-10mg-Tablet-SE-IS-MedicinalProductDefinition',
  'CefuroximStragen-1-5g-Powder-SE-IS-MedicinalProductDefinition',
  'Yaz-0023mg-tablet-SE-AJ-MedicinalProductDefinition',
];
/** Fewer products bear each of these than any operation asks for at first: which come first is the server's. */
const names = ['Karvea', 'Talzenna', 'zithromax', 'ZITHROMAX (', 'polümeerikattega'];

/** Products whose records do not tell all that equivalents are compared by: their lists are marked, over either server. */
const answered = operationFiles.filter(({ name }) => name !== 'equivalents');

const skipped = absent === undefined ? '' : ` (skipped: ${absent})`;
const servers = pageLimits.map((pageLimit) => [pageLimit ?? 'its default number of', pageLimit] as const);

describe.skipIf(absent !== undefined).each(servers)(
  `the service over the HAPI FHIR server with pages of %s rows${skipped}`,
  (_rows, pageLimit) => {
    let server: FhirServer;
    let service: HapiService;
    let sandboxed: TestService;
    const numRuns = Number(chosenRuns ?? (pageLimit === undefined ? runs.any : runs.small));

    beforeAll(async () => {
      const budget = 100_000;
      server = await startFhirServer(pageLimit);
      service = await startHapiService(server, { budget });
      sandboxed = await startTestService({
        isKnown: true,
        profile: 'search',
        budget,
        sandbox: { resources: records },
      });
    });
    afterAll(async () => {
      await service?.stop();
      await sandboxed?.stop();
      await server?.stop();
    });

    it.each(answered)('answers the example operation $name as over the sandbox', async ({ text }) => {
      const operations = variablesOf(text).map((variables) => ({ document: text, variables }));
      expect(operations).not.toEqual([]);
      let values = 0;
      for (const operation of operations) {
        const data = await sameOf(operation);
        expect(data, JSON.stringify(operation.variables)).toBeDefined();
        values += valuesIn(data).length;
      }
      expect(values).toBeGreaterThan(10);
    });

    it(`answers ${numRuns} random operations as over the sandbox`, async () => {
      const roots = rootFields();
      const seen: unknown[] = [];
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
          const data = await sameOf(
            randomOperation({ schema, random: randomOf(seed), roots, without: differingByAnswer }),
          );
          if (data !== undefined) seen.push(data);
        }),
        { numRuns, endOnFailure: true },
      );
      const values = valuesIn(seen);
      expect(seen.length).toBeGreaterThan(numRuns * 0.95);
      expect(values.length).toBeGreaterThan(numRuns * 50);
      expect(recordTypes.filter((type) => !values.includes(type))).toEqual([]);
    });

    /** What both answer, which is the same; undefined where one refuses it, or marks what is missing. */
    async function sameOf(operation: Operation): Promise<unknown> {
      const { document, variables } = operation;
      const [real, sandbox] = await Promise.all([
        service.query(operation),
        sandboxed.query(document, variables),
      ]);
      expect(service.complaints).toEqual([]);
      expect(real.counted).toHaveLength(real.receipt.requests);
      expect(real.receipt.requests).toBeLessThanOrEqual(real.receipt.estimated);
      if (real.errors ?? sandbox.errors) return undefined;
      if (real.receipt.incomplete.length > 0 || upstreamOf(sandbox).incomplete.length > 0) return undefined;
      const data = settled(real.data);
      expect(data, document).toEqual(settled(sandbox.data));
      return data;
    }
  },
);

/** Without what differs by its nature, and with the lists of products in one order, which is the server's. */
function settled(data: unknown): unknown {
  const fields = comparable(data, ['source', 'service']) as Fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isProducts(name, value) ? inOneOrder(value) : value,
    ]),
  );
}

function isProducts(name: string, value: unknown): value is Fields {
  return name === 'products' || (value as Fields | null)?.['__typename'] === 'ProductConnection';
}

function inOneOrder(connection: Fields): Fields {
  return Object.fromEntries(
    Object.entries(connection).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...value].sort(byText) : value,
    ]),
  );
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

/** What to run an operation with, by the variables that it declares. */
function variablesOf(text: string): readonly Fields[] {
  if (text.includes('$ids:')) {
    const ids = productIds.map((id) => `Product:${id}`);
    return [{ ids }, { ids: [...ids, 'Product:none', ...ids] }];
  }
  if (text.includes('$product:')) {
    // Null would stand for the default: a product that this server does not have.
    return records
      .flatMap((record) => {
        const { id, packageFor = [] } = record as PackagedProductDefinition;
        const product = packageFor[0]?.reference?.split('/').at(-1);
        return record.resourceType === 'PackagedProductDefinition' && product ? [{ id, product }] : [];
      })
      .slice(0, 40);
  }
  if (text.includes('$id:')) return productIds.map((id) => ({ id }));
  const [, name = ''] = /\$(name|brand|text|typed):/.exec(text) ?? [];
  return names.map((each) => ({ [name]: each }));
}

/** Root fields for random operations: records by their ids, and, as often, lists that come whole. */
function rootFields(): readonly string[] {
  const byId = [
    ...idsOf('MedicinalProductDefinition').map((id) => `product(id: "${id}")`),
    ...idsOf('PackagedProductDefinition').map((id) => `package(id: "${id}")`),
    ...idsOf('Ingredient')
      .slice(0, 20)
      .map((id) => `ingredient(id: "${id}")`),
    ...idsOf('Organization')
      .slice(0, 10)
      .map((id) => `organization(id: "${id}")`),
    'product(id: "600000000001")',
  ];
  const lists = [
    ...names.map((name) => `products(filter: { name: ${JSON.stringify(name)} }, first: 20)`),
    'products(first: 100)',
    `nodes(ids: ${JSON.stringify(productIds.map((id) => `Product:${id}`))})`,
  ];
  return [...byId, ...byId.flatMap((_field, index) => lists[index % lists.length] ?? [])];
}

/** All that is no object, list or null. */
function valuesIn(data: unknown): readonly unknown[] {
  if (typeof data !== 'object') return [data];
  return data === null ? [] : Object.values(data).flatMap(valuesIn);
}

function idsOf(type: FhirResource['resourceType']): readonly string[] {
  return records.flatMap(({ resourceType, id }) => (resourceType === type && id ? [id] : []));
}
