/** Fields of a product that come from its authorizations, on each route: equal and complete, or marked as incomplete. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { country, kinds, term } from '../../../facts/records.js';
import { startTestService, type TestService } from '../../../support/service.js';

const valid = { status: term('100000072049', '100000072099') };
const revoked = { status: term('100000072049', '100000072121') };
const suspended = { status: term('100000072049', '100000072122') };
const record = (resourceType: string, id: string, content: object): Resource =>
  ({ resourceType, id, ...content }) as Resource;
const product = (id: string, content: object = {}): Resource =>
  record('MedicinalProductDefinition', id, { name: [{ productName: `Standing ${id}` }], ...content });
const pack = (id: string, of: string): Resource =>
  record('PackagedProductDefinition', id, {
    packageFor: [{ reference: `MedicinalProductDefinition/${of}` }],
  });
let count = 0;
const authorization = (subject: string, type: object, content: object): Resource =>
  record('RegulatedAuthorization', `ra-${(count += 1)}`, {
    type,
    subject: [{ reference: subject }],
    ...content,
  });
const ofProduct = (id: string): string => `MedicinalProductDefinition/${id}`;
const ofPack = (id: string): string => `PackagedProductDefinition/${id}`;

const resources = [
  ...['own', 'packed', 'traded', 'open', 'none', 'orphaned'].map((id) => product(id)),
  product('void', { status: term('200000005003', '200000005007') }),
  ...['packed', 'traded', 'own'].map((id) => pack(`pack-${id}`, id)),
  authorization(ofProduct('own'), kinds.marketing, {
    ...revoked,
    validityPeriod: { start: '2009-03' },
    case: { dateDateTime: '2001' },
  }),
  authorization(ofPack('pack-own'), kinds.marketing, { ...valid, validityPeriod: { start: '2012-01-01' } }),
  authorization(ofPack('pack-packed'), kinds.marketing, {
    ...suspended,
    case: { dateDateTime: '2015-06-01' },
  }),
  authorization(ofProduct('packed'), kinds.parallel, { ...valid, case: { dateDateTime: '2016' } }),
  authorization(ofPack('pack-traded'), kinds.parallel, {
    ...valid,
    validityPeriod: { start: '2018', end: '2020' },
  }),
  authorization(ofProduct('open'), { text: 'Notice' }, { ...valid, validityPeriod: { start: '2009' } }),
  authorization(ofProduct('orphaned'), kinds.orphan, { ...valid, validityPeriod: { start: '2007' } }),
  authorization(ofProduct('void'), kinds.marketing, { ...valid, validityPeriod: { start: '2003' } }),
  product('coded', {
    name: [
      {
        productName: 'Standing coded',
        usage: [{ country: country('100000000535'), language: term('100000072057', '100000072288') }],
      },
    ],
    marketingStatus: [
      {
        country: country('100000000535'),
        extension: [
          {
            url: 'http://ema.europa.eu/fhir/extension/riskOfSupplyShortage',
            valueCoding: { system: 'https://ema.europa.eu/fhir/riskOfSupplyShortage', code: 'True' },
          },
        ],
      },
      {},
    ],
  }),
];

const fields = 'lifecycle firstAuthorized';

describe.each(['everything', 'search', 'include'] as const)(
  'the fields `lifecycle` and `firstAuthorized` with the profile `%s`',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ profile, sandbox: { resources } });
    });
    afterAll(() => service.stop());

    it.each([
      ['a revoked authorization of its own', 'own', 'ENDED', '2009-03'],
      ['a suspended authorization of its package', 'packed', 'SUSPENDED', '2015-06-01'],
      ['an ended parallel trade of its package', 'traded', 'ENDED', '2018'],
      ['an authorization of unknown kind', 'open', 'UNKNOWN', null],
      ['no authorization', 'none', 'UNKNOWN', null],
      ['an orphan designation', 'orphaned', 'UNKNOWN', null],
      ['a nullified record and a valid authorization', 'void', 'VOID', '2003'],
    ])('are $2 and $3 for a product with %s', async (_what, id, lifecycle, firstAuthorized) => {
      const { data, errors } = await service.query(`{ product(id: "${id}") { ${fields} } }`);
      expect(errors).toBeUndefined();
      expect(data).toEqual({ product: { lifecycle, firstAuthorized } });
    });

    it('cost no upstream request for each product of a list', async () => {
      const { data, errors, extensions } = await service.query(
        `{ products(filter: { name: "Standing" }, first: 20) { nodes { pmsId ${fields} } } }`,
      );
      expect(errors).toBeUndefined();
      const { nodes } = data!['products'] as { nodes: { pmsId: string; lifecycle: string }[] };
      expect(Object.fromEntries(nodes.map(({ pmsId, lifecycle }) => [pmsId, lifecycle]))).toEqual({
        own: 'ENDED',
        packed: 'SUSPENDED',
        traded: 'ENDED',
        open: 'UNKNOWN',
        none: 'UNKNOWN',
        orphaned: 'UNKNOWN',
        void: 'VOID',
        coded: 'UNKNOWN',
      });
      const { requests, estimated } = extensions['upstream'] as { requests: number; estimated: number };
      expect(requests).toBeLessThanOrEqual(estimated);
    });
  },
);

describe('authorizations that cannot be read completely', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({
      profile: 'search',
      sandbox: {
        resources,
        faults: [{ kind: 'status', status: 404, match: 'RegulatedAuthorization' }],
      },
    });
  });
  afterAll(() => service.stop());

  it('make `lifecycle` and `firstAuthorized` null with an error, and leave the fields of the product’s own record', async () => {
    const { data, errors } = await service.query(
      `{ own: product(id: "own") { pmsId ${fields} } void: product(id: "void") { ${fields} } }`,
    );
    expect(data).toEqual({
      own: { pmsId: 'own', lifecycle: null, firstAuthorized: null },
      void: { lifecycle: 'VOID', firstAuthorized: null },
    });
    expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual([
      'own.firstAuthorized',
      'own.lifecycle',
      'void.firstAuthorized',
    ]);
  });
});

describe('coded values', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ sandbox: { resources } });
  });
  afterAll(() => service.stop());

  it('have ISO codes for countries and languages, and a code for the risk of a supply shortage', async () => {
    const { data } = await service.query(
      `{ product(id: "coded") {
        names { usages { country { iso } language { iso } } }
        marketingStatuses { country { iso } riskOfSupplyShortage { code iso } }
      } }`,
    );
    expect(data).toEqual({
      product: {
        names: [{ usages: [{ country: { iso: 'SE' }, language: { iso: 'sv' } }] }],
        marketingStatuses: [
          { country: { iso: 'SE' }, riskOfSupplyShortage: { code: 'True', iso: null } },
          { country: null, riskOfSupplyShortage: null },
        ],
      },
    });
  });
});
