/** Search parameters and orders of the sandbox, beyond names and parents. */

import type {
  AdministrableProductDefinition,
  Ingredient,
  MedicinalProductDefinition,
  Organization,
  PackagedProductDefinition,
  RegulatedAuthorization,
  Resource,
} from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { connect, keyOf, nextOf, type Client } from './client.js';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
  sandbox = await startSandbox({ profile: 'include', quirks: false });
  client = await connect(sandbox);
});

afterAll(() => sandbox.stop());

function ofType<T extends Resource>(type: T['resourceType']): T[] {
  return sandbox.resources.filter(({ resourceType }) => resourceType === type) as T[];
}

async function found(path: string): Promise<string[]> {
  return (await client.all(`${path}&_count=100`)).map(keyOf);
}

/**
 * Returns the keys of the resources found by a walk. Throws if there are none, because the comparison would prove nothing.
 */
function keysOf(walked: readonly Resource[]): string[] {
  if (walked.length === 0) throw new RangeError('the sample world has no such resource');
  return walked.map(keyOf);
}

/** Whether a coding anywhere in an element has the code. */
function hasCode(element: unknown, code: string): boolean {
  return JSON.stringify(element ?? null).includes(`"code":"${code}"`);
}

describe('token search parameters of the sandbox', () => {
  test.each([
    ['MedicinalProductDefinition', 'domain', 'domain'],
    ['MedicinalProductDefinition', 'status', 'status'],
    ['MedicinalProductDefinition', 'product-classification', 'classification'],
    ['MedicinalProductDefinition', 'name-language', 'name'],
    ['RegulatedAuthorization', 'status', 'status'],
    ['RegulatedAuthorization', 'region', 'region'],
    ['ManufacturedItemDefinition', 'dose-form', 'manufacturedDoseForm'],
    ['AdministrableProductDefinition', 'dose-form', 'administrableDoseForm'],
    ['AdministrableProductDefinition', 'route', 'routeOfAdministration'],
    ['Ingredient', 'substance-code', 'substance'],
  ] as const)('find the resources with the code: %s?%s', async (type, parameter, element) => {
    const all = ofType(type).map((resource) => resource as Resource & Record<string, unknown>);
    const codes = all.flatMap(
      (each) => /"code":"(\d+)"/.exec(JSON.stringify(each[element] ?? null))?.[1] ?? [],
    );
    const code = codes[0] ?? '';
    const matching = all.filter((each) => JSON.stringify(each[element] ?? null).includes(`"code":"${code}"`));
    // A classification or a name may also have other codes, so the walk may find more.
    const keys = new Set(matching.map(keyOf));
    const hits = await found(`/${type}?${parameter}=${code}`);
    expect(hits.filter((key) => !keys.has(key))).toEqual([]);
    if (element !== 'name') expect(hits).toHaveLength(keys.size);
  });

  test('find an identifier by its value and by its system with the value', async () => {
    const [first] = ofType<PackagedProductDefinition>('PackagedProductDefinition');
    const { system = '', value = '' } = first?.identifier?.[0] ?? {};
    expect(
      await found(`/PackagedProductDefinition?identifier=${encodeURIComponent(`${system}|${value}`)}`),
    ).toEqual(keysOf([first as Resource]));
  });

  test('find elements of the FHIR type `code` too', async () => {
    const all = keysOf(ofType<Ingredient>('Ingredient'));
    expect(await found('/Ingredient?status=active')).toEqual(all);
    expect(await found('/Ingredient?status=http://hl7.org/fhir/publication-status|active')).toEqual(all);
    expect(await found('/Ingredient?status=|active')).toEqual([]);
  });
});

