/** Centrally authorized products in several strengths and presentations, and their national records. */

import { mainProducts } from './main.js';
import {
  active,
  adjuvant,
  blisters,
  box,
  boxOf,
  excipients,
  nationalRecord,
  single,
  solvent,
  type PackSpecification,
  type ProductSpecification,
} from '../specification.js';

const tetavora = single({
  no: 32,
  brand: 'Tetavora',
  form: 'suspension for injection in pre-filled syringe',
  atc: 'tetanus toxoid',
  category: 'immunological',
  holder: 'orrell',
  authorization: { by: 'EU', number: 'EU/1/18/9032', procedure: 'EMEA/H/C/009032', date: '2018-03-26' },
  markets: ['en-EU', 'sv-SE', 'fi-FI', 'fr-FR', 'de-DE'],
  supply: 'restricted',
  indication: 'Active immunisation against tetanus.',
  unit: 'syringe',
  itemForm: 'suspension for injection',
  routes: ['intramuscular'],
  contains: [
    active('tetanus toxoid', '40 IU / 0.5 ml'),
    adjuvant('aluminium hydroxide', '0.5 mg / 0.5 ml'),
    ...excipients('sodium chloride', 'water for injections'),
  ],
  packs: [
    boxOf(1, 'pre-filled syringe', 'syringe', 'glass type I'),
    boxOf(10, 'pre-filled syringe', 'syringe', 'glass type I'),
    boxOf(20, 'pre-filled syringe', 'syringe', 'glass type I'),
  ],
});

const basalora = mainProducts.filter(({ brand }) => brand === 'Basalora');
const imatara = mainProducts.filter(({ brand }) => brand === 'Imatara');

