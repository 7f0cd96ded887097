/** Substances that an ingredient names only by a reference: their names and codes come from the referenced record. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';
import { sentByOperations } from '../support/sent.js';
import { upstreamOf } from '../support/operations.js';

const role = { coding: [{ code: '100000072072' }] };
const sms = 'http://spor.ema.europa.eu/v1/SubstanceDefinition';
const product = (id: string): object => ({
  resourceType: 'MedicinalProductDefinition',
  id,
  name: [{ productName: `Named ${id}` }],
});
const by = (reference: string, display?: string): object => ({
  reference: { reference, ...(display === undefined ? {} : { display }) },
});
const ingredient = (of: string, code: object, strength: object = {}): object => ({
  resourceType: 'Ingredient',
  id: `i-${of}`,
  for: [{ reference: `MedicinalProductDefinition/${of}` }],
  role,
  substance: { code, strength: [strength] },
});

const resources = [
  ...['referred', 'coded', 'gone', 'shown'].map(product),
  ingredient('referred', by('SubstanceDefinition/besilate'), {
    presentationQuantity: { value: 13.9, unit: 'mg' },
    referenceStrength: [
      { substance: by('SubstanceDefinition/amlodipine'), strengthQuantity: { value: 10, unit: 'mg' } },
    ],
  }),
  ingredient('coded', { concept: { coding: [{ code: '100000090079', display: 'Amlodipine besilate' }] } }),
  ingredient('gone', by('SubstanceDefinition/gone')),
  ingredient('shown', by('SubstanceDefinition/gone', 'Talc')),
  {
    resourceType: 'SubstanceDefinition',
    id: 'besilate',
    identifier: [{ value: 'X1' }],
    code: [
      { code: { coding: [{ system: 'http://fdasis.nlm.nih.gov', code: '864V2Q084H' }] } },
      { code: { coding: [{ system: sms, code: '100000090079' }] } },
    ],
    name: [
      { name: 'Amlodipine besilate', language: [{ coding: [{ code: 'en' }] }], preferred: true },
      { name: 'Amlodipinbesilat', language: [{ coding: [{ code: 'de' }] }] },
    ],
  },
  {
    resourceType: 'SubstanceDefinition',
    id: 'amlodipine',
    identifier: [{ value: '100000085259' }],
    name: [{ name: 'Amlodipine' }],
  },
] as unknown as Resource[];

const codesOf = ({ errors = [] }: GraphqlAnswer): readonly string[] =>
  errors.map(({ extensions }) => extensions.code);

describe.each(['everything', 'search', 'include'] as const)(
  'a substance that an ingredient names by a reference, with the profile `%s`,',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ profile, sandbox: { resources } });
    });
    afterAll(() => service.stop());

    const about = async (id: string): Promise<GraphqlAnswer> => {
      service.sandbox.clearRequests();
      const answer = await service.query(`{ product(id: "${id}") {
      activeSubstances { code name german: name(language: "de") }
      ingredients { nodes { strengths { references { substance { code name } } } } }
    } }`);
      const { requests, estimated } = upstreamOf(answer);
      expect(requests).toBe(sentByOperations(service.sandbox).length);
      expect(requests).toBeLessThanOrEqual(estimated);
      return answer;
    };

    it('has the name and code of the referenced SubstanceDefinition, also in strengths', async () => {
      const { data, errors } = await about('referred');
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        product: {
          activeSubstances: [
            { code: '100000090079', name: 'Amlodipine besilate', german: 'Amlodipinbesilat' },
          ],
          ingredients: {
            nodes: [
              { strengths: [{ references: [{ substance: { code: '100000085259', name: 'Amlodipine' } }] }] },
            ],
          },
        },
      });
    });

    it('needs no request if the ingredient also states a code', async () => {
      const { data } = await about('coded');
      expect(data).toMatchObject({
        product: { activeSubstances: [{ code: '100000090079', name: 'Amlodipine besilate' }] },
      });
      expect(service.sandbox.requests.filter(({ path }) => path.includes('SubstanceDefinition'))).toEqual([]);
    });

    it('and cannot be read, has the display of the reference as its name, and an error', async () => {
      const gone = await about('gone');
      expect(gone.data).toMatchObject({ product: { activeSubstances: [{ code: null, name: null }] } });
      const shown = await about('shown');
      expect(shown.data).toMatchObject({
        product: { activeSubstances: [{ code: null, name: 'Talc', german: 'Talc' }] },
      });
      for (const answer of [gone, shown]) expect(codesOf(answer).length).toBeGreaterThan(0);
    });

    it('makes the list of a filter by substance incomplete', async () => {
      const find = async (substance: string, ...ids: string[]): Promise<unknown> => {
        const { data, errors } = await service.query(
          'query ($substance: String!, $ids: [ID!]) { products(filter: { ids: $ids, substance: [$substance] }) { totalCount nodes { pmsId } } }',
          { substance, ids },
        );
        expect(errors).toBeUndefined();
        return data!['products'];
      };
      expect(await find('100000090079', 'coded', 'referred')).toEqual({
        totalCount: null,
        nodes: [{ pmsId: 'coded' }],
      });
      expect(await find('100000090079', 'coded')).toEqual({ totalCount: 1, nodes: [{ pmsId: 'coded' }] });
      expect(await find('talc', 'shown')).toEqual({ totalCount: 1, nodes: [{ pmsId: 'shown' }] });
    });
  },
);

describe.each(['search', 'include'] as const)('among 600 products, with the profile `%s`,', (route) => {
  const many = Array.from({ length: 600 }, (_, index) => product(`many-${index}`)) as unknown as Resource[];
  const coded = resources.filter((each) => !/^i-(referred|gone|shown)$/.test(each.id ?? ''));

  it.each([
    ['some ingredients name their substance by a reference', [...resources, ...many]],
    ['all ingredients state a code', [...coded, ...many]],
    // FHIR R5 has no search by the reference substance of a strength: a salt may have this substance as its base.
  ] as const)('a filter by substance is marked incomplete (NOT_ALL_SEARCHABLE) if %s', async (_what, all) => {
    const service = await startTestService({
      profile: 'auto',
      sandbox: { profile: route, resources: all },
    });
    const ask = (): Promise<GraphqlAnswer> =>
      service.query(
        '{ products(filter: { substance: ["100000090079"] }) { totalCount nodes { pmsId } pageInfo { complete } } }',
      );
    // One query of an ingredient teaches the service what it could not know before.
    await service.query(
      '{ product(id: "referred") { ingredients { nodes { role { code } substance { name } } } } }',
    );
    const { data, extensions } = await ask();
    expect(data).toEqual({
      products: {
        totalCount: null,
        nodes: [{ pmsId: 'coded' }],
        pageInfo: { complete: false },
      },
    });
    expect(upstreamOf({ extensions }).incomplete).toEqual([
      {
        path: ['products'],
        reason: 'NOT_ALL_SEARCHABLE',
        message: expect.stringContaining(
          'or in their strength. Products with such records may be missing from the list.',
        ),
      },
    ]);
    await service.stop();
  });
});