describe('reference search parameters of the sandbox', () => {
  test('find ingredients by their substance', async () => {
    const first = ofType<Ingredient>('Ingredient').find(({ substance }) => substance.code.reference);
    const reference = first?.substance.code.reference?.reference ?? '';
    const expected = ofType<Ingredient>('Ingredient').filter(
      ({ substance }) => substance.code.reference?.reference === reference,
    );
    expect(await found(`/Ingredient?substance-definition=${reference}`)).toEqual(keysOf(expected));
    expect(await found(`/Ingredient?substance=${reference}`)).toEqual(keysOf(expected));
  });

  test('find products by their item', async () => {
    const all = ofType<AdministrableProductDefinition>('AdministrableProductDefinition');
    const reference = all[0]?.producedFrom?.[0]?.reference ?? '';
    expect(await found(`/AdministrableProductDefinition?manufactured-item=${reference}`)).toEqual(
      keysOf(all.filter(({ producedFrom }) => producedFrom?.some((each) => each.reference === reference))),
    );
  });
});

test('a reference search parameter of the sandbox may have the target type as a modifier', async () => {
  const path = '/RegulatedAuthorization?subject';
  const expected = await found(`${path}=MedicinalProductDefinition/600000000001`);
  expect(expected.length).toBeGreaterThan(0);
  expect(await found(`${path}:MedicinalProductDefinition=600000000001`)).toEqual(expected);
  expect(await found(`${path}:PackagedProductDefinition=600000000001`)).toEqual([]);
  expect((await client.outcome(`${path}:Nonsense=600000000001`)).status).toBe(400);
});

describe('the search parameter `_lastUpdated` of the sandbox', () => {
  const moments = (): number[] =>
    ofType('MedicinalProductDefinition').map(({ meta }) => Date.parse(meta?.lastUpdated ?? ''));

  test.each([
    ['ge2025', (moment: number) => moment >= Date.UTC(2025, 0)],
    ['gt2025', (moment: number) => moment >= Date.UTC(2026, 0)],
    ['le2025-03', (moment: number) => moment < Date.UTC(2025, 3)],
    ['lt2025-03-02', (moment: number) => moment < Date.UTC(2025, 2, 2)],
    ['2025', (moment: number) => moment >= Date.UTC(2025, 0) && moment < Date.UTC(2026, 0)],
    ['ne2025', (moment: number) => moment < Date.UTC(2025, 0) || moment >= Date.UTC(2026, 0)],
    ['ge2025-01-01T00:00:00Z', (moment: number) => moment >= Date.UTC(2025, 0)],
    ['lt2025-01-01T02:00%2B02:00', (moment: number) => moment < Date.UTC(2025, 0)],
  ] as const)('returns the resources of the period %s', async (value, isMet) => {
    const products = ofType('MedicinalProductDefinition');
    const at = moments();
    expect(await found(`/MedicinalProductDefinition?_lastUpdated=${value}`)).toEqual(
      keysOf(products.filter((_, index) => isMet(at[index] ?? 0))),
    );
  });

  test('includes the exact time with `ge` and `le`, and not with `gt` and `lt`', async () => {
    const [product] = ofType('MedicinalProductDefinition');
    const path = `/MedicinalProductDefinition?_id=${product?.id}&_lastUpdated=`;
    const moment = product?.meta?.lastUpdated ?? '';
    const hits = await Promise.all(
      ['ge', 'le', 'gt', 'lt'].map(async (prefix) => (await found(`${path}${prefix}${moment}`)).length),
    );
    expect(hits).toEqual([1, 1, 0, 0]);
  });

  test('given twice means both bounds of a period', async () => {
    const products = ofType('MedicinalProductDefinition');
    const at = moments();
    expect(await found('/MedicinalProductDefinition?_lastUpdated=ge2025&_lastUpdated=lt2026')).toEqual(
      keysOf(products.filter((_, index) => new Date(at[index] ?? 0).getUTCFullYear() === 2025)),
    );
  });

  test.each(['yesterday', 'zz2025', '2025-13', '2025-1', '2025x'])(
    'with the value "%s" is refused',
    async (value) => {
      const outcome = await client.outcome(`/MedicinalProductDefinition?_lastUpdated=${value}`);
      expect(outcome).toMatchObject({ status: 400, issue: [{ code: 'value' }] });
    },
  );
});

