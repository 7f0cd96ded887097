/** Products: names in several languages, dose forms from two elements, and numbers of several systems. */
import { describe, expect, it } from 'vitest';
import type { Concept } from '../../../../src/graphql/schema/types/concept.js';
import { viewOf } from '../../../../src/graphql/schema/types/index.js';
import { Product } from '../../../../src/graphql/schema/types/product.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../../support/published.js';
import { contextOf, emaList, held, inEnglish } from '../../../support/views.js';

const product = (content: object) =>
  new Product(held({ resourceType: 'MedicinalProductDefinition', id: '600000000001', ...content }));
const term = (list: string, code: string) => ({ coding: [{ system: emaList(list), code }] });

const sweden = term('100000000002', '100000000535');
const swedish = term('100000072057', '100000072288');
/** A request without Accept-Language. */
const nobody = contextOf([]);

describe('the names of a product', () => {
  const named = product({
    name: [
      {
        productName: 'Exampla 20 mg tablets',
        usage: [
          { country: { text: 'Ireland' }, language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] } },
        ],
      },
      {
        productName: 'Exampla 20 mg tabletter',
        part: [{ part: 'EXAMPLA', type: { coding: [{ code: '220000000002' }] } }],
        usage: [{ country: sweden, language: swedish }],
      },
    ],
  });

  it('have languages and countries from EMA codes as well as from ISO codes', () => {
    expect(named.name({ language: 'sv' }, nobody)).toBe('Exampla 20 mg tabletter');
    expect(named.name({ country: 'SE' }, nobody)).toBe('Exampla 20 mg tabletter');
    expect(named.name({ country: 'Ireland', language: 'en-IE' }, nobody)).toBe('Exampla 20 mg tablets');
    expect(named.name({ language: 'en', country: 'SE' }, nobody)).toBe('Exampla 20 mg tabletter');
    expect(named.name({ language: 'fr' }, nobody)).toBe('Exampla 20 mg tablets');
    expect(named.name({ country: 'FR' }, nobody)).toBeNull();
  });

  it('are in the languages that the request accepts', () => {
    expect(named.name({}, contextOf(['sv-FI', 'en']))).toBe('Exampla 20 mg tabletter');
    expect(named.name({}, contextOf(['fr', 'sv']))).toBe('Exampla 20 mg tabletter');
    expect(named.name({ language: 'fr' }, contextOf(['sv']))).toBe('Exampla 20 mg tabletter');
    expect(named.name({ language: 'en' }, contextOf(['sv']))).toBe('Exampla 20 mg tablets');
  });

  it('are in the language of the record by default, and have translations', () => {
    const translation = {
      url: 'http://hl7.org/fhir/StructureDefinition/translation',
      extension: [
        { url: 'lang', valueCode: 'de' },
        { url: 'content', valueString: 'Exampla 20 mg Tabletten' },
      ],
    };
    const told = viewOf(
      held({
        resourceType: 'MedicinalProductDefinition',
        id: '1',
        language: 'fi',
        name: [
          { productName: 'Exampla', usage: [{ language: swedish }] },
          { productName: 'Exampla 20 mg tabletit', _productName: { extension: [translation] } },
        ],
      }),
    ) as Product;
    expect(told.name({}, nobody)).toBe('Exampla');
    expect(told.name({ language: 'fi' }, nobody)).toBe('Exampla 20 mg tabletit');
    expect(told.name({ language: 'de-AT' }, nobody)).toBe('Exampla 20 mg Tabletten');
    expect(told.name({ language: 'sv' }, nobody)).toBe('Exampla');
    expect(told.name({ language: 'it' }, nobody)).toBe('Exampla');
  });

  it('give the first name of the record as the default', () => {
    expect(named.name({}, nobody)).toBe('Exampla 20 mg tablets');
    expect(named.name({ language: null, country: null } as never, nobody)).toBe('Exampla 20 mg tablets');
    expect(product({}).name({}, nobody)).toBeNull();
  });

  it('have parts and usages', () => {
    const [, swedishName] = named.names;
    expect(swedishName?.text).toBe('Exampla 20 mg tabletter');
    expect(swedishName?.parts.map(({ text, type }) => [text, type?.text({}, inEnglish)])).toEqual([
      ['EXAMPLA', 'Invented name part'],
    ]);
    expect(
      swedishName?.usages.map(({ country, language }) => [country?.code, language?.text({}, inEnglish)]),
    ).toEqual([['100000000535', 'Swedish']]);
    expect(named.names[0]?.parts).toEqual([]);
    expect(product({}).names).toEqual([]);
  });

  it.skipIf(!isPublishedHere)(
    `are chosen by the requested language or country in published records${unlessPublished}`,
    () => {
      const products = publishedOf('MedicinalProductDefinition').map(
        (resource) => new Product(held(resource)),
      );
      const counted = (language: string) =>
        products.filter((each) => {
          const noted = new Set<string>();
          each.name({ language }, contextOf([], noted));
          return noted.has(language);
        }).length;
      expect(products.every((each) => each.name({}, nobody) !== null)).toBe(true);
      expect([counted('sv'), counted('et'), counted('de'), counted('el')].every((count) => count > 0)).toBe(
        true,
      );
      expect(products.filter((each) => each.name({ country: 'DK' }, nobody)).length).toBeGreaterThan(0);
    },
  );
});

