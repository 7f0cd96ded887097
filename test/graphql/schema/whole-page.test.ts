/**
 * Attached documents, appearance, devices in the package and related products: equal on every profile, and from the index.
 */
import type { Resource } from 'fhir/r5.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sampleResources } from '../../../src/sandbox/world/sample.js';
import {
  startTestService,
  type GraphqlAnswer,
  type TestService,
  type TestServiceOptions,
} from '../../support/service.js';
import { oneIn } from '../../support/tier.js';

const held = { index: true, cacheTtlMs: 600_000 } as const;
const services = oneIn<TestServiceOptions>(3, [
  { profile: 'search' },
  { profile: 'everything', ...held },
  { profile: 'include' },
  { profile: 'everything' },
  { profile: 'search', ...held },
]);

async function start(options: TestServiceOptions): Promise<TestService> {
  const service = await startTestService(options);
  onTestFinished(() => service.stop());
  return service;
}

function incompleteIn({ extensions }: GraphqlAnswer): readonly object[] {
  return (extensions as { upstream: { incomplete: readonly object[] } }).upstream.incomplete;
}

const page = `{
  product(id: "600000000002") {
    all: attachedDocuments { id title type { text } language { iso text } url contentType date }
    swedish: attachedDocuments(language: "sv", type: ["LEAFLET", "nothing"]) { title files { language { iso } } }
    none: attachedDocuments(language: "fr") { id }
    characteristics { type { text } text }
    comprisedOf { kind text reference package { id } item { name components { type { text } functions { text } characteristics { text } }
      characteristics { type { text } text boolean quantity { value } image { contentType url title } } } }
    impurities { code name products(first: 1) { totalCount } }
    administrableProducts { identifiers { kind value } administrationRoutes { firstDose { text } maxSingleDose { text } maxDosePerDay { text } } }
    authorizations(type: MARKETING) { case { number date } applications { number type { text } status { text } } attachedDocuments { id } }
  }
  generic: product(id: "600000000071") {
    attachedDocuments(type: ["Packungsbeilage", "smpc", "Summary"]) { id language { iso } }
    crossReferences { type { text } concept { text } product { name } }
  }
  box: product(id: "600000000010") {
    activeSubstances { definition { molecularFormula molecularWeights { text ucum }
      structures { type { text } format { text } text } substanceNames { official { authority { text } status { text } date } } } }
    clinicalUses(type: INDICATION) { populations { text } }
    packages(first: 1) { nodes { copackaged packaging { items { kind text item { name } } packaging { items { kind item { name } } } } } }
  }
}`;

const document = (at: number, title: string, iso: string, text: string): object => ({
  id: `Document:7000000020${at}`,
  title: `Avelanta: ${title}`,
  type: { text: title },
  language: { iso, text },
  url: `https://pms-graphql.example/sandbox/documents/2-${title === 'Package Leaflet' ? 'leaflet' : 'smpc'}-${iso}.pdf`,
  contentType: 'application/pdf',
  date: '2024-02-12T00:00:00Z',
});
const smpc = 'Summary of Product Characteristics';

