/** Sample products that each have one unusual feature of EMA's data, and are otherwise as simple as possible. */

import { active, blisters, excipients, single, type ProductSpecification } from '../specification.js';
import type { CompanyName } from '../organizations.js';
import type { QuirkName } from '../quirks.js';

interface Oddity {
  readonly no: number;
  readonly brand: string;
  readonly holder: CompanyName;
  readonly quirks: readonly QuirkName[];
}

/** Enalapril tablets of a fictitious company, with the given unusual features. */
function enalapril({ no, brand, holder, quirks }: Oddity): ProductSpecification {
  return single({
    no,
    brand,
    strength: '20 mg',
    form: 'tablet',
    atc: 'enalapril',
    holder,
    authorization: { by: 'DE', number: `990${no}.00.00`, procedure: `DE/H/90${no}/001`, date: '2000-10-10' },
    markets: ['de-DE', 'de-AT', 'fi-FI'],
    unit: 'tablet',
    routes: ['oral'],
    contains: [active('enalapril maleate', '20 mg'), ...excipients('lactose monohydrate')],
    packs: [blisters(30, 10), blisters(100, 10)],
    quirks,
  });
}

export const oddProducts: readonly ProductSpecification[] = [
  enalapril({ no: 59, brand: 'Enalborg', holder: 'corvanta', quirks: ['untyped references'] }),
  enalapril({ no: 60, brand: 'Enaldorm', holder: 'corvanta', quirks: ['versioned references'] }),
  enalapril({ no: 61, brand: 'Enalfix', holder: 'corvanta', quirks: ['absolute references'] }),
  enalapril({ no: 62, brand: 'Enalgrün', holder: 'kaljaasi', quirks: ['dangling packaged item'] }),
  enalapril({ no: 63, brand: 'Enalheim', holder: 'kaljaasi', quirks: ['dangling holder'] }),
  enalapril({ no: 64, brand: 'Enaljörg', holder: 'fjordvik', quirks: ['logical holder'] }),
  enalapril({
    no: 65,
    brand: 'Enalkern',
    holder: 'fjordvik',
    quirks: ['no contained items', 'no quantities'],
  }),
  enalapril({ no: 66, brand: 'Enallux', holder: 'baltmed', quirks: ['merged list ids', 'https lists'] }),
  enalapril({ no: 67, brand: 'Enalmond', holder: 'baltmed', quirks: ['lower-case procedure'] }),
  enalapril({ no: 68, brand: 'Enalnord', holder: 'tarnowia', quirks: ['blanks in numbers'] }),
  single({
    no: 69,
    brand: 'Diazepina',
    strength: '10 mg',
    form: 'tablet',
    atc: 'diazepam',
    holder: 'tarnowia',
    // The status is valid although the period of validity has ended.
    authorization: { by: 'DE', number: '99069.00.00', date: '1985-05-05', validUntil: '2015-05-05' },
    markets: ['de-DE'],
    supply: 'special',
    unit: 'tablet',
    routes: ['oral'],
    contains: [
      active('diazepam', '10 mg', { for: 'product' }),
      ...excipients('lactose monohydrate', 'maize starch'),
    ],
    packs: [blisters(20, 10), blisters(50, 10)],
    quirks: ['substances of the older service'],
  }),
  single({
    no: 70,
    brand: 'Perivasca',
    strength: '10 mg/5 mg',
    form: 'tablet',
    atc: 'perindopril and amlodipine',
    holder: 'aurelia',
    authorization: { by: 'FR', number: '34009 590 070 0', date: '2009-02-02', procedure: 'FR/H/9070/003' },
    markets: ['fr-FR', 'fr-BE', 'pt-PT'],
    unit: 'tablet',
    routes: ['oral'],
    contains: [
      active('perindopril arginine', '10 mg', {
        reference: ['perindopril', '6.79 mg'],
        for: 'administrable',
      }),
      active('amlodipine besilate', '6.94 mg', { reference: ['amlodipine', '5 mg'], for: 'item' }),
      ...excipients('lactose monohydrate', 'magnesium stearate'),
    ],
    packs: [blisters(30, 30), blisters(90, 30)],
    quirks: ['term versions', 'blanks in procedures'],
  }),
];