describe('the brand of a product', () => {
  const invented = { coding: [{ code: '220000000002' }] };
  const named = (productName: string, brand: string | undefined, language: object) => ({
    productName,
    ...(brand === undefined ? {} : { part: [{ part: brand, type: invented }] }),
    usage: [{ country: { text: 'Somewhere' }, language }],
  });
  const branded = product({
    name: [
      named('Metformin 500 mg', undefined, { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] }),
      named('Exampla 500 mg', 'EXAMPLA', { coding: [{ system: 'urn:ietf:bcp:47', code: 'de' }] }),
      named('Modella 500 mg', 'Modella', swedish),
    ],
  });

  it('is the invented name in the product name of the accepted language', () => {
    const noted = new Set<string>();
    expect(branded.brand({}, contextOf(['sv'], noted))).toBe('Modella');
    expect(branded.brand({}, contextOf(['de'], noted))).toBe('EXAMPLA');
    expect(noted).toEqual(new Set(['sv', 'de']));
  });

  it('is from the first product name with an invented name, if the name in the accepted language has none', () => {
    const noted = new Set<string>();
    expect([branded.brand({}, contextOf(['en'], noted)), branded.brand({}, nobody)]).toEqual([
      'EXAMPLA',
      'EXAMPLA',
    ]);
    expect(noted).toEqual(new Set(['de']));
  });

  it('is null if no product name has an invented name', () => {
    expect(product({}).brand({}, nobody)).toBeNull();
    expect(
      product({ name: [named('Metformin', undefined, swedish)] }).brand({}, contextOf(['sv'])),
    ).toBeNull();
  });

  it('is recognized by the type code of the name part', () => {
    expect(branded.names[1]?.parts.map(({ kind }) => kind)).toEqual(['INVENTED']);
  });
});

describe('the numbers of a product', () => {
  it('are recognized by their identifier systems, with http or https and in any letter case', () => {
    const numbered = product({
      identifier: [
        { system: 'https://ema.europa.eu/fhir/mpid', value: 'EU-100001234-0001' },
        { system: 'http://spor.ema.europa.eu/v1/lists/100000000009/terms/100000075665', value: 'PRD417562' },
      ],
    });
    expect([numbered.pmsId, numbered.mpid, numbered.evCode]).toEqual([
      '600000000001',
      'EU-100001234-0001',
      'PRD417562',
    ]);
    expect(numbered.identifiers.map(({ value, kind }) => [value, kind])).toEqual([
      ['EU-100001234-0001', 'MPID'],
      ['PRD417562', 'EV_CODE'],
    ]);
    expect([product({}).mpid, product({}).evCode, product({}).identifiers]).toEqual([null, null, []]);
  });
});

describe('the dose form of a product', () => {
  const url = 'http://ema.europa.eu/fhir/extension/authorisedDoseForm';
  const tablet = { system: emaList('200000000004'), code: '100000073664' };

  it('is the product’s combinedPharmaceuticalDoseForm, or else EMA’s extension', () => {
    const own = product({
      combinedPharmaceuticalDoseForm: { coding: [{ ...tablet, code: '100000073665' }] },
      extension: [{ url, valueCoding: tablet }],
    });
    expect(own.doseForm?.text({}, inEnglish)).toBe('Film-coated tablet');
    expect(
      product({ extension: [{ url: 'http://x.example' }, { url, valueCoding: tablet }] }).doseForm?.code,
    ).toBe('100000073664');
    expect(product({ extension: [{ url, valueCodeableConcept: { coding: [tablet] } }] }).doseForm?.code).toBe(
      '100000073664',
    );
    expect(product({}).doseForm).toBeNull();
    expect(product({ extension: [{ url }] }).doseForm).toBeNull();
  });
});

