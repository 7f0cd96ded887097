/**
 * The records of the benches' upstream, computed from their numbers. A product has one authorization, and two packages with one item
 * each. An item has two ingredients. Lean records have little more than the elements that the benches read. Rich records also have
 * narrative, extensions and other elements.
 */
export const products = 200_000;
const packagesOfProduct = 2;
const ingredientsOfItem = 2;
const organizations = 1_000;

const counts = {
  MedicinalProductDefinition: products,
  PackagedProductDefinition: products * packagesOfProduct,
  ManufacturedItemDefinition: products * packagesOfProduct,
  Ingredient: products * packagesOfProduct * ingredientsOfItem,
  RegulatedAuthorization: products,
  Organization: organizations,
};

/** The id of the first record of each type. The ids of a type are consecutive. */
const firstIds = {
  MedicinalProductDefinition: 600_000_000_001,
  PackagedProductDefinition: 8_400_001,
  ManufacturedItemDefinition: 9_400_001,
  Ingredient: 7_400_001,
  RegulatedAuthorization: 6_400_001,
  Organization: 100_001,
};

/** Returns the number of the record with an id; undefined if there is none. */
export function numberOf(type, id) {
  const number = /^\d{6,12}$/.test(id) ? Number(id) - firstIds[type] : -1;
  return number >= 0 && number < counts[type] ? number : undefined;
}

/** Returns the numbers of the records of a type that a reference search parameter finds for a parent `Type/id`. */
export function childrenOf(child, parameter, parent) {
  const [type, id] = parent.split('/');
  const { of, each } = reverses[`${child}.${parameter}`] ?? {};
  const number = of === type ? numberOf(type, id ?? '') : undefined;
  return number === undefined ? [] : Array.from({ length: each }, (_, index) => number * each + index);
}

const reverses = {
  'PackagedProductDefinition.package-for': { of: 'MedicinalProductDefinition', each: packagesOfProduct },
  'Ingredient.for': { of: 'ManufacturedItemDefinition', each: ingredientsOfItem },
  'RegulatedAuthorization.subject': { of: 'MedicinalProductDefinition', each: 1 },
};

export function nameOf(number) {
  return `${brands[number % brands.length]} ${5 * (1 + (number % 40))} mg tablets, ${seriesName(Math.floor(number / seriesSize))}`;
}

/** Number of consecutive products that share a series name. */
export const seriesSize = 50;

export function seriesName(number) {
  return `series ${String(number % (products / seriesSize)).padStart(5, '0')}`;
}

/** Returns the numbers of the products whose names contain a text. */
export function numbersNamed(text) {
  const [, series] = /^series (\d{5})$/.exec(text) ?? [];
  const from = series === undefined ? 0 : Number(series) * seriesSize;
  const length = series === undefined ? products : seriesSize;
  const numbers = Array.from({ length }, (_, index) => from + index);
  return numbers.filter((number) => nameOf(number).toLowerCase().includes(text.toLowerCase()));
}

const brands = [
  'Benchamol',
  'Floorazepam',
  'Ratiocillin',
  'Medianib',
  'Percentix',
  'Throughputal',
  'Latenzin',
];

/** @param isRich whether the record has more elements than the benches read */
export function recordOf(type, number, isRich) {
  const record = makers[type](number);
  const { resourceType, id, meta, ...elements } = record;
  const frame = { resourceType, id, meta, ...frameOf(type, number) };
  return isRich ? { ...frame, ...elements, ...richer[type]?.(number) } : record;
}

