/** Sample products for typical questions about medicines. The comment at each product says which facts it has. */

import { active, blisters, excipients, single, type ProductSpecification } from '../specification.js';

/** Amlodipine: as a salt with the base stated, as a salt without the base, and as the base. */
const amlodipine: readonly ProductSpecification[] = [
  // Equivalent to Avelanta 5 mg, by another company for another market. Packages of 28, 30 and 98 tablets, one of them in shortage.
  single({
    no: 71,
    brand: 'Lodiqua',
    strength: '5 mg',
    form: 'film-coated tablet',
    atc: 'amlodipine',
    holder: 'kaljaasi',
    authorization: {
      by: 'SE',
      number: '59071',
      procedure: 'SE/H/9071/001',
      date: '2018-05-14',
      // Another company trades the product in parallel: a second authorization with another holder.
      others: [
        {
          by: 'DE',
          number: '99071.00.00',
          date: '2021-06-30',
          status: 'valid',
          type: 'parallel trade',
          holder: 'baltmed',
        },
      ],
    },
    markets: ['sv-SE', 'fi-FI', 'de-DE'],
    particulars: { isGenericOf: ['600000000002', 'Norvasira 5 mg'] },
    documents: [
      ['leaflet', 'sv'],
      ['leaflet', 'fi'],
      ['SmPC', 'sv'],
    ],
    unit: 'tablet',
    routes: ['oral'],
    contains: [
      active('amlodipine besilate', '6.94 mg', { reference: ['amlodipine', '5 mg'] }),
      ...excipients('cellulose, microcrystalline', 'magnesium stearate'),
    ],
    packs: [
      {
        ...blisters(28, 14),
        sold: [
          {
            in: 'SE',
            status: 'temporarily unavailable',
            from: '2025-11-03',
            restore: '2027-03-15',
            isAtRisk: true,
          },
          { in: 'FI', status: 'marketed', from: '2018-09-01', isAtRisk: false },
        ],
      },
      {
        ...blisters(30, 10),
        sold: [
          { in: 'SE', status: 'marketed', from: '2018-09-01' },
          { in: 'FI', status: 'no data provided' },
        ],
      },
      {
        ...blisters(98, 14),
        sold: [
          // In Sweden marketing has ended. In Finland the entry that began last counts.
          { in: 'SE', status: 'marketed', from: '2018-09-01', to: '2023-06-30' },
          { in: 'FI', status: 'marketed', from: '2018-09-01' },
          { in: 'FI', status: 'not marketed', from: '2024-02' },
        ],
      },
    ],
  }),
  // Amlodipine besilate. The record does not state the amount of the base, amlodipine.
  single({
    no: 72,
    brand: 'Norlodin',
    strength: '5 mg',
    form: 'film-coated tablet',
    atc: 'amlodipine',
    holder: 'marchesa',
    authorization: { by: 'ES', number: '69.072', date: '2010-03-22' },
    markets: ['es-ES', 'pt-PT'],
    unit: 'tablet',
    routes: ['oral'],
    contains: [active('amlodipine besilate', '6.94 mg'), ...excipients('lactose monohydrate')],
    packs: [blisters(28, 14), blisters(30, 10)],
  }),
  // A salt of amlodipine whose base is not stated. The status of the authorization is in no EMA list, and its region
  // and its date are missing.
  single({
    no: 73,
    brand: 'Zomlodin',
    strength: '10 mg',
    form: 'film-coated tablet',
    atc: 'amlodipine',
    holder: 'aurelia',
    authorization: {
      by: 'FR',
      number: '34009 590 073 0',
      date: '2016-10-03',
      dateIn: 'nowhere',
      isRegionTold: false,
      status: 'unknown',
    },
    markets: ['fr-FR'],
    supply: 'restricted',
    unit: 'tablet',
    routes: ['oral'],
    contains: [active('amlodipine besilate', '13.88 mg'), ...excipients('maize starch')],
    packs: [blisters(30, 10), blisters(90, 10)],
  }),
  // Amlodipine as the base.
  single({
    no: 74,
    brand: 'Lodibase',
    strength: '5 mg',
    form: 'film-coated tablet',
    atc: 'amlodipine',
    holder: 'tarnowia',
    authorization: { by: 'PL', number: '29074', date: '2019-09-09', status: 'transferred' },
    markets: ['pl-PL', 'et-EE'],
    unit: 'tablet',
    routes: ['oral'],
    contains: [active('amlodipine', '5 mg'), ...excipients('lactose monohydrate', 'povidone')],
    packs: [blisters(28, 14), blisters(30, 10)],
  }),
];

