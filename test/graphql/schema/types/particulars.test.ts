/** Elements that few records have, as the schema types return them. */
import { describe, expect, it } from 'vitest';
import { AdministrableProduct } from '../../../../src/graphql/schema/types/administrable-product.js';
import { Document } from '../../../../src/graphql/schema/types/document.js';
import { ManufacturedItem } from '../../../../src/graphql/schema/types/manufactured-item.js';
import { Product } from '../../../../src/graphql/schema/types/product.js';
import { RegulatedAuthorization } from '../../../../src/graphql/schema/types/regulated-authorization.js';
import { webAddress } from '../../../../src/graphql/schema/web-address.js';
import { contextIn, emaList, held, inEnglish } from '../../../support/views.js';

const text = (words: string): object => ({ text: words });

describe('a characteristic of a product', () => {
  const characteristicsOf = (...property: readonly object[]) =>
    new ManufacturedItem(held({ resourceType: 'ManufacturedItemDefinition', id: 'm', property }))
      .characteristics;

  it.each<[string, object, string | null]>([
    ['a concept', { valueCodeableConcept: { text: 'White' } }, 'White'],
    ['an amount', { valueQuantity: { value: 8.5, unit: 'mm' } }, '8.5 mm'],
    ['free text', { valueMarkdown: 'AV 5' }, 'AV 5'],
    ['a date', { valueDate: '2024-02' }, '2024-02'],
    ['a picture', { valueAttachment: { title: 'Front', url: 'https://a.example/1.jpg' } }, 'Front'],
    ['a reference to a file', { valueReference: { display: 'Front' } }, 'Front'],
    ['a Boolean', { valueBoolean: false }, null],
    ['without a value', {}, null],
  ])('that is %s has the text $2', (_what, value, told) => {
    const [only] = characteristicsOf({ type: text('X'), ...value });
    expect(only?.text({}, inEnglish)).toBe(told);
  });

  it('has its text in the requested language', () => {
    const [only] = characteristicsOf({ valueQuantity: { value: 8.5, unit: 'mm' } });
    expect(only?.text({}, contextIn('de'))).toBe('8,5 mm');
  });

  it('has its Boolean value, or null if the record has none', () => {
    const told = characteristicsOf({ valueBoolean: false }, { valueBoolean: true }, {});
    expect(told.map((each) => each.boolean)).toEqual([false, true, null]);
  });

  it('with two codes in one element becomes two characteristics', () => {
    const coding = ['1', '2'].map((code) => ({ system: emaList('100000000000'), code }));
    const told = characteristicsOf({ type: text('Colour'), valueCodeableConcept: { coding } });
    expect(told.map(({ concept }) => concept?.code)).toEqual(['1', '2']);
  });

  it('with a whole number as its value has a quantity and a text', () => {
    const characteristic = [{ type: text('Doses'), valueInteger: 10 }];
    const [only] = new Product(held({ resourceType: 'MedicinalProductDefinition', id: 'p', characteristic }))
      .characteristics;
    expect([only?.quantity?.value, only?.text({}, inEnglish)]).toEqual([10, '10']);
  });
});

describe('the URL of a document', () => {
  const base = 'https://pms.example/public/v1';
  it.each([
    ['https://a.example/b.pdf', 'https://a.example/b.pdf'],
    ['http://a.example/ä b.pdf', 'http://a.example/%C3%A4%20b.pdf'],
    ['Binary/1', 'https://pms.example/public/v1/Binary/1'],
    ['/files/1', 'https://pms.example/files/1'],
    ['javascript:alert(1)', null],
    ['JaVaScRiPt:alert(1)', null],
    ['data:text/html,<script>', null],
    ['urn:uuid:1', null],
    ['http://', null],
    ['', null],
    [' ', null],
    [undefined, null],
  ])('is made from the address %j: %j', (url, address) => {
    expect(webAddress(url, base)).toBe(address);
  });
});