const makers = {
  MedicinalProductDefinition: (number) => ({
    resourceType: 'MedicinalProductDefinition',
    id: idOf('MedicinalProductDefinition', number),
    meta: metaOf(number),
    domain: coded('100000000004', '100000000012', 'Human use'),
    status: coded('200000005003', '200000005004', 'Current'),
    name: [{ productName: nameOf(number) }],
  }),
  PackagedProductDefinition: (number) => ({
    resourceType: 'PackagedProductDefinition',
    id: idOf('PackagedProductDefinition', number),
    meta: metaOf(number),
    name: `Pack ${number}`,
    packageFor: [refTo('MedicinalProductDefinition', Math.floor(number / packagesOfProduct))],
    description: `Carton of ${14 * (1 + (number % 7))} tablets in blisters`,
    packaging: {
      type: coded('100000073346', '100000073498', 'Box'),
      quantity: 1,
      containedItem: [
        {
          item: { reference: refTo('ManufacturedItemDefinition', number) },
          amount: { value: 14 * (1 + (number % 7)), unit: 'Tablet' },
        },
      ],
    },
  }),
  ManufacturedItemDefinition: (number) => ({
    resourceType: 'ManufacturedItemDefinition',
    id: idOf('ManufacturedItemDefinition', number),
    meta: metaOf(number),
    status: 'active',
    manufacturedDoseForm: coded('200000000004', '100000073664', 'Tablet'),
    unitOfPresentation: coded('200000000014', '200000002152', 'Tablet'),
  }),
  Ingredient: (number) => ({
    resourceType: 'Ingredient',
    id: idOf('Ingredient', number),
    meta: metaOf(number),
    status: 'active',
    for: [refTo('ManufacturedItemDefinition', Math.floor(number / ingredientsOfItem))],
    role:
      number % ingredientsOfItem === 0
        ? coded('100000072050', '100000072072', 'Active')
        : coded('100000072050', '100000072082', 'Excipient'),
    allergenicIndicator: number % 5 === 0,
    substance: {
      code: {
        concept: coded('100000075826', String(100_000_091_000 + (number % 500)), `Substance ${number % 500}`),
      },
    },
  }),
  RegulatedAuthorization: (number) => ({
    resourceType: 'RegulatedAuthorization',
    id: idOf('RegulatedAuthorization', number),
    meta: metaOf(number),
    identifier: [{ system: 'https://spor.ema.europa.eu/v1/authorization', value: `EU/1/00/${number}` }],
    subject: [refTo('MedicinalProductDefinition', number)],
    type: coded('220000000060', '220000000061', 'Marketing Authorisation'),
    region: [coded('100000000002', '100000000390', 'Federal Republic of Germany')],
    holder: refTo('Organization', number % organizations),
  }),
  Organization: (number) => ({
    resourceType: 'Organization',
    id: idOf('Organization', number),
    meta: metaOf(number),
    name: `Holder ${number} Ltd`,
  }),
};