describe('chained search parameters of the sandbox', () => {
  const heldBy = (name: string): RegulatedAuthorization[] => {
    const ids = new Set(
      ofType<Organization>('Organization')
        .filter((each) => each.name?.toLowerCase().startsWith(name))
        .map(keyOf),
    );
    return ofType<RegulatedAuthorization>('RegulatedAuthorization').filter(({ holder }) =>
      ids.has(holder?.reference ?? ''),
    );
  };

  test.each(['holder.name', 'holder:Organization.name'])(
    'such as `%s` find by the name of the holder',
    async (name) => {
      expect(await found(`/RegulatedAuthorization?${name}=corvanta`)).toEqual(keysOf(heldBy('corvanta')));
    },
  );

  test('have modifiers at the end of the chain', async () => {
    expect(await found('/RegulatedAuthorization?holder.name=orvanta')).toEqual([]);
    expect(await found('/RegulatedAuthorization?holder.name:contains=orvanta')).toEqual(
      keysOf(heldBy('corvanta')),
    );
  });

  test('search all target types that have the parameter', async () => {
    const [pack] = ofType<PackagedProductDefinition>('PackagedProductDefinition');
    const { value } = pack?.identifier?.[0] ?? {};
    const subject = keyOf(pack as Resource);
    expect(await found(`/RegulatedAuthorization?subject.identifier=${value}`)).toEqual(
      keysOf(
        ofType<RegulatedAuthorization>('RegulatedAuthorization').filter((each) =>
          each.subject?.some(({ reference }) => reference === subject),
        ),
      ),
    );
  });

  test('may lead over several references', async () => {
    const [first] = ofType<PackagedProductDefinition>('PackagedProductDefinition');
    const product = first?.packageFor?.[0]?.reference ?? '';
    const packs = new Set(
      ofType<PackagedProductDefinition>('PackagedProductDefinition')
        .filter(({ packageFor }) => packageFor?.some(({ reference }) => reference === product))
        .map(keyOf),
    );
    expect(
      await found(
        `/RegulatedAuthorization?subject:PackagedProductDefinition.package-for._id=${product.split('/')[1]}`,
      ),
    ).toEqual(
      keysOf(
        ofType<RegulatedAuthorization>('RegulatedAuthorization').filter(({ subject }) =>
          subject?.some(({ reference }) => packs.has(reference ?? '')),
        ),
      ),
    );
  });

  test.each(['holder.colour', 'colour.name', 'holder:Ingredient.name', 'status.name', 'holder.'])(
    'such as `%s` are refused',
    async (name) => {
      expect((await client.outcome(`/RegulatedAuthorization?${name}=x`)).status).toBe(400);
    },
  );
});

describe('the search parameter `_has` of the sandbox', () => {
  test('finds resources by the resources that refer to them', async () => {
    const owners = new Set(
      ofType<RegulatedAuthorization>('RegulatedAuthorization')
        .filter((each) => each.case?.identifier?.value === 'EMEA/H/C/009012')
        .flatMap(({ subject }) => subject?.map(({ reference }) => reference) ?? []),
    );
    expect(
      await found('/MedicinalProductDefinition?_has:RegulatedAuthorization:subject:case=EMEA/H/C/009012'),
    ).toEqual(
      keysOf(
        ofType<MedicinalProductDefinition>('MedicinalProductDefinition').filter((each) =>
          owners.has(keyOf(each)),
        ),
      ),
    );
  });

  test('may be two levels deep', async () => {
    const active = ofType<Ingredient>('Ingredient').find(({ substance }) => substance.code.concept);
    const code = active?.substance.code.concept?.coding?.[0]?.code ?? '';
    const items = new Set(
      ofType<Ingredient>('Ingredient')
        .filter(({ substance }) => hasCode(substance.code, code))
        .flatMap((each) => each.for?.map(({ reference }) => reference) ?? []),
    );
    const products = new Set(
      ofType<AdministrableProductDefinition>('AdministrableProductDefinition')
        .filter((each) => items.has(keyOf(each)))
        .flatMap(({ formOf }) => formOf?.map(({ reference }) => reference) ?? []),
    );
    expect(
      await found(
        `/MedicinalProductDefinition?_has:AdministrableProductDefinition:form-of:_has:Ingredient:for:substance-code=${code}`,
      ),
    ).toEqual(
      keysOf(
        ofType<MedicinalProductDefinition>('MedicinalProductDefinition').filter((each) =>
          products.has(keyOf(each)),
        ),
      ),
    );
  });

  test.each([
    '_has',
    '_has:RegulatedAuthorization:subject',
    '_has:RegulatedAuthorization:holder:case',
    '_has:RegulatedAuthorization:case:case',
    '_has:Nonsense:subject:case',
    '_has:RegulatedAuthorization:subject:colour',
  ])('in the form %s is refused in a search for products', async (name) => {
    expect((await client.outcome(`/MedicinalProductDefinition?${name}=1`)).status).toBe(400);
  });
});