it('a document without files is in the list of documents', () => {
  const document = new Document(
    held({ resourceType: 'DocumentReference', id: 'd', description: 'Leaflet', content: [{}] }),
  );
  const { language, contentType, date, files, type } = document;
  expect([document.title({}, inEnglish), document.url({}, inEnglish)]).toEqual(['Leaflet', null]);
  expect([language, contentType, date, files, type]).toEqual([null, null, null, [], null]);
});

it('the date of a document is the date of its file if the document has none', () => {
  const content = [{ attachment: { creation: '2024-02-12' } }];
  expect(new Document(held({ resourceType: 'DocumentReference', id: 'd', content })).date).toBe('2024-02-12');
});

it('a route of administration has its dose limits and withdrawal periods', () => {
  const [route] = new AdministrableProduct(
    held({
      resourceType: 'AdministrableProductDefinition',
      id: 'a',
      routeOfAdministration: [
        {
          code: text('Oral use'),
          maxDosePerTreatmentPeriod: {
            numerator: { value: 168, unit: 'mg' },
            denominator: { value: 84, unit: 'day' },
          },
          maxTreatmentPeriod: { value: 84, unit: 'day' },
          targetSpecies: [
            {
              code: text('Cattle'),
              withdrawalPeriod: [
                { tissue: text('Meat'), value: { value: 28, unit: 'day' } },
                {
                  tissue: text('Milk'),
                  value: { value: 96, unit: 'hour' },
                  supportingInformation: 'Eight milkings.',
                },
              ],
            },
            { code: text('Sheep') },
          ],
        },
      ],
    }),
  ).administrationRoutes;
  expect(route?.maxDosePerTreatmentPeriod?.text({}, inEnglish)).toBe('168 mg/84 days');
  expect(route?.maxTreatmentPeriod?.value).toBe(84);
  expect([route?.firstDose, route?.maxSingleDose, route?.maxDosePerDay]).toEqual([null, null, null]);
  const told = route?.withdrawalPeriods.map(({ species, tissue, value, supportingInformation }) => [
    species?.text({}, inEnglish),
    tissue?.text({}, inEnglish),
    value?.value,
    supportingInformation,
  ]);
  expect(told).toEqual([
    ['Cattle', 'Meat', 28, null],
    ['Cattle', 'Milk', 96, 'Eight milkings.'],
  ]);
});

it('the applications of an authorization are one list in order, at whatever depth they are nested', () => {
  const authorization = new RegulatedAuthorization(
    held({
      resourceType: 'RegulatedAuthorization',
      id: 'r',
      intendedUse: text('Prevention'),
      case: {
        identifier: { value: 'EMEA/H/C/1' },
        status: text('Closed'),
        datePeriod: { start: '2020', end: '2021' },
        application: [
          { identifier: { value: 'II/1' }, application: [{ identifier: { value: 'II/1/G' } }] },
          { identifier: { value: 'II/2' }, dateDateTime: '2022-03' },
        ],
      },
    }),
  );
  expect(authorization.intendedUse?.text({}, inEnglish)).toBe('Prevention');
  expect(authorization.case?.status?.text({}, inEnglish)).toBe('Closed');
  expect([authorization.case?.period?.start, authorization.case?.period?.end]).toEqual(['2020', '2021']);
  expect(authorization.applications.map(({ number, date }) => [number, date])).toEqual([
    ['II/1', null],
    ['II/1/G', null],
    ['II/2', '2022-03'],
  ]);
});

it('the usage of a name may be limited to a part of a country', () => {
  const usage = [{ country: text('Belgium'), jurisdiction: text('Flanders'), language: text('Dutch') }];
  const [name] = new Product(
    held({ resourceType: 'MedicinalProductDefinition', id: 'p', name: [{ productName: 'x', usage }] }),
  ).names;
  expect(name?.usages.map(({ jurisdiction }) => jurisdiction?.text({}, inEnglish))).toEqual(['Flanders']);
});