const richer = {
  MedicinalProductDefinition: (number) => ({
    type: coded('200000025915', '220000000001', 'Medicinal product'),
    indication: prose(number, 600),
    combinedPharmaceuticalDoseForm: coded('200000000006', '100000073664', 'Tablet'),
    route: [coded('100000073345', '100000073619', 'Oral use')],
    legalStatusOfSupply: coded(
      '100000072051',
      '100000072084',
      'Medicinal product subject to medical prescription',
    ),
    additionalMonitoringIndicator: coded('100000004974', '100000004975', 'No'),
    classification: [
      coded('100000093533', '100000095065', 'bupropion'),
      coded('http://www.whocc.no/atc', 'N06AX12', 'bupropion'),
      coded('200000025915', '200000025916', 'Full application (Article 8(3))'),
    ],
    marketingStatus: countries.map(([code, display], index) => ({
      country: coded('100000000002', code, display),
      status: coded('100000072052', '100000072083', 'Marketed'),
      dateRange: { start: `20${10 + (index % 10)}-01-15` },
    })),
    identifier: identifiersOf(number),
    contact: [
      { type: coded('220000000034', '220000000035', 'QPPV'), contact: { display: prose(number, 40) } },
    ],
    name: countries.slice(0, 2).map(([code, display]) => ({
      productName: nameOf(number),
      part: [
        {
          part: nameOf(number).toUpperCase(),
          type: coded('220000000000', '220000000002', 'Invented name part'),
        },
      ],
      usage: [
        {
          country: coded('100000000002', code, display),
          language: coded('100000072057', '100000072147', 'English'),
        },
      ],
    })),
  }),
  PackagedProductDefinition: (number) => ({
    identifier: identifiersOf(number),
    containedItemQuantity: [{ value: 28, unit: 'Tablet', system: ema('200000000014'), code: '200000002152' }],
    legalStatusOfSupply: [{ code: coded('100000072051', '100000072084', 'Subject to medical prescription') }],
    marketingStatus: countries.slice(0, 3).map(([code, display]) => ({
      country: coded('100000000002', code, display),
      status: coded('100000072052', '100000072083', 'Marketed'),
    })),
  }),
  ManufacturedItemDefinition: (number) => ({
    property: Array.from({ length: 3 }, (_, index) => ({
      type: coded('200000003227', `20000000323${index}`, `Property ${index}`),
      valueMarkdown: prose(number + index, 80),
    })),
  }),
  Ingredient: (number) => ({
    identifier: identifiersOf(number)[0],
    function: [coded('200000003231', '200000003232', 'Filler')],
    substance: {
      code: makers.Ingredient(number).substance.code,
      strength: [
        {
          presentationRatio: {
            numerator: {
              value: 5 * (1 + (number % 40)),
              unit: 'mg',
              system: ema('100000110633'),
              code: '100000110655',
            },
            denominator: { value: 1, unit: 'Tablet', system: ema('200000000014'), code: '200000002152' },
          },
          textPresentation: `${5 * (1 + (number % 40))} mg/tablet`,
        },
      ],
    },
  }),
};

/** Returns elements that every type of resource may have: language, narrative, extensions. */
function frameOf(type, number) {
  return {
    implicitRules: 'https://example.org/rules',
    language: 'en',
    text: {
      status: 'generated',
      div: `<div xmlns="http://www.w3.org/1999/xhtml"><p><b>${type}</b></p><p>${prose(number, 900)}</p></div>`,
    },
    extension: Array.from({ length: 3 }, (_, index) => ({
      url: `https://example.org/fhir/StructureDefinition/extension-${index}`,
      valueCodeableConcept: coded('200000003199', `20000000320${index}`, `Extension ${index}`),
    })),
  };
}

const countries = [
  ['100000000390', 'Federal Republic of Germany'],
  ['100000000382', 'French Republic'],
  ['100000000426', 'Italian Republic'],
  ['100000000445', 'Kingdom of Norway'],
  ['100000000529', 'Kingdom of Spain'],
  ['100000000535', 'Kingdom of Sweden'],
];

function identifiersOf(number) {
  return [
    { system: 'http://ema.europa.eu/fhir/mpId', value: `MP-${number}-0001` },
    { system: 'https://spor.ema.europa.eu/v1/lists/100000075665', value: `PRD${100_000 + number}` },
  ];
}

function idOf(type, number) {
  return String(firstIds[type] + number);
}

function refTo(type, number) {
  return { reference: `${type}/${idOf(type, number)}` };
}

function metaOf(number) {
  return { versionId: String(1 + (number % 4)), lastUpdated: '2025-03-01T10:00:00Z' };
}

function ema(list) {
  return `https://spor.ema.europa.eu/v1/lists/${list}`;
}

function coded(list, code, display) {
  return { coding: [{ system: list.startsWith('http') ? list : ema(list), code, display }] };
}

const words =
  'each tablet of this product holds what the leaflet says and is to be taken with “water”, once a day;'.split(
    ' ',
  );

function prose(seed, length) {
  let text = '';
  for (let at = seed; text.length < length; at += 1) text += `${words[(at * 7) % words.length]} `;
  return text.trim();
}
