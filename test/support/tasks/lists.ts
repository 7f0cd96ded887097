/** Tasks that a product filter solves. */
import { firstDate } from '../filter-truth/authorizations.js';
import { codesIn } from '../filter-truth/words.js';
import { kindOf } from '../filter-truth/authorizations.js';
import { organizationNames } from '../filter-truth/organizations.js';
import { sizeOf } from '../filter-truth/packages.js';
import { roleOf } from '../filter-truth/ingredients.js';
import type { Family } from '../filter-truth/family.js';
import type { FilterInput } from '../filter-truth.js';
import { all, each, idOf, idsAt, joined, line } from './lines.js';
import type { Task } from './task.js';

const byName = { by: 'NAME', order: 'ASC' } as const;
const readIds = (data: unknown): readonly string[] => idsAt(data, 'products.nodes');

const searched = { everything: 'refused: over 500' } as const;
/** The outcome if the upstream's search by country does not find authorizations without a region. */
const searchedByCountry = {
  everything: 'refused: over 500',
  search: 'marked: NOT_ALL_SEARCHABLE',
  include: 'marked: NOT_ALL_SEARCHABLE',
} as const;
/** The outcome if no upstream has a search for the filter, so that all products would have to be read. */
const lookedThrough = {
  everything: 'refused: over 500',
  search: 'refused: over 500',
  include: 'refused: over 500',
} as const;

const selfCare = {
  country: ['Sweden'],
  lifecycle: ['AUTHORIZED'],
  legalStatusOfSupply: ['Medicinal product not subject to medical prescription'],
} as const satisfies FilterInput;
const soldInSweden = {
  substance: ['amlodipine'],
  country: ['Sweden'],
  lifecycle: ['AUTHORIZED'],
  marketed: { country: ['Sweden'], status: ['MARKETED'] },
} as const satisfies FilterInput;
const withdrawn = {
  authorizationKind: ['MARKETING'],
  authorizationStatus: ['Withdrawn', 'Suspended', 'Revoked', 'Expired'],
  statusSince: '2020-01-01',
} as const satisfies FilterInput;
const short = {
  marketed: { country: ['Sweden'], status: ['TEMPORARILY_UNAVAILABLE'] },
} as const satisfies FilterInput;
const both = {
  all: [{ substance: 'valsartan' }, { substance: 'hydrochlorothiazide' }],
  only: true,
};

