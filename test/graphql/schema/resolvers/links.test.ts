/** The links of every type over a server, on both routes, to existing and missing records. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startTestService, type GraphqlAnswer, type TestService } from '../../../support/service.js';
import { world } from './world.js';

const pack = (id: string, name: string) =>
  ({
    resourceType: 'PackagedProductDefinition',
    id,
    name,
    packageFor: [{ reference: 'MedicinalProductDefinition/600000000001' }],
  }) as Resource;

const authorization = (id: string, value: string, reference: string) =>
  ({
    ...world.find((each) => each.id === '71'),
    id,
    identifier: [{ system: 'http://ema.europa.eu/fhir/marketingAuthorizationNumber', value }],
    subject: [{ reference }],
  }) as Resource;

describe.each(['everything', 'search'] as const)('link fields with the profile `%s`', (profile) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ profile, sandbox: { resources: world } });
  });
  afterAll(() => service.stop());

  const product = (selection: string): Promise<GraphqlAnswer> =>
    service.query(`{ product(id: "600000000001") { ${selection} } }`);
  const codesAt = ({ errors = [] }: GraphqlAnswer) =>
    errors.map(({ path, extensions }) => [path?.join('.'), extensions.code]);

  it('return all clinical uses of a product, or those of one kind', async () => {
    const { data, errors } = await product(`
      clinicalUses { __typename id useKind text products { pmsId } ... on Warning { description } }
      warnings: clinicalUses(type: WARNING) { id }
      others: clinicalUses(type: OTHER) { __typename }`);
    expect(errors).toBeUndefined();
    const products = [{ pmsId: '600000000001' }];
    expect(data).toEqual({
      product: {
        clinicalUses: [
          { __typename: 'Indication', id: 'ClinicalUse:90', useKind: 'INDICATION', text: 'Pain', products },
          {
            __typename: 'Warning',
            id: 'ClinicalUse:91',
            useKind: 'WARNING',
            text: 'Keep dry.',
            products,
            description: 'Keep dry.',
          },
          { __typename: 'OtherClinicalUse', id: 'ClinicalUse:92', useKind: 'OTHER', text: null, products },
        ],
        warnings: [{ id: 'ClinicalUse:91' }],
        others: [{ __typename: 'OtherClinicalUse' }],
      },
    });
  });

  it('return a package’s own authorization number, never the number of its product', async () => {
    const packages = [pack('30', 'Package of its own'), pack('31', 'Package of its product')];
    const authorizations = [
      authorization('71', 'EU/1/17/1201', 'MedicinalProductDefinition/600000000001'),
      authorization('72', 'EU/1/17/1201/001', 'PackagedProductDefinition/30'),
    ];
    const numbered = await startTestService({
      profile,
      sandbox: {
        resources: [{ ...world[0], contact: [], operation: [] } as Resource, ...packages, ...authorizations],
      },
    });
    onTestFinished(() => numbered.stop());
    const { data, errors } = await numbered.query(`{ product(id: "600000000001") {
      marketingAuthorization { number } packages { nodes { name marketingAuthorizationNumber } } } }`);
    expect(errors ?? []).toEqual([]);
    expect(data).toEqual({
      product: {
        marketingAuthorization: { number: 'EU/1/17/1201' },
        packages: {
          nodes: [
            { name: 'Package of its own', marketingAuthorizationNumber: 'EU/1/17/1201/001' },
            { name: 'Package of its product', marketingAuthorizationNumber: null },
          ],
        },
      },
    });
  });

  it('return the organization of a contact, and null for a contact that is a person', async () => {
    const answer = await product('contacts { name organization { id name } }');
    expect(answer.data).toEqual({
      product: {
        contacts: [
          { name: 'Dr. Ada Example', organization: null },
          { name: null, organization: { id: 'Organization:ORG-1', name: 'Acme' } },
          {
            name: 'Acme Enquiries',
            organization: { id: expect.stringMatching(/^Organization:~/) as string, name: 'Acme Enquiries' },
          },
          { name: null, organization: null },
          { name: 'Dr. Bo Example', organization: null },
        ],
      },
    });
    expect(codesAt(answer)).toEqual([['product.contacts.3.organization', 'DANGLING_REFERENCE']]);
  });

  it('return a record that is only in the `$everything` Bundle of a product found by a search', async () => {
    const { data, errors } = await service.query(`{
      products(filter: { name: "Exampla" }, first: 2) {
        nodes { contacts { organization { source { reference } } } operations { activity { id } } }
      }
    }`);
    expect(data).toMatchObject({
      products: {
        nodes: [
          {
            contacts: [{}, { organization: { source: { reference: 'Organization/ORG-1' } } }, {}, {}, {}],
            operations: [{ activity: { id: 'ManufacturingActivity:60' } }, {}, {}],
          },
          { contacts: [], operations: [] },
        ],
      },
    });
    expect((errors ?? []).map(({ extensions }) => extensions.code)).toEqual(
      Array(2).fill('DANGLING_REFERENCE'),
    );
  });

  it('return the activity and the organizations of a manufacturing operation', async () => {
    const answer = await product(`operations {
      type { text } effectiveDate { start } organizations { name }
      activity { id type { text } organizations { name } authorizations { number kind subjects { __typename } } }
    }`);
    const { product: told } = answer.data as { readonly product: { readonly operations: readonly object[] } };
    const [first, second, third] = told.operations;
    expect(first).toEqual({
      type: { text: 'Batch certification' },
      effectiveDate: { start: '2020' },
      organizations: [{ name: 'Acme' }, { name: 'Packer & Sons' }],
      activity: {
        id: 'ManufacturingActivity:60',
        type: { text: 'Batch certification' },
        organizations: [{ name: 'Acme' }],
        authorizations: [
          {
            number: 'MIA-1',
            kind: 'MANUFACTURING',
            subjects: [
              { __typename: 'ManufacturingActivity' },
              { __typename: 'Product' },
              { __typename: 'SubstanceDefinition' },
            ],
          },
        ],
      },
    });
    expect(second).toEqual({
      type: { text: 'Primary packaging' },
      effectiveDate: null,
      organizations: [{ name: 'Packer & Sons' }],
      activity: null,
    });
    expect(third).toEqual({ type: null, effectiveDate: null, organizations: [], activity: null });
    expect(codesAt(answer)).toEqual([
      ['product.operations.2.type', 'DANGLING_REFERENCE'],
      ['product.operations.2.activity', 'DANGLING_REFERENCE'],
    ]);
    expect(answer.extensions['upstream']).toMatchObject({
      incomplete: expect.arrayContaining([
        {
          path: ['product', 'operations', 0, 'organizations'],
          reason: 'DANGLING_REFERENCE',
          reference: 'Organization/ORG-404',
        },
      ]) as unknown[],
    });
  });

  it('return the SubstanceDefinition of a substance and of its reference substance', async () => {
    const answer = await product(`ingredients { nodes {
      roleKind strengthText
      substance { code name definition { name } }
      strengths { references { text substance { name definition { id name manufacturers { name } } } } }
    } }`);
    expect(answer.data).toEqual({
      product: {
        ingredients: {
          nodes: [
            {
              roleKind: 'ACTIVE',
              strengthText: '13.9 mg',
              substance: { code: null, name: 'Amlodipine besilate', definition: null },
              strengths: [
                {
                  references: [
                    {
                      text: '10 mg',
                      substance: {
                        name: 'Amlodipine',
                        definition: {
                          id: 'SubstanceDefinition:80',
                          name: 'Amlodipine',
                          manufacturers: [{ name: 'Acme' }],
                        },
                      },
                    },
                  ],
                },
              ],
            },
            {
              roleKind: 'EXCIPIENT',
              strengthText: null,
              substance: { code: '100000093305', name: null, definition: null },
              strengths: [],
            },
          ],
        },
      },
    });
    expect(codesAt(answer)).toEqual([
      ['product.ingredients.nodes.0.substance.code', 'DANGLING_REFERENCE'],
      ['product.ingredients.nodes.0.substance.definition', 'DANGLING_REFERENCE'],
    ]);
  });

  it('return the contents of a packaging: manufactured items, devices or nothing with a record', async () => {
    const answer = await product(
      'packages { nodes { packaging { packaging { items { reference amount { value } item { name } } } } } }',
    );
    expect(answer.data).toEqual({
      product: {
        packages: {
          nodes: [
            {
              packaging: {
                packaging: [
                  {
                    items: [
                      {
                        reference: 'ManufacturedItemDefinition/40',
                        amount: { value: 14 },
                        item: { name: 'Tablet' },
                      },
                      { reference: 'DeviceDefinition/9', amount: null, item: null },
                      { reference: null, amount: null, item: null },
                    ],
                  },
                ],
              },
            },
          ],
        },
      },
    });
    expect(codesAt(answer)).toEqual([]);
  });

  it('fail alone with UPSTREAM_UNSUPPORTED if they need the index, and the service has none', async () => {
    const answer = await service.query(`{
      product(id: "600000000001") { pmsId }
      substance(code: "100000085259") { name }
      substances { nodes { name } }
    }`);
    expect(answer.data).toEqual({ product: { pmsId: '600000000001' }, substance: null, substances: null });
    expect(codesAt(answer).map(([, code]) => code)).toEqual(Array(2).fill('UPSTREAM_UNSUPPORTED'));
    for (const { message } of answer.errors ?? []) expect(message).toContain('(setting INDEX)');
  });
});