describe('the parameter `_sort` of the sandbox', () => {
  const bySign = (sign: number) => (a: string, b: string) => (a < b ? -sign : Number(a > b) * sign);
  const leastName = ({ name }: MedicinalProductDefinition): string =>
    name
      .map(({ productName }) => productName.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase())
      .sort()[0] ?? '';

  test.each([
    ['name', 1],
    ['-name', -1],
  ] as const)('with `%s` orders the rows over all pages', async (sort, sign) => {
    const all = (await client.all(
      `/MedicinalProductDefinition?_sort=${sort}&_count=7`,
    )) as MedicinalProductDefinition[];
    const names = all.map(leastName);
    expect(names).toEqual([...names].sort(bySign(sign)));
    expect(all).toHaveLength(ofType('MedicinalProductDefinition').length);
  });

  test.each([
    ['_lastUpdated', 1],
    ['-_lastUpdated', -1],
  ] as const)('with `%s` orders the rows by time', async (sort, sign) => {
    const all = await client.all(`/Ingredient?_sort=${sort}&_count=100`);
    const moments = all.map(({ meta }) => meta?.lastUpdated ?? '');
    expect(moments).toEqual([...moments].sort(bySign(sign)));
  });

  test('with a second key orders the resources whose first keys are equal', async () => {
    const all = await client.all('/Organization?_sort=_lastUpdated,-_id&_count=100');
    const keys = all.map(({ meta, id }) => `${meta?.lastUpdated} ${id}`);
    const expected = ofType('Organization')
      .map(({ meta, id }) => [meta?.lastUpdated ?? '', id ?? ''] as const)
      .sort(([a, one], [b, other]) => bySign(1)(a, b) || bySign(-1)(one, other))
      .map(([moment, id]) => `${moment} ${id}`);
    expect(keys).toEqual(expected);
  });

  test('puts resources without a value last in both directions', async () => {
    const names = (sort: string): Promise<Resource[]> => own.client.all(`/Organization?_sort=${sort}`);
    const own = await openOwn();
    expect((await names('name')).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    expect((await names('-name')).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    await own.sandbox.stop();
  });

  test.each(['colour', 'status', 'name,,name'])('with `%s` is refused', async (sort) => {
    expect((await client.outcome(`/MedicinalProductDefinition?_sort=${sort}`)).status).toBe(400);
  });
});

async function openOwn(): Promise<{ sandbox: Sandbox; client: Client }> {
  const own = await startSandbox({
    profile: 'search',
    resources: [
      { resourceType: 'Organization', id: 'a' },
      { resourceType: 'Organization', id: 'b', name: 'Beta' },
      { resourceType: 'Organization', id: 'c', name: 'Gamma' },
    ] as Organization[],
  });
  return { sandbox: own, client: await connect(own) };
}

describe('totals of the sandbox', () => {
  test('are returned without rows for `_summary=count`', async () => {
    const bundle = await client.bundle('/Ingredient?_summary=count&_count=5');
    expect(bundle).toMatchObject({ total: ofType('Ingredient').length, entry: [] });
    expect(nextOf(bundle)).toBeUndefined();
  });

  test('are returned for `_total=accurate`', async () => {
    expect((await client.bundle('/Ingredient?_total=accurate')).total).toBe(ofType('Ingredient').length);
  });

  test('are refused for other values of `_summary`', async () => {
    expect((await client.outcome('/Ingredient?_summary=text')).status).toBe(400);
  });
});
