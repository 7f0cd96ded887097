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

describe('the linked query on the route everything', () => {
  it('requests the list once and each product once', async () => {
    await start({ profile: 'everything' });
    const answer = await service.query(linkedProducts);
    expect(answer.errors).toBeUndefined();
    expect(asked()).toEqual({
      'GET /MedicinalProductDefinition?name': 1,
      'GET /MedicinalProductDefinition/{id}/$everything': 20,
    });
    expect(upstreamOf(answer)).toMatchObject({ profile: 'everything', requests: 21 });
  });

  it('requests no bundle if nothing below the products is selected', async () => {
    await start({ profile: 'everything' });
    await service.query(
      '{ products(filter: { name: "a" }, first: 20) { nodes { pmsId name atc { code } doseForm { text } } } }',
    );
    expect(asked()).toEqual({ 'GET /MedicinalProductDefinition?name': 1 });
  });

  it('requests a product with its children once, however often the query names it', async () => {
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

  it('reads one product alone when nothing below it is selected', async () => {
    await start({ profile: 'everything' });
    await service.query('{ product(id: "600000000001") { name } }');
    expect(asked()).toEqual({ 'GET /MedicinalProductDefinition/{id}': 1 });
  });
});

describe('the linked query on the route search', () => {
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

  it('sends each search once for all twenty products, and reads every page', async () => {
    await start({ profile: 'search', sandbox: { maxPageSize: 1_000 } });
    const answer = await service.query(linkedProducts);
    expect(answer.errors).toBeUndefined();
    expect(asked()).toEqual(expected);
    expect(upstreamOf(answer)).toMatchObject({ profile: 'search', requests: 9 });
  });

  it('sends as many requests for one product as for twenty', async () => {
    await start({ profile: 'search', sandbox: { maxPageSize: 1_000 } });
    const answer = await service.query(linkedProducts, { first: 1 });
    expect(upstreamOf(answer).requests).toBe(8);
  });

  it('needs one request for each level from products down to ingredients', async () => {
    await start({ profile: 'search', sandbox: { maxPageSize: 1_000 } });
    const answer = await service.query(
      '{ products(first: 20) { nodes { packages { nodes { manufacturedItems { ingredients { nodes { id } } } } } } } }',
    );
    expect(upstreamOf(answer).requests).toBe(4);
  });

  it('splits long searches if the upstream takes no POST', async () => {
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

describe('a search with includes', () => {
  const query =
    '{ products(first: 20) { nodes { packages(first: 100) { nodes { id } } ingredients(first: 100) { nodes { id } } } } }';

  /** Returns the values of a parameter in the first request of the query. */
  function firstAsked(): (name: string) => readonly string[] {
    const [{ path, form } = { path: '', form: undefined }] = service.sandbox.requests;
    const asked = new URLSearchParams(form ?? path.slice(path.indexOf('?') + 1));
    return (name) => asked.getAll(name);
  }

  it('includes the ingredients of products if the ingredients of all included records come too', async () => {
    await start({ profile: 'auto', sandbox: { profile: 'include', maxPageSize: 1_000 } });
    const answer = await service.query(query);
    expect(answer.errors).toBeUndefined();
    expect(firstAsked()('_revinclude')).toContain('Ingredient:for');
    expect(firstAsked()('_revinclude:iterate')).toContain('Ingredient:for');
  });

  it('sends one search for the children of all parents that are not included', async () => {
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

  it('selects only the needed elements of a type whose records lead to other records', async () => {
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