describe('a product', () => {
  it('has the values of its record', () => {
    const full = product({
      domain: term('100000000004', '100000000012'),
      status: term('200000005003', '200000005004'),
      type: { text: 'Medicinal product' },
      description: 'A tablet.',
      indication: 'Depression.',
      legalStatusOfSupply: term('100000072051', '100000072084'),
      additionalMonitoringIndicator: { text: 'yes' },
      pediatricUseIndicator: { text: 'no' },
      specialMeasures: [{ text: 'Black triangle' }],
      classification: [term('100000155526', '100000155527'), term('100000093533', '100000097705')],
    });
    const text = (concept: Concept | null) => concept?.text({}, inEnglish);
    expect(
      [
        full.domain,
        full.status,
        full.type,
        full.legalStatusOfSupply,
        full.additionalMonitoring,
        full.pediatricUse,
      ].map(text),
    ).toEqual([
      'Human use',
      'Current',
      'Medicinal product',
      'Medicinal product subject to medical prescription',
      'yes',
      'no',
    ]);
    expect([full.description({}, nobody), full.indication({}, nobody)]).toEqual(['A tablet.', 'Depression.']);
    expect(full.specialMeasures.map(text)).toEqual(['Black triangle']);
    expect(full.classifications.map(({ code }) => code)).toEqual(['100000155527', '100000097705']);
    expect(full.atc({}, inEnglish).map(({ code }) => code)).toEqual(['N06AX12']);
    expect(full.atc({}, inEnglish)[0]?.text({}, inEnglish)).toBe('bupropion');
  });

  it('has null and empty lists for missing values', () => {
    const bare = product({});
    const { domain, status, type, legalStatusOfSupply, additionalMonitoring, pediatricUse } = bare;
    expect([
      domain,
      status,
      type,
      bare.description({}, nobody),
      bare.indication({}, nobody),
      legalStatusOfSupply,
      additionalMonitoring,
      pediatricUse,
    ]).toEqual(Array(8).fill(null));
    const { classifications, specialMeasures, marketingStatuses, contacts, operations } = bare;
    expect([
      classifications,
      bare.atc({}, inEnglish),
      specialMeasures,
      marketingStatuses,
      contacts,
      operations,
    ]).toEqual(Array.from({ length: 6 }, () => []));
  });

  it('has the countries in which it is marketed', () => {
    const [status] = product({
      marketingStatus: [
        {
          country: sweden,
          jurisdiction: { text: 'Gotland' },
          status: term('100000072052', '230000000000'),
          dateRange: { start: '2019-05', end: '2026' },
          restoreDate: '2027-01-01',
        },
      ],
    }).marketingStatuses;
    expect(status?.country?.text({}, inEnglish)).toBe('Kingdom of Sweden');
    expect(status?.jurisdiction?.text({}, inEnglish)).toBe('Gotland');
    expect(status?.status?.text({}, inEnglish)).toBe('Temporarily unavailable');
    expect(status?.dateRange).toMatchObject({ start: '2019-05', end: '2026' });
    expect(status?.restoreDate).toBe('2027-01-01');
    expect(product({ marketingStatus: [{}] }).marketingStatuses[0]).toMatchObject({
      country: null,
      status: null,
      dateRange: null,
      restoreDate: null,
    });
  });

  it('has its contacts: organizations and persons', () => {
    const [person, nobody] = product({
      contact: [
        {
          type: term('100000154441', '100000155057'),
          contact: { reference: 'PractitionerRole/7', display: 'Dr. Ada Example' },
        },
        {},
      ],
    }).contacts;
    expect([person?.name, person?.type?.text({}, inEnglish)]).toEqual([
      'Dr. Ada Example',
      'Qualified person responsible for pharmacovigilance',
    ]);
    expect([nobody?.name, nobody?.type]).toEqual([null, null]);
  });

  it('has manufacturing operations', () => {
    const [operation] = product({
      operation: [
        { effectiveDate: { start: '2020' }, confidentialityIndicator: term('200000004983', '200000004984') },
      ],
    }).operations;
    expect(operation?.effectiveDate?.start).toBe('2020');
    expect(operation?.confidentiality?.text({}, inEnglish)).toBe('Confidential');
  });
});
