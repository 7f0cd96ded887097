/** Products for the questions that people ask of a register: each says which. */

import { active, blisters, excipients, single, type ProductSpecification } from '../specification.js';

/** Amlodipine: as a salt with its base, as a salt alone, as the base alone. */
const amlodipine: readonly ProductSpecification[] = [
  // The same as Avelanta 5 mg, by another company for another market; packs of 28, of 30 and of 98, one of them short.
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
      // Another company trades it in parallel: of the same product, by another holder.
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
          // No longer: that time is over. What began last counts.
          { in: 'SE', status: 'marketed', from: '2018-09-01', to: '2023-06-30' },
          { in: 'FI', status: 'marketed', from: '2018-09-01' },
          { in: 'FI', status: 'not marketed', from: '2024-02' },
        ],
      },
    ],
  }),
  // Of the salt alone: how much of the base is in it, the record does not tell.
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
  // Of the salt alone too; of a status that is of no list, without region and without the date of its grant.
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
  // Of the base alone.
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
  // The same as Valtensa HCT 160 mg/12,5 mg. Valid in Germany, revoked in Sweden, suspended in France. The product says
  // that lactose is in it, and its list of ingredients does not.
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
  // The same as Valtensa Trio. Of the Union: its number says so, the record tells no region; and of a country outside.
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

/** Enalapril without lactose, as the list of excipients has it; and a product whose list is missing. */
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

/** Not yet authorized, where the procedure alone has a date; and ended in every way, first in a year. */
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
