/** Packages: sizes that are missing or 0, packagings within packagings, descriptions in one language. */
import { describe, expect, it } from 'vitest';
import { Package } from '../../../../src/graphql/schema/types/package.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../../support/published.js';
import { contextIn, emaList, held, inEnglish } from '../../../support/views.js';

const pack = (content: object) =>
  new Package(held({ resourceType: 'PackagedProductDefinition', id: '8485040', ...content }));
const tablets = (value?: number) => ({
  ...(value === undefined ? {} : { value }),
  system: emaList('200000000014'),
  code: '200000002152',
});
const term = (list: string, code: string) => ({ coding: [{ system: emaList(list), code }] });

describe('the size of a package', () => {
  it('is the contained quantity with a text, or a text alone if there are several kinds of contents', () => {
    const { size, containedItemQuantities } = pack({
      containedItemQuantity: [tablets(28), { value: 1, unit: 'measuring spoon' }],
    });
    expect([size?.value, size?.unit, size?.text({}, inEnglish)]).toEqual([
      null,
      null,
      '28 tablets + 1 measuring spoon',
    ]);
    const single = pack({ containedItemQuantity: [tablets(28)] });
    expect([single.size?.value, single.size?.text({}, inEnglish)]).toEqual([28, '28 tablets']);
    expect(single.sizeFrom).toBe('CONTAINED_QUANTITY');
    expect(containedItemQuantities.map((each) => each.text({}, inEnglish))).toEqual([
      '28 tablets',
      '1 measuring spoon',
    ]);
  });

  it('of 0 has a number but no text', () => {
    const { size, containedItemQuantities } = pack({ containedItemQuantity: [tablets(0)] });
    expect([size?.value, size?.text({}, inEnglish)]).toEqual([0, null]);
    expect(containedItemQuantities[0]?.text({}, inEnglish)).toBeNull();
  });

  it('has no text if one of several kinds of contents is unreadable', () => {
    expect(pack({ containedItemQuantity: [tablets(0), tablets(6)] }).size?.text({}, inEnglish)).toBeNull();
    const german = contextIn('de');
    const two = pack({ containedItemQuantity: [tablets(6), { value: 20, unit: 'ml' }] }).size;
    expect(two?.text({}, german)).toBe('6 tablets + 20 ml');
  });

  it('is computed from the contents of each packaging if the record has no quantity', () => {
    const blister = { quantity: 3, containedItem: [{ item: {}, amount: tablets(10) }] };
    const box = pack({ packaging: { quantity: 1, packaging: [blister] } });
    expect([box.size?.value, box.size?.text({}, inEnglish), box.sizeFrom]).toEqual([
      30,
      '30 tablets',
      'PACKAGING',
    ]);
    const told = pack({ containedItemQuantity: [tablets(28)], packaging: { packaging: [blister] } });
    expect([told.size?.value, told.sizeFrom]).toEqual([28, 'CONTAINED_QUANTITY']);
    expect(pack({ packaging: {} }).sizeFrom).toBeNull();
  });

  it('is null if the record has no quantity, and may have no value', () => {
    expect(pack({}).size).toBeNull();
    expect(pack({}).containedItemQuantities).toEqual([]);
    const { size } = pack({ containedItemQuantity: [tablets()] });
    expect([size?.value, size?.text({}, inEnglish), size?.unit?.code]).toEqual([null, null, '200000002152']);
  });

  it.skipIf(!isPublishedHere)(
    `is printed as a number and a unit for every published record that has a size${unlessPublished}`,
    () => {
      const sizes = publishedOf('PackagedProductDefinition').flatMap(
        (resource) => new Package(held(resource)).size ?? [],
      );
      expect(sizes.length).toBeGreaterThan(100);
      for (const each of sizes) expect(each.text({}, inEnglish)).toMatch(/^[1-9][\d\u00a0.]* [a-z]/);
      const texts = new Set(sizes.map((each) => each.text({}, inEnglish)));
      for (const text of [
        '28 tablets',
        '1 pessary + 1 tube',
        '6 pessaries + 1 tube',
        '10 vials',
        '2 syringes',
        '1 bag',
        '16 capsules',
        '75 mg',
      ])
        expect(texts).toContain(text);
    },
  );
});