const centralRecords: readonly ProductSpecification[] = [
  single({
    no: 23,
    brand: 'Basalora',
    strength: '300 units/ml',
    form: 'solution for injection in pre-filled pen',
    atc: 'insulin glargine',
    category: 'biological',
    holder: 'halvora',
    authorization: { by: 'EU', number: 'EU/1/22/9023', procedure: 'EMEA/H/C/009004', date: '2022-09-01' },
    markets: ['en-EU', 'sv-SE', 'de-DE', 'fr-FR', 'pl-PL'],
    unit: 'pen',
    itemForm: 'solution for injection',
    routes: ['subcutaneous'],
    contains: [
      active('insulin glargine', '450 IU / 1.5 ml', { concentration: '300 IU / 1 ml' }),
      ...excipients('metacresol', 'glycerol', 'water for injections'),
    ],
    packs: [
      boxOf(1, 'pre-filled pen', 'pen', 'glass type I'),
      boxOf(3, 'pre-filled pen', 'pen', 'glass type I'),
      boxOf(5, 'pre-filled pen', 'pen', 'glass type I'),
    ],
  }),
  single({
    no: 24,
    brand: 'Basalora',
    strength: '100 units/ml',
    form: 'solution for injection in cartridge',
    atc: 'insulin glargine',
    category: 'biological',
    holder: 'halvora',
    authorization: { by: 'EU', number: 'EU/1/22/9024', procedure: 'EMEA/H/C/009004', date: '2022-09-01' },
    markets: ['en-EU', 'sv-SE', 'de-DE', 'fr-FR', 'es-ES'],
    unit: 'cartridge',
    itemForm: 'solution for injection',
    routes: ['subcutaneous'],
    contains: [
      active('insulin glargine', '300 IU', { concentration: '100 IU / 1 ml' }),
      ...excipients('metacresol', 'glycerol', 'water for injections'),
    ],
    // Twelve is the maximum number of packages of a product.
    packs: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20].map((count) =>
      boxOf(count, 'cartridge', 'cartridge', 'glass type I'),
    ),
  }),
  single({
    no: 25,
    brand: 'Imatara',
    strength: '100 mg',
    form: 'film-coated tablet',
    atc: 'imatinib',
    holder: 'corvanta',
    authorization: {
      by: 'EU',
      number: 'EU/1/19/9025',
      procedure: 'EMEA/H/C/009018',
      date: '2019-01-31',
      orphan: 'EU/3/17/9018',
    },
    markets: ['en-EU', 'de-DE', 'fr-FR', 'pl-PL'],
    supply: 'restricted',
    unit: 'tablet',
    routes: ['oral'],
    contains: [
      active('imatinib mesilate', '119.5 mg', { reference: ['imatinib', '100 mg'] }),
      ...excipients('cellulose, microcrystalline', 'hypromellose'),
    ],
    packs: [blisters(20, 10), blisters(60, 10), blisters(120, 10), blisters(180, 10)],
  }),
  single({
    no: 26,
    brand: 'Ostrevia',
    strength: '20 micrograms/80 microlitres',
    form: 'solution for injection in pre-filled pen',
    atc: 'teriparatide',
    category: 'biosimilar',
    holder: 'corvanta',
    authorization: { by: 'EU', number: 'EU/1/16/9026', procedure: 'EMEA/H/C/009026', date: '2016-08-18' },
    markets: ['en-EU', 'es-ES', 'et-EE', 'de-AT'],
    unit: 'pen',
    itemForm: 'solution for injection',
    routes: ['subcutaneous'],
    contains: [
      active('teriparatide', '600 microgram / 2.4 ml', { concentration: '250 microgram / 1 ml' }),
      ...excipients('mannitol', 'metacresol', 'water for injections'),
    ],
    packs: [
      boxOf(1, 'pre-filled pen', 'pen', 'glass type I'),
      boxOf(3, 'pre-filled pen', 'pen', 'glass type I'),
    ],
  }),
  single({
    no: 27,
    brand: 'Lumenglow',
    strength: '250 MBq/ml',
    form: 'solution for injection',
    atc: 'fludeoxyglucose (18F)',
    category: 'radiopharmaceutical',
    holder: 'lumenqua',
    authorization: { by: 'EU', number: 'EU/1/15/9027', procedure: 'EMEA/H/C/009027', date: '2015-10-12' },
    markets: ['en-EU', 'fr-BE', 'fr-FR', 'de-DE', 'pl-PL'],
    supply: 'restricted',
    indication: 'Positron emission tomography.',
    unit: 'vial',
    routes: ['intravenous'],
    contains: [
      active('fludeoxyglucose (18F)', '250 MBq / 1 ml'),
      ...excipients('sodium chloride', 'water for injections', 'ethanol'),
    ],
    packs: [
      {
        text: 'One multidose vial of 15 ml: 0.2 to 10 ml of solution, 50 to 2 500 MBq at calibration time',
        sizes: ['1 vial'],
        packaging: box({ type: 'vial', materials: ['glass type I'], items: [[0, '1 vial']] }),
        shelfLife: '14 hour',
      },
      {
        text: 'One multidose vial of 25 ml: 0.2 to 20 ml of solution, 50 to 5 000 MBq at calibration time',
        sizes: ['1 vial'],
        packaging: box({ type: 'vial', materials: ['glass type I'], items: [[0, '1 vial']] }),
        shelfLife: '14 hour',
      },
    ],
    activities: [['active substance manufacture', 'lumenqua']],
  }),
  {
    no: 28,
    brand: 'Cortavida',
    strength: '100 mg',
    form: 'powder and solvent for solution for injection',
    atc: 'hydrocortisone',
    holder: 'aurelia',
    authorization: { by: 'EU', number: 'EU/1/12/9028', procedure: 'EMEA/H/C/009028', date: '2012-11-15' },
    markets: ['en-EU', 'fr-FR', 'es-ES', 'sv-SE', 'de-DE'],
    items: [
      {
        form: 'powder for solution for injection',
        unit: 'vial',
        ingredients: [
          active('hydrocortisone sodium succinate', '133.7 mg', { reference: ['hydrocortisone', '100 mg'] }),
        ],
      },
      {
        form: 'solvent for parenteral use',
        unit: 'ampoule',
        ingredients: [solvent('water for injections', '2 ml'), ...excipients('benzyl alcohol')],
      },
    ],
    administered: [
      { form: 'solution for injection', unit: 'vial', routes: ['intravenous', 'intramuscular'] },
    ],
    packs: [1, 10].map((sets): PackSpecification => ({
      text: `${sets} vial(s) of powder, each with an ampoule of 2 ml of solvent in a pouch`,
      sizes: [`${sets} vial`, `${sets} ampoule`],
      packaging: box({
        type: 'pouch',
        quantity: sets,
        materials: ['plastic'],
        inside: [
          { type: 'vial', materials: ['glass type I'], items: [[0, '1 vial']] },
          {
            type: 'wrapper',
            inside: [{ type: 'ampoule', materials: ['glass type I'], items: [[1, '1 ampoule']] }],
          },
        ],
      }),
      shelfLife: '24 month',
    })),
  },
  single({
    no: 29,
    brand: 'Ciclosoria',
    strength: '50 mg',
    form: 'capsule, soft',
    atc: 'ciclosporin',
    holder: 'daphnika',
    authorization: {
      by: 'EU',
      number: 'EU/1/13/9029',
      procedure: 'EMEA/H/C/009029',
      date: '2013-04-08',
      orphan: 'EU/3/10/9029',
    },
    markets: ['en-EU', 'el-EL', 'de-DE', 'fr-FR'],
    supply: 'special',
    unit: 'capsule',
    routes: ['oral'],
    contains: [active('ciclosporin', '50 mg'), ...excipients('ethanol', 'propylene glycol', 'glycerol')],
    packs: [blisters(30, 10, 'capsule'), blisters(50, 10, 'capsule'), blisters(60, 10, 'capsule')],
  }),
  single({
    no: 30,
    brand: 'Halvimab',
    strength: '40 mg',
    form: 'solution for injection in pre-filled syringe',
    atc: 'enoxaparin',
    category: 'biological',
    holder: 'halvora',
    authorization: { by: 'EU', number: 'EU/1/23/9030', procedure: 'EMEA/H/C/009003', date: '2023-06-05' },
    markets: ['en-EU', 'fr-FR', 'de-DE', 'el-EL', 'et-EE'],
    unit: 'syringe',
    itemForm: 'solution for injection',
    routes: ['subcutaneous', 'intravenous'],
    contains: [
      active('enoxaparin sodium', '4000 IU / 0.4 ml', { concentration: '10000 IU / 1 ml' }),
      active('enoxaparin sodium', '40 mg / 0.4 ml', { concentration: '100 mg / 1 ml' }),
      ...excipients('water for injections'),
    ],
    packs: [2, 6, 10, 20, 50].map((count) => boxOf(count, 'pre-filled syringe', 'syringe', 'glass type I')),
  }),
  single({
    no: 31,
    brand: 'Herzamab',
    strength: '420 mg',
    form: 'powder for concentrate for solution for infusion',
    atc: 'trastuzumab',
    category: 'biological',
    holder: 'halvora',
    authorization: {
      by: 'EU',
      number: 'EU/1/20/9031',
      procedure: 'EMEA/H/C/009012',
      date: '2020-08-27',
      status: 'withdrawn',
      statusDate: '2023-11-30',
    },
    markets: ['en-EU', 'fr-FR', 'sv-SE', 'de-DE'],
    recordStatus: 'non-current',
    supply: 'restricted',
    unit: 'vial',
    administeredForm: 'concentrate for solution for infusion',
    routes: ['intravenous'],
    contains: [
      active('trastuzumab', '420 mg', { concentration: '21 mg / 1 ml' }),
      ...excipients('polysorbate 80', 'mannitol'),
    ],
    packs: [1, 2].map((count): PackSpecification => ({
      ...boxOf(count, 'vial', 'vial', 'glass type I'),
      marketing: 'never marketed',
    })),
  }),
  tetavora,
];

/**
 * National records of central products. Their ids begin with 7000, and their authorization numbers are those of the central record.
 */
const nationalRecords: readonly ProductSpecification[] = [
  nationalRecord(tetavora, { no: 33, markets: ['sv-SE'] }),
  nationalRecord(tetavora, { no: 34, markets: ['fi-FI'] }),
  ...basalora.map((product) => nationalRecord(product, { no: 35, markets: ['de-DE'] })),
  ...imatara.map((product) => nationalRecord(product, { no: 36, markets: ['fr-FR'] })),
];

export const centralProducts = [...centralRecords, ...nationalRecords];
