/** Tasks that begin with a name or a number. */
import { codesIn } from '../filter-truth/words.js';
import { sizeOf } from '../filter-truth/packages.js';
import { each, all, line } from './lines.js';
import { lookedUp, readLookup } from './lookups.js';
import type { Task } from './task.js';

/** The upstream with names and `$everything` only has no search for these numbers. */
const unsearchable = { everything: 'marked: UNSEARCHABLE' } as const;

const typed = ['amlodipine', 'avelanta', 'ibufena 400'];
const printed = ['EU/1/24/9001/002', 'eu/1/24/9001/001'];
const scanned = ['9520000001001', '09520000001001', '(01)09520000001001(17)270331(10)AB12'];
const recorded = ['600000000001', 'EU-100900001-00000001-001', 'EU/1/24/9001/001'];
const compared = ['EU/1/24/9001/001', '34009 590 045 0'];
const written = [
  'avelanta 5mg',
  '400 mg ibufena',
  'salbutamol',
  'Basalora 300 units',
  'tramalgo',
  'valtensa hct 160 mg',
  'imatinib mesilate',
  'nothing of that name',
];

export const boxTasks: readonly Task[] = [
  {
    no: 2,
    who: 'doctor, patient app',
    wants: 'one box for brand or substance',
    operation: 'brand-or-substance',
    variables: { typed },
    read: readLookup,
    expected: (world) => lookedUp(world, typed, false),
    large: {
      everything: 'marked: UNSEARCHABLE',
      search: 'marked: UNSEARCHABLE',
      include: 'marked: UNSEARCHABLE',
    },
  },
  {
    no: 10,
    who: 'pharmacy',
    wants: 'the number on the box → the pack',
    operation: 'number-on-the-box',
    variables: { numbers: printed },
    read: readLookup,
    expected: (world) => lookedUp(world, printed),
    large: unsearchable,
  },
  {
    no: 11,
    who: 'scanner',
    wants: 'bar code (EAN-13, GTIN-14, whole GS1 string) → the pack',
    operation: 'bar-code',
    variables: { codes: scanned },
    read: readLookup,
    expected: (world) => lookedUp(world, scanned),
    large: {
      everything: 'marked: UNSEARCHABLE',
      search: 'marked: UNSEARCHABLE',
      include: 'marked: UNSEARCHABLE',
    },
  },
  {
    no: 31,
    who: 'safety officer',
    wants: 'fifty names as people wrote them → products with codes',
    operation: 'names-to-codes',
    variables: { names: written },
    read: (data) => [
      ...readLookup(data),
      ...each(data, 'lookup.matches.product').map((product) =>
        line(all(product, 'pmsId'), all(product, 'atc.code'), all(product, 'activeSubstances.code') !== ''),
      ),
    ],
    expected(world) {
      const lines = lookedUp(world, written, false);
      const ids = lines.flatMap((each) => each.split(' | ')[3] ?? []);
      const byId = new Map(world.truth.products.map((product) => [product.id, product]));
      return [
        ...lines,
        ...ids.map((id) => {
          const found = byId.get(id);
          return line(id, found?.atcCodes.slice(0, 1), (found?.substanceCodes.length ?? 0) > 0);
        }),
      ];
    },
    large: {
      everything: 'marked: UNSEARCHABLE',
      search: 'marked: UNSEARCHABLE',
      include: 'marked: UNSEARCHABLE',
    },
  },
  {
    no: 32,
    who: 'EHDS record',
    wants: 'PMS id, PCID or pack number in a record → that pack',
    operation: 'pack-in-a-record',
    variables: { numbers: recorded },
    read: readLookup,
    expected: (world) => lookedUp(world, recorded),
    large: unsearchable,
  },
  {
    no: 34,
    who: 'price analyst',
    wants: 'are these two packs the same thing, how many units in each',
    operation: 'same-pack',
    variables: { numbers: compared },
    // Checks only that the composition keys of the two products differ. Other tests check that equal compositions have equal keys.
    read: (data) => [
      ...readLookup(data),
      ...each(data, 'lookup.matches').map((match) =>
        line(all(match, 'product.doseForm.text'), all(match, 'package.size.value')),
      ),
      ...(each(data, 'lookup').every((lookup) => each(lookup, 'matches').length > 0)
        ? [line(new Set(each(data, 'lookup.matches.product.compositionKey')).size)]
        : []),
    ],
    expected(world) {
      const lines = lookedUp(world, compared);
      const matches = lines.map((each) => each.split(' | '));
      return [
        ...lines,
        ...matches.map(([, , , id = '', packId]) => {
          const { product, packs } = world.family(id);
          const pack = packs.find((each) => each.id === packId);
          const [form] = (product.combinedPharmaceuticalDoseForm?.coding ?? []).map(({ display }) => display);
          return line(form, pack ? sizeOf(pack) : '');
        }),
        line(new Set(matches.map(([, , , id = '']) => compositionOf(world.family(id)))).size),
      ];
    },
    large: unsearchable,
  },
];

/** Returns dose form and substances, which suffice to distinguish the products of this task. */
function compositionOf({
  product,
  ingredients,
}: ReturnType<Parameters<Task['expected']>[0]['family']>): string {
  const codes = ingredients.flatMap(({ substance }) => codesIn(substance.code.concept));
  return line(codesIn(product.combinedPharmaceuticalDoseForm), [...new Set(codes)].toSorted());
}