describe('a packaging', () => {
  const box = pack({
    packaging: {
      type: term('100000073346', '100000073498'),
      quantity: 1,
      material: [term('200000003199', '200000003529')],
      identifier: [{ system: 'http://ema.europa.eu/fhir/dataCarrierIdentifier', value: '05012345678900' }],
      shelfLifeStorage: [
        {
          type: term('100000073343', '100000073403'),
          periodDuration: { value: 36, code: 'mo', system: 'http://unitsofmeasure.org' },
          specialPrecautionsForStorage: [term('100000073344', '100000073410')],
        },
        { periodString: 'until the end of the month' },
        {},
      ],
      packaging: [
        {
          type: term('100000073346', '100000073496'),
          quantity: 2,
          containedItem: [
            { item: { reference: { reference: 'ManufacturedItemDefinition/1' } }, amount: { value: 14 } },
            { item: { concept: { text: 'desiccant' } } },
          ],
        },
      ],
    },
  }).packaging;

  it('has the packagings that it contains, level by level', () => {
    expect([
      box?.type?.text({}, inEnglish),
      box?.quantity,
      box?.materials.map((each) => each.text({}, inEnglish)),
    ]).toEqual(['Box', 1, ['Cardboard']]);
    expect(box?.items).toEqual([]);
    const [blister] = box?.packaging ?? [];
    expect([blister?.type?.text({}, inEnglish), blister?.quantity, blister?.packaging]).toEqual([
      'Blister',
      2,
      [],
    ]);
    expect(blister?.items.map(({ reference, amount }) => [reference, amount?.value])).toEqual([
      ['ManufacturedItemDefinition/1', 14],
      [null, undefined],
    ]);
  });

  it('has its data carriers and shelf lives', () => {
    expect(box?.dataCarriers.map(({ value }) => value)).toEqual(['05012345678900']);
    const [asSold, inWords, empty] = box?.shelfLives ?? [];
    expect([asSold?.text({}, inEnglish), asSold?.period?.value, asSold?.type?.text({}, inEnglish)]).toEqual([
      '36 months',
      36,
      'Shelf life of the medicinal product as packaged for sale',
    ]);
    expect(asSold?.specialPrecautions.map((each) => each.text({}, inEnglish))).toEqual([
      'Do not store above 25 °C',
    ]);
    expect([inWords?.text({}, inEnglish), inWords?.period]).toEqual(['until the end of the month', null]);
    expect([empty?.text({}, inEnglish), empty?.type, empty?.specialPrecautions]).toEqual([null, null, []]);
  });

  it('is null if the record has none', () => {
    expect(pack({}).packaging).toBeNull();
    expect(pack({ packaging: {} }).packaging).toMatchObject({
      type: null,
      quantity: null,
      materials: [],
      shelfLives: [],
      dataCarriers: [],
      items: [],
      packaging: [],
    });
  });
});

describe('a package', () => {
  it('has a description, with its language if the record states it', () => {
    const swedish = {
      url: 'http://ema.europa.eu/fhir/extension/language',
      valueCoding: { system: emaList('100000072057'), code: '100000072288' },
    };
    const told = pack({ description: '28 tabletter', _description: { extension: [swedish] } });
    expect([
      told.description({}, inEnglish),
      told.description({ language: 'sv' }, inEnglish),
      told.description({ language: 'de' }, inEnglish),
    ]).toEqual(['28 tabletter', '28 tabletter', '28 tabletter']);
    expect(told.description({ language: null } as never, inEnglish)).toBe('28 tabletter');
    const translation = {
      url: 'http://hl7.org/fhir/StructureDefinition/translation',
      extension: [
        { url: 'lang', valueCode: 'de' },
        { url: 'content', valueMarkdown: '28 Tabletten' },
      ],
    };
    const translated = pack({
      description: '28 tabletter',
      _description: { extension: [swedish, translation] },
    });
    expect(translated.description({ language: 'de-AT' }, inEnglish)).toBe('28 Tabletten');
    expect(translated.description({ language: 'sv' }, inEnglish)).toBe('28 tabletter');
    expect(pack({ description: '28 tablets' }).description({ language: 'de' }, inEnglish)).toBe('28 tablets');
    expect(pack({}).description({}, inEnglish)).toBeNull();
  });

  it('has the values of its record', () => {
    const full = pack({
      identifier: [{ system: 'http://ema.europa.eu/fhir/pcId', value: 'EU-1-0001' }],
      name: 'Exampla 28',
      status: term('200000005003', '200000005004'),
      statusDate: '2020-01',
      legalStatusOfSupply: [{ code: term('100000072051', '100000072084'), jurisdiction: { text: 'EU' } }],
      marketingStatus: [{ status: term('100000072052', '100000072083') }],
    });
    expect([full.pcid, full.name, full.statusDate, full.status?.text({}, inEnglish)]).toEqual([
      'EU-1-0001',
      'Exampla 28',
      '2020-01',
      'Current',
    ]);
    expect(full.identifiers.map(({ system }) => system)).toEqual(['http://ema.europa.eu/fhir/pcId']);
    expect(
      full.legalStatusesOfSupply.map(({ code, jurisdiction }) => [
        code?.code,
        jurisdiction?.text({}, inEnglish),
      ]),
    ).toEqual([['100000072084', 'EU']]);
    expect(full.marketingStatuses.map(({ status }) => status?.text({}, inEnglish))).toEqual(['Marketed']);
  });

  it('has null and empty lists for missing values', () => {
    const { pcid, name, status, statusDate, identifiers, legalStatusesOfSupply, marketingStatuses } = pack(
      {},
    );
    expect([pcid, name, status, statusDate]).toEqual([null, null, null, null]);
    expect([identifiers, legalStatusesOfSupply, marketingStatuses]).toEqual([[], [], []]);
  });
});
