/**
 * Generates random records with shared packages and ingredients, deep packagings and dangling references. A seed determines the
 * records.
 */
import type { Reference, Resource } from 'fhir/r5.js';
import { withRandomFacts, type FactOptions } from './random-facts.js';
import { randomOf } from './random-operation.js';

const active = { coding: [{ code: '100000072072' }] };
const excipient = { coding: [{ code: '100000072082' }] };
const marketing = { coding: [{ code: '220000000061' }] };

/** Returns up to eight products named Alpha with the records that belong to them, with random facts of `random-facts.ts`. */
export function randomWorld(seed: number, options: FactOptions = {}): readonly Resource[] {
  const random = randomOf(seed);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const chance = (of: number): boolean => random() < of;
  const pick = <T>(from: readonly T[]): T => from[upTo(from.length - 1)] as T;
  const some = <T>(from: readonly T[], most: number): readonly T[] => [
    ...new Set(Array.from({ length: upTo(most) }, () => pick(from))),
  ];
  const ids = (prefix: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index * 3}`);
  const to = (type: string) => (id: string) => ({ reference: `${type}/${id}` }) as const;
  const toProduct = to('MedicinalProductDefinition');
  const toItem = to('ManufacturedItemDefinition');

  const products = ids('60000000000', 1 + upTo(7));
  const items = ids('item-', 1 + upTo(9));
  const packs = ids('8', upTo(24));
  const administrables = ids('adm-', upTo(8));
  const organizations = ids('ORG-', 3);

  const holder = (): Reference | undefined => {
    const id = pick([...organizations, 'ORG-gone']);
    return pick([undefined, { display: `By name ${id}` }, to('Organization')(id), to('Organization')(id)]);
  };
  const packaging = (depth: number): object => ({
    containedItem: some([...items, 'item-gone'], 3).map((id) => ({ item: { reference: toItem(id) } })),
    ...(depth > 0 && chance(0.6) ? { packaging: [packaging(depth - 1)] } : {}),
  });

  const made: readonly object[] = [
    ...products.map((id, index) => ({
      resourceType: 'MedicinalProductDefinition',
      id,
      name: [{ productName: `Alpha ${index} ${pick(['forte', 'mite', 'retard'])}` }],
      contact: some(organizations, 2).map((each) => ({ contact: to('Organization')(each) })),
    })),
    ...items.map((id) => ({
      resourceType: 'ManufacturedItemDefinition',
      id,
      status: 'active',
      manufacturer: some(organizations, 1).map(to('Organization')),
    })),
    ...packs.map((id) => ({
      resourceType: 'PackagedProductDefinition',
      id,
      packageFor: [pick(products), ...(chance(0.2) ? [pick(products)] : [])].map(toProduct),
      packaging: packaging(2),
    })),
    ...administrables.map((id) => ({
      resourceType: 'AdministrableProductDefinition',
      id,
      status: 'active',
      formOf: [toProduct(pick(products))],
      producedFrom: some(items, 2).map(toItem),
      routeOfAdministration: [{ code: { coding: [{ code: String(20_053_000 + upTo(9)) }] } }],
    })),
    ...ids('ing-', upTo(40)).map((id) => ({
      resourceType: 'Ingredient',
      id,
      status: 'active',
      role: chance(0.5) ? active : excipient,
      for: [
        ...some(products, 1).map(toProduct),
        ...some(items, 2).map(toItem),
        ...(administrables.length > 0 && chance(0.4)
          ? [to('AdministrableProductDefinition')(pick(administrables))]
          : []),
      ],
      substance: { code: { concept: { coding: [{ code: String(100_000_000 + upTo(9)) }] } } },
    })),
    ...ids('ra-', upTo(40)).map((id) => ({
      resourceType: 'RegulatedAuthorization',
      id,
      type: chance(0.7) ? marketing : { coding: [{ code: '220000000062' }] },
      identifier: [{ value: `EU/1/${id}` }],
      subject: [
        packs.length > 0 && chance(0.6)
          ? to('PackagedProductDefinition')(pick(packs))
          : toProduct(pick(products)),
      ],
      holder: holder(),
    })),
    ...ids('use-', upTo(12)).map((id) => ({
      resourceType: 'ClinicalUseDefinition',
      id,
      type: 'indication',
      subject: some(products, 2).map(toProduct),
    })),
    ...organizations.map((id) => ({ resourceType: 'Organization', id, name: `By name ${id}` })),
  ];
  return withRandomFacts(seed, made as readonly Resource[], options);
}