const expected = {
  product: {
    all: [
      document(0, 'Package Leaflet', 'en', 'English'),
      document(1, 'Package Leaflet', 'sv', 'Swedish'),
      document(2, 'Package Leaflet', 'de', 'German'),
      document(3, smpc, 'en', 'English'),
      document(4, smpc, 'sv', 'Swedish'),
    ],
    swedish: [{ title: 'Avelanta: Package Leaflet', files: [{ language: { iso: 'sv' } }] }],
    none: [],
    characteristics: [{ type: { text: 'Trait' }, text: 'Gluten-free' }],
    comprisedOf: [
      {
        kind: 'MANUFACTURED_ITEM',
        text: null,
        reference: 'ManufacturedItemDefinition/20000000200',
        package: null,
        item: {
          name: 'Avelanta 10 mg film-coated tablet',
          components: [
            { type: { text: 'Core' }, functions: [], characteristics: [] },
            {
              type: { text: 'Film coat' },
              functions: [{ text: 'Protection from light' }],
              characteristics: [{ text: 'Smooth' }],
            },
          ],
          characteristics: [
            { type: { text: 'Colour' }, text: 'Pink', boolean: null, quantity: null, image: null },
            { type: { text: 'Shape' }, text: 'Oval', boolean: null, quantity: null, image: null },
            { type: { text: 'Imprint' }, text: 'AV 10', boolean: null, quantity: null, image: null },
            {
              type: { text: 'Diameter' },
              text: '12.5 mm',
              boolean: null,
              quantity: { value: 12.5 },
              image: null,
            },
            { type: { text: 'Score line' }, text: null, boolean: false, quantity: null, image: null },
            {
              type: { text: 'Picture' },
              text: 'Avelanta',
              boolean: null,
              quantity: null,
              image: {
                contentType: 'image/jpeg',
                url: 'https://pms-graphql.example/sandbox/pictures/2.jpg',
                title: 'Avelanta',
              },
            },
          ],
        },
      },
    ],
    impurities: [{ code: '100000085259', name: 'Amlodipine', products: { totalCount: 8 } }],
    administrableProducts: [
      {
        identifiers: [{ kind: 'PHPID', value: '0x4C6F72656D69707375' }],
        administrationRoutes: [
          { firstDose: { text: '5 mg' }, maxSingleDose: { text: '10 mg' }, maxDosePerDay: { text: '10 mg' } },
        ],
      },
    ],
    authorizations: [
      {
        case: { number: 'EMEA/H/C/009001', date: '2024-02-12' },
        applications: [
          { number: 'EMEA/H/C/009001/II/012', type: { text: 'Variation type II' }, status: null },
        ],
        attachedDocuments: [],
      },
    ],
  },
  generic: {
    // Texts without a known term, and a short name of a code. Only the words of a text count.
    attachedDocuments: [{ id: 'Document:600000000071#smpc-sv', language: { iso: 'sv' } }],
    crossReferences: [
      {
        type: { text: 'Generic of' },
        concept: null,
        product: { name: 'Avelanta 10 mg film-coated tablets' },
      },
      { type: { text: 'Generic of' }, concept: { text: 'Norvasira 5 mg' }, product: null },
    ],
  },
  box: {
    activeSubstances: [
      {
        definition: {
          molecularFormula: 'C13H18O2',
          molecularWeights: [{ text: '206.28 g/mol', ucum: 'g/mol' }],
          structures: [
            {
              type: { text: 'Full' },
              format: { text: 'SMILES' },
              text: 'CC(C)CC1=CC=C(C=C1)C(C)C(O)=O',
            },
          ],
          substanceNames: [
            { official: [{ authority: { text: 'WHO (INN)' }, status: { text: 'Recommended' }, date: null }] },
          ],
        },
      },
    ],
    clinicalUses: [{ populations: [{ text: 'Children from 3 months to 12 years' }] }],
    packages: {
      nodes: [
        {
          copackaged: false,
          packaging: {
            items: [
              { kind: 'DEVICE', text: 'Oral syringe 5 ml', item: null },
              { kind: 'OTHER', text: 'Measuring spoon', item: null },
            ],
            packaging: [
              {
                items: [
                  {
                    kind: 'MANUFACTURED_ITEM',
                    item: { name: 'Ibufena Barn 20 mg/ml oral suspension' },
                  },
                ],
              },
            ],
          },
        },
      ],
    },
  },
};

describe('all fields of a product page', () => {
  it.each(services)('have the same values in every configuration of the service: %j', async (options) => {
    const service = await start(options);
    const answer = await service.query(page);
    expect(answer.errors).toBeUndefined();
    expect(incompleteIn(answer)).toEqual([]);
    expect(answer.data).toEqual(expected);
  });

  it('cost no upstream request if the product is in the index', async () => {
    const service = await start({ profile: 'everything', ...held });
    service.sandbox.clearRequests();
    const { data } = await service.query(`{ product(id: "600000000002") {
      attachedDocuments { title } comprisedOf { item { name } } crossReferences { type { text } } impurities { name } } }`);
    expect(data).toHaveProperty('product.attachedDocuments.length', 5);
    expect(service.sandbox.requests).toEqual([]);
  });

  it('include the product’s documents, which are read by their ids', async () => {
    const service = await start({ profile: 'search' });
    const ids = ['Document:70000000203', 'Document:600000000071#leaflet-fi', 'Document:79999999999'];
    const { data, errors } = await service.query(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Document { title } } }',
      { ids },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      nodes: [
        { id: ids[0], title: `Avelanta: ${smpc}` },
        { id: ids[1], title: 'Lodiqua: Package Leaflet' },
        null,
      ],
    });
  });
});

const product = (id: string, more: object = {}): object => ({
  resourceType: 'MedicinalProductDefinition',
  id,
  name: [{ productName: `Product ${id}` }],
  ...more,
});