/** Combinations with valsartan. */
const combinations: readonly ProductSpecification[] = [
  // Equivalent to Valtensa HCT 160 mg/12,5 mg. Valid in Germany, revoked in Sweden, suspended in France. The product record names
  // lactose as an ingredient, but no Ingredient does.
  single({
    no: 75,
    brand: 'Sartidur Comp',
    strength: '160 mg/12,5 mg',
    form: 'film-coated tablet',
    atc: 'valsartan and hydrochlorothiazide',
    holder: 'daphnika',
    authorization: {
      by: 'DE',
      number: '99075.00.00',
      procedure: 'DE/H/9075/002',
      date: '2014-04-07',
      others: [
        { by: 'SE', number: '59075', date: '2014-05-12', status: 'revoked', statusDate: '2021-05-01' },
        {
          by: 'FR',
          number: '34009 590 075 0',
          date: '2014-06-02',
          status: 'suspended',
          statusDate: '2025-01-20',
        },
      ],
    },
    markets: ['de-DE', 'sv-SE', 'fr-FR'],
    ownIngredients: ['Lactose'],
    unit: 'tablet',
    routes: ['oral'],
    contains: [
      active('valsartan', '160 mg'),
      active('hydrochlorothiazide', '12.5 mg'),
      ...excipients('cellulose, microcrystalline', 'titanium dioxide'),
    ],
    packs: [blisters(28, 14), blisters(98, 14)],
  }),
  // Equivalent to Valtensa Trio. Authorized by the EU, which only the authorization number shows, because the record
  // has no region. Also authorized in a country outside the EU.
  single({
    no: 76,
    brand: 'Sartrivo',
    strength: '160 mg/10 mg/12.5 mg',
    form: 'film-coated tablet',
    atc: 'valsartan, amlodipine and hydrochlorothiazide',
    holder: 'aurelia',
    authorization: {
      by: 'EU',
      number: 'EU/1/25/9076',
      procedure: 'EMEA/H/C/009076',
      date: '2025-03-17',
      isRegionTold: false,
      others: [{ by: 'GB', number: 'PLGB 90076/0001', date: '2025-09-01', status: 'valid' }],
    },
    markets: ['en-EU', 'fr-FR', 'de-DE'],
    documents: [
      ['leaflet', 'en'],
      ['leaflet', 'fr'],
      ['SmPC', 'en'],
    ],
    unit: 'tablet',
    routes: ['oral'],
    contains: [
      active('valsartan', '160 mg'),
      active('amlodipine besilate', '13.88 mg', { reference: ['amlodipine', '10 mg'] }),
      active('hydrochlorothiazide', '12.5 mg'),
      ...excipients('mannitol', 'hypromellose'),
    ],
    packs: [blisters(28, 14), blisters(30, 10), blisters(98, 14)],
  }),
];

/**
 * Two products with enalapril: one without lactose according to its excipients, and one whose excipients are not
 * stated.
 */
const enalapril = (
  [
    { no: 77, brand: 'Renaprol', others: excipients('mannitol', 'maize starch', 'magnesium stearate') },
    { no: 78, brand: 'Renaprima', others: [] },
  ] as const
).map(({ no, brand, others }) =>
  single({
    no,
    brand,
    strength: '20 mg',
    form: 'tablet',
    atc: 'enalapril',
    category: 'generic',
    holder: 'estrelar',
    authorization: { by: 'PT', number: `59000${no}`, date: '2011-02-15' },
    markets: ['pt-PT', 'es-ES'],
    unit: 'tablet',
    routes: ['oral'],
    contains: [active('enalapril maleate', '20 mg'), ...others],
    packs: [blisters(28, 14), blisters(60, 10)],
  }),
);

/**
 * Products with ibuprofen: one that is not yet authorized, where only the procedure has a date; and several whose
 * authorizations ended, one with each possible status. The first of these has only a year as its date.
 */
const ibuprofen = (
  [
    {
      no: 79,
      brand: 'Pendolin',
      authorization: {
        by: 'SE',
        number: '59079',
        procedure: 'SE/H/9079/001',
        date: '2026-03',
        dateIn: 'procedure',
        status: 'pending',
        statusDate: '2026-03-09',
      },
    },
    {
      no: 80,
      brand: 'Sunsetil',
      authorization: {
        by: 'FR',
        number: '34009 590 080 0',
        date: '2005',
        status: 'sunset',
        statusDate: '2018-06',
        others: [
          { by: 'ES', number: '69.080', date: '2005-11-21', status: 'not renewed', statusDate: '2010-11-21' },
          {
            by: 'PT',
            number: '5900080',
            date: '2006-01-16',
            status: 'surrendered',
            statusDate: '2015-12-31',
          },
          { by: 'PL', number: '29080', date: '2006-02-27', status: 'rejected' },
        ],
      },
    },
  ] as const
).map((told) =>
  single({
    ...told,
    strength: '400 mg',
    form: 'film-coated tablet',
    atc: 'ibuprofen',
    holder: 'fjordvik',
    markets: ['sv-SE', 'de-DE', 'fr-FR'],
    supply: 'over the counter',
    unit: 'tablet',
    routes: ['oral'],
    contains: [active('ibuprofen', '400 mg'), ...excipients('maize starch', 'hypromellose')],
    packs: [blisters(20, 10), blisters(30, 10)],
  }),
);

export const questionedProducts: readonly ProductSpecification[] = [
  ...amlodipine,
  ...combinations,
  ...enalapril,
  ...ibuprofen,
];