export const listTasks: readonly Task[] = [
  {
    no: 3,
    who: 'class page',
    wants: 'all products of an ATC code or group, sorted, with their total',
    operation: 'class-page',
    isOrdered: true,
    read: readIds,
    expected: ({ products }) => products({ atc: ['C09'] }, byName),
    large: lookedThrough,
  },
  {
    no: 5,
    who: 'pharmacist',
    wants: 'products with both valsartan and hydrochlorothiazide and nothing else',
    operation: 'combination-and-nothing-else',
    read: (data) =>
      each(data, 'products.nodes').map((node) => line(idOf(node), all(node, 'activeSubstances.code'))),
    expected: ({ products, family }) =>
      products({ actives: both }).map((id) => line(id, activeCodes(family(id)))),
    large: lookedThrough,
  },
  {
    no: 6,
    who: 'journalist, safety officer',
    wants: 'black triangle, orphan, generic or biosimilar medicines',
    operation: 'black-triangle-orphan-generic',
    read: (data) =>
      ['monitored', 'orphans', 'copies'].flatMap((list) =>
        idsAt(data, `${list}.nodes`).map((id) => line(list, id)),
      ),
    expected({ products }) {
      const copies = ['Chemical Generic Medicinal Product', 'Similar Biological Medicinal Product'];
      return [
        ...products({ additionalMonitoring: true }).map((id) => line('monitored', id)),
        ...products({ authorizationKind: ['ORPHAN'] }).map((id) => line('orphans', id)),
        ...products({ classification: copies }).map((id) => line('copies', id)),
      ];
    },
    large: lookedThrough,
  },
  {
    no: 7,
    who: 'self-care app',
    wants: 'medicines without prescription',
    operation: 'without-prescription',
    isOrdered: true,
    read: readIds,
    expected: ({ products }) => products(selfCare, byName),
    large: searchedByCountry,
  },
  {
    no: 8,
    who: 'pharmacist',
    wants: 'only what is marketed in my country now',
    operation: 'sold-in-my-country',
    read: readIds,
    expected: ({ products }) => products(soldInSweden),
    large: searchedByCountry,
  },
  {
    no: 8,
    who: 'pharmacist',
    wants: 'the same, with a switch for the rest',
    operation: 'sold-in-my-country',
    variables: { all: true },
    read: (data) => idsAt(data, 'authorized.nodes'),
    expected: ({ products }) => products({ ...soldInSweden, marketed: undefined }),
    large: searchedByCountry,
  },
  {
    no: 9,
    who: 'national portal',
    wants: 'all medicines valid in my country',
    operation: 'valid-in-my-country',
    isOrdered: true,
    read: readIds,
    expected: ({ products }) => products({ country: ['Sweden'], lifecycle: ['AUTHORIZED'] }, byName),
    large: searchedByCountry,
  },
  {
    no: 12,
    who: 'portal',
    wants: 'an A–Z index of products',
    operation: 'products-a-to-z',
    isOrdered: true,
    read: readIds,
    expected: ({ products }) => products({ nameStartsWith: 'a' }, byName),
    large: searched,
  },
  {
    no: 14,
    who: 'everybody',
    wants: '“amlodipine” where records say besilate',
    operation: 'medicines-with-a-substance',
    isOrdered: true,
    read: readIds,
    expected: ({ products }) =>
      products({ substance: ['amlodipine'], substanceRole: 'ACTIVE' }, { by: 'STRENGTH', order: 'ASC' }),
    large: lookedThrough,
  },
  {
    no: 15,
    who: 'prescriber',
    wants: 'by form and route in words',
    operation: 'form-and-route',
    read: readIds,
    expected: ({ products }) =>
      products({ substance: ['ibuprofen'], doseForm: ['100000073665'], route: ['oral use'] }),
    large: lookedThrough,
  },
  {
    no: 17,
    who: 'medicines optimisation',
    wants: 'packs of 28 and of 30',
    operation: 'packs-of-28-and-30',
    read: (data) =>
      ['one', 'other'].flatMap((list) => idsAt(data, `${list}.nodes`).map((id) => line(list, id))),
    expected: ({ products }) =>
      [28, 30].flatMap((size) =>
        products({ substance: ['amlodipine'], packSize: { min: size, max: size } }).map((id) =>
          line(size === 28 ? 'one' : 'other', id),
        ),
      ),
    large: lookedThrough,
  },
  {
    no: 18,
    who: 'newsletter',
    wants: 'what was authorised since a day',
    operation: 'newly-authorized',
    isOrdered: true,
    read: (data) =>
      each(data, 'products.nodes').map((node) => line(idOf(node), Date.parse(all(node, 'firstAuthorized')))),
    expected: ({ products, family }) =>
      products(
        { authorizedSince: '2024-01-01', lifecycle: ['AUTHORIZED'] },
        { by: 'AUTHORIZED', order: 'DESC' },
      ).map((id) => line(id, firstDate(family(id)))),
    large: lookedThrough,
  },
  {
    no: 19,
    who: 'practice',
    wants: 'what was withdrawn, suspended or expired lately',
    operation: 'withdrawn-suspended-expired',
    isOrdered: true,
    read: (data) =>
      each(data, 'products.nodes').map((node) =>
        line(idOf(node), joined(each(node, 'authorizations.statusDate'))),
      ),
    expected: ({ products, family }) =>
      products(withdrawn, { by: 'UPDATED', order: 'DESC' }).map((id) =>
        line(
          id,
          joined(
            family(id)
              .own.filter((permit) => kindOf(permit) === 'MARKETING')
              .flatMap(({ statusDate }) => statusDate ?? []),
          ),
        ),
      ),
    large: lookedThrough,
  },
  {
    no: 21,
    who: 'allergic patient',
    wants: 'enalapril without lactose',
    operation: 'without-an-excipient',
    read: readIds,
    expected: ({ products }) => products({ atc: ['C09AA02'], withoutSubstance: ['lactose'] }),
    large: searched,
  },
  {
    no: 22,
    who: 'wholesaler',
    wants: 'parallel-traded packs beside the reference product, and their companies',
    operation: 'parallel-trade',
    read: (data) =>
      ['traded', 'reference'].flatMap((list) =>
        each(data, `${list}.nodes`).map((node) =>
          line(
            list,
            idOf(node),
            all(node, 'authorizations.holder.name'),
            joined(each(node, 'packages.nodes.size.text').map((text) => String(text).replace(/\D.*/, ''))),
          ),
        ),
      ),
    expected: ({ products, family }) =>
      (['PARALLEL_TRADE', 'MARKETING'] as const).flatMap((kind) =>
        products({ substance: ['tafluprost'], authorizationKind: [kind] }).map((id) =>
          line(
            kind === 'MARKETING' ? 'reference' : 'traded',
            id,
            joined(holdersOf(family(id))),
            joined(family(id).packs.map((pack) => sizeOf(pack))),
          ),
        ),
      ),
    large: lookedThrough,
  },
  {
    no: 29,
    who: 'researcher',
    wants: 'products for a disease',
    operation: 'for-a-disease',
    isOrdered: true,
    read: readIds,
    expected: ({ products }) => products({ indication: ['hypertension'] }, byName),
    large: lookedThrough,
  },
  {
    no: 35,
    who: 'shortage tracker',
    wants: 'what is unavailable in my country, and until when',
    operation: 'shortages',
    read: (data) =>
      each(data, 'products.nodes').map((node) =>
        line(
          idOf(node),
          all(node, 'packages.nodes.marketingStatuses.restoreDate'),
          all(node, 'packages.nodes.marketingStatuses.riskOfSupplyShortage.text'),
        ),
      ),
    expected: ({ products, family }) =>
      products(short).map((id) => {
        const statuses = family(id).packs.flatMap(({ marketingStatus = [] }) => marketingStatus);
        return line(
          id,
          joined(statuses.flatMap(({ restoreDate }) => restoreDate ?? [])),
          joined(
            statuses.flatMap(({ extension = [] }) =>
              extension.flatMap(({ valueCoding }) => valueCoding?.display ?? []),
            ),
          ),
        );
      }),
    large: lookedThrough,
  },
];

function activeCodes({ ingredients }: Family): string {
  return joined(
    ingredients
      .filter((each) => roleOf(each) === 'ACTIVE')
      .flatMap(({ substance }) => codesIn(substance.code.concept).slice(0, 1)),
  );
}

function holdersOf(family: Family): readonly string[] {
  return family.own.flatMap(({ holder }) => (holder ? organizationNames(holder, family).slice(0, 1) : []));
}