/** Elements that the sample data lack: a box in a box, an item that no package contains, and a contained device. */
const rare = [
  product('1', {
    comprisedOf: [{ reference: 'ManufacturedItemDefinition/m' }, { reference: '#d' }],
    contained: [
      {
        resourceType: 'DeviceDefinition',
        id: 'd',
        deviceName: [{ name: 'Inhaler', type: 'user-friendly-name' }],
      },
    ],
    attachedDocument: [{ reference: 'DocumentReference/there' }, { reference: 'DocumentReference/lost' }],
    characteristic: [{ type: { text: 'Picture' }, valueAttachment: { url: 'javascript:alert(1)' } }],
  }),
  product('2', { attachedDocument: [{ reference: 'DocumentReference/lost' }] }),
  { resourceType: 'ManufacturedItemDefinition', id: 'm', manufacturedDoseForm: { text: 'Tablet' } },
  {
    resourceType: 'Ingredient',
    id: 'i',
    for: [{ reference: 'ManufacturedItemDefinition/m' }],
    role: { text: 'Active' },
    substance: { code: { concept: { text: 'Ibuprofen' } } },
  },
  {
    resourceType: 'PackagedProductDefinition',
    id: 'outer',
    name: 'Two months',
    packageFor: [{ reference: 'MedicinalProductDefinition/1' }],
    copackagedIndicator: true,
    packaging: {
      containedItem: [
        { item: { reference: { reference: 'PackagedProductDefinition/inner' } }, amount: { value: 2 } },
        { item: { reference: { reference: 'BiologicallyDerivedProduct/b' } } },
        { item: { reference: { reference: 'x' } } },
      ],
    },
  },
  {
    resourceType: 'PackagedProductDefinition',
    id: 'inner',
    name: 'One month',
    packageFor: [{ reference: 'MedicinalProductDefinition/1' }],
  },
  {
    resourceType: 'DocumentReference',
    id: 'there',
    content: [
      { attachment: { url: 'Binary/1', language: 'sv-SE', title: 'Bipacksedel' } },
      { attachment: { url: 'urn:oid:1.2', language: 'fi', contentType: 'text/html' } },
    ],
  },
] as unknown as readonly Resource[];

describe('FHIR elements that are rare in EMA’s records', () => {
  it.each(['search', 'include', 'everything'] as const)(
    'are returned with the profile `%s`',
    async (profile) => {
      const service = await start({ profile, sandbox: { resources: rare } });
      const answer = await service.query(`{ product(id: "1") {
      manufacturedItems { id } ingredients { nodes { id } }
      comprisedOf { kind text item { id } }
      characteristics { image { url } }
      documents: attachedDocuments(language: "fi") { title language { code } url files { url contentType } }
      packages { nodes { name copackaged packaging { items { kind amount { value } package { name } } } } } } }`);
      expect(answer.data).toEqual({
        product: {
          manufacturedItems: [{ id: 'ManufacturedItem:m' }],
          ingredients: { nodes: [{ id: 'Ingredient:i' }] },
          comprisedOf: [
            { kind: 'MANUFACTURED_ITEM', text: null, item: { id: 'ManufacturedItem:m' } },
            { kind: 'DEVICE', text: 'Inhaler', item: null },
          ],
          characteristics: [{ image: { url: null } }],
          documents: [
            {
              title: 'Bipacksedel',
              language: { code: 'sv-SE' },
              url: `${service.sandbox.baseUrl}/Binary/1`,
              files: [
                { url: `${service.sandbox.baseUrl}/Binary/1`, contentType: null },
                { url: null, contentType: 'text/html' },
              ],
            },
          ],
          packages: {
            nodes: [
              { name: 'One month', copackaged: null, packaging: null },
              {
                name: 'Two months',
                copackaged: true,
                packaging: {
                  items: [
                    { kind: 'PACKAGE', amount: { value: 2 }, package: { name: 'One month' } },
                    { kind: 'OTHER', amount: null, package: null },
                    { kind: null, amount: null, package: null },
                  ],
                },
              },
            ],
          },
        },
      });
      expect(answer.errors).toBeUndefined();
      // A document that does not exist is reported, and the other documents are returned.
      expect(incompleteIn(answer)).toContainEqual({
        path: ['product', 'documents'],
        reason: 'DANGLING_REFERENCE',
        reference: 'DocumentReference/lost',
      });
    },
  );

  it('cause an error, and not an empty list, if none of the referenced documents exists', async () => {
    const service = await start({ profile: 'search', sandbox: { resources: rare } });
    const { data, errors } = await service.query('{ product(id: "2") { name attachedDocuments { id } } }');
    expect(data).toEqual({ product: { name: 'Product 2', attachedDocuments: null } });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['DANGLING_REFERENCE']);
  });
});

describe('an upstream without the resource type DocumentReference', () => {
  it.each(['search', 'include', 'everything'] as const)(
    'leaves all fields except `documents` complete with the profile `%s`',
    async (profile) => {
      const resources = sampleResources({ quirks: true }).filter(
        ({ resourceType }) => resourceType !== 'DocumentReference',
      );
      const service = await start({
        profile,
        sandbox: { resources, guise: { lacks: ['DocumentReference?'] } },
      });
      const { data, errors } = await service.query(
        '{ product(id: "600000000002") { pmsId attachedDocuments { id } packages { totalCount } } }',
      );
      expect(data).toEqual({
        product: { pmsId: '600000000002', attachedDocuments: null, packages: { totalCount: 2 } },
      });
      expect(errors).toHaveLength(1);
      expect(errors?.[0]?.path).toEqual(['product', 'attachedDocuments']);
    },
  );
});
