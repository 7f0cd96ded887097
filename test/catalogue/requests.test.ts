/** The exact upstream requests of the query `linked`, on every route. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.js';

const linkedProducts = readFileSync('schema/operations/linked-products.graphql', 'utf8');

let service: TestService;
afterEach(() => service.stop());

async function start(options: TestServiceOptions): Promise<void> {
  service = await startTestService({ isKnown: true, ...options });
  // The requests of the start do not count.
  await service.query('{ products(first: 1) { nodes { id } } }');
  service.sandbox.clearRequests();
}

/** Returns the number of requests by method, type and parameters, without ids and values. */
function asked(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { method, path, form } of service.sandbox.requests) {
    const [resource = '', query = ''] = path.split('?');
    const names = [...new URLSearchParams(form ?? query).keys()]
      .filter((name) => name !== '_count' && name !== '_elements')
      .sort();
    const name = `${method} ${resource.replace(/\/\d+/, '/{id}')}${names.length > 0 ? `?${names.join('&')}` : ''}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function upstreamOf(answer: { readonly extensions: object }): {
  requests: number;
  estimated: number;
  profile: string;
} {
  return (answer.extensions as { upstream: { requests: number; estimated: number; profile: string } })
    .upstream;
}

describe('the example query for products with linked records, with the profile `everything`,', () => {
  it('sends one search for the list and one $everything request for each of 20 products', async () => {
    await start({ profile: 'everything' });
    const answer = await service.query(linkedProducts);
    expect(answer.errors).toBeUndefined();
    expect(asked()).toEqual({
      'GET /MedicinalProductDefinition?name': 1,
      'GET /MedicinalProductDefinition/{id}/$everything': 20,
    });
    expect(upstreamOf(answer)).toMatchObject({ profile: 'everything', requests: 21 });
  });

  it('sends no $everything request if it selects only fields of the product records', async () => {
    await start({ profile: 'everything' });
    await service.query(
      '{ products(filter: { name: "a" }, first: 20) { nodes { pmsId name atc { code } doseForm { text } } } }',
    );
    expect(asked()).toEqual({ 'GET /MedicinalProductDefinition?name': 1 });
  });

  it('sends one $everything request for a product that it selects three times', async () => {
    await start({ profile: 'everything' });
    await service.query(`{
      one: product(id: "600000000001") { packages { nodes { product { packages { nodes { id } } } } } }
      two: product(id: "Product:600000000001") { ingredients { nodes { id } } holder { name } }
      list: products(filter: { ids: null, name: "Avelanta 5" }, first: 5) { nodes { manufacturedItems { id } } }
    }`);
    expect(asked()).toEqual({
      'GET /MedicinalProductDefinition?name': 1,
      'GET /MedicinalProductDefinition/{id}/$everything': 1,
    });
  });

  it('reads a product by id if it selects only fields of the product record', async () => {
    await start({ profile: 'everything' });
    await service.query('{ product(id: "600000000001") { name } }');
    expect(asked()).toEqual({ 'GET /MedicinalProductDefinition/{id}': 1 });
  });
});

describe('the example query for products with linked records, with the profile `search`,', () => {
  const expected = {
    'GET /MedicinalProductDefinition?_total&name:contains': 1,
    'GET /PackagedProductDefinition?package-for': 1,
    'GET /AdministrableProductDefinition?form-of': 1,
    // One search for the products and one for their packages; then one read of the holders for each.
    'GET /RegulatedAuthorization?subject': 2,
    'GET /Organization?_id': 2,
    'GET /ManufacturedItemDefinition?_id': 1,
    'POST /Ingredient/_search?for': 1,
  };

  it('sends 9 requests for 20 products: each search once for all of them', async () => {
    await start({ profile: 'search', sandbox: { maxPageSize: 1_000 } });
    const answer = await service.query(linkedProducts);
    expect(answer.errors).toBeUndefined();
    expect(asked()).toEqual(expected);
    expect(upstreamOf(answer)).toMatchObject({ profile: 'search', requests: 9 });
  });

  it('sends 8 requests for one product, almost as many as for 20', async () => {
    await start({ profile: 'search', sandbox: { maxPageSize: 1_000 } });
    const answer = await service.query(linkedProducts, { first: 1 });
    expect(upstreamOf(answer).requests).toBe(8);
  });

  it('sends 4 requests from products down to ingredients: one for each level', async () => {
    await start({ profile: 'search', sandbox: { maxPageSize: 1_000 } });
    const answer = await service.query(
      '{ products(first: 20) { nodes { packages { nodes { manufacturedItems { ingredients { nodes { id } } } } } } } }',
    );
    expect(upstreamOf(answer).requests).toBe(4);
  });

  it('splits long searches into several GET requests if the upstream refuses POST', async () => {
    await start({ profile: 'search', sandbox: { maxPageSize: 1_000, faults: [{ kind: 'post-refused' }] } });
    const refused = await service.query(linkedProducts);
    expect(refused.errors).toBeUndefined();
    service.sandbox.clearRequests();
    const answer = await service.query(linkedProducts);
    expect(service.sandbox.requests.map(({ method }) => method)).not.toContain('POST');
    expect(
      Math.max(...service.sandbox.requests.map(({ path }) => service.sandbox.baseUrl.length + path.length)),
    ).toBeLessThanOrEqual(2_000);
    expect(answer.data).toEqual(refused.data);
  });
});

describe('a product search with the profile `include`', () => {
  const query =
    '{ products(first: 20) { nodes { packages(first: 100) { nodes { id } } ingredients(first: 100) { nodes { id } } } } }';

  /** Returns the values of a parameter in the first request of the query. */
  function firstAsked(): (name: string) => readonly string[] {
    const [{ path, form } = { path: '', form: undefined }] = service.sandbox.requests;
    const asked = new URLSearchParams(form ?? path.slice(path.indexOf('?') + 1));
    return (name) => asked.getAll(name);
  }

  it('includes the ingredients of products together with those of the included records', async () => {
    await start({ profile: 'auto', sandbox: { profile: 'include', maxPageSize: 1_000 } });
    const answer = await service.query(query);
    expect(answer.errors).toBeUndefined();
    expect(firstAsked()('_revinclude')).toContain('Ingredient:for');
    expect(firstAsked()('_revinclude:iterate')).toContain('Ingredient:for');
  });

  it('sends one Ingredient search for all parents if the upstream does not include ingredients', async () => {
    const everywhere = { profile: 'include', maxPageSize: 1_000 } as const;
    await start({ profile: 'auto', sandbox: everywhere });
    const whole = await service.query(query);
    await service.stop();
    const guise = { ignores: ['_revinclude:iterate=Ingredient:for'] };
    await start({ profile: 'auto', sandbox: { ...everywhere, guise } });
    const answer = await service.query(query);
    expect(answer.data).toEqual(whole.data);
    expect(firstAsked()('_revinclude')).toContain('PackagedProductDefinition:package-for');
    expect(firstAsked()('_revinclude')).not.toContain('Ingredient:for');
    const ingredients = service.sandbox.requests.filter(({ path }) => path.startsWith('/Ingredient'));
    expect(ingredients).toHaveLength(1);
    const { requests, estimated } = upstreamOf(answer);
    expect(requests).toBeLessThanOrEqual(estimated);
  });

  it('selects with `_elements` only what links need of a type from which no field is selected', async () => {
    await start({ profile: 'auto', sandbox: { profile: 'include', maxPageSize: 1_000 } });
    const answer = await service.query(query);
    expect(answer.errors).toBeUndefined();
    const elements = firstAsked()('_elements').join().split(',');
    expect(elements).toContain('PackagedProductDefinition.packaging');
    expect(elements.filter((element) => element.startsWith('ManufacturedItemDefinition.'))).toEqual([
      'ManufacturedItemDefinition.contained',
    ]);
  });
});
