/** The operation that is run at the start, so that clients' first ones find a proven way. */
import type { ResourceType } from '../../fhir/resources.js';
import { targets } from '../link.js';
import { links, type LinkName } from '../links.js';
import type { Selection } from '../selection.js';

/** Every link that leads down from products. */
export function rehearsal(first: number): Selection {
  return {
    link: 'products',
    args: { search: { filter: {}, first, withTotal: false } },
    path: ['products'],
    below: new Map([
      [
        'MedicinalProductDefinition',
        [
          below('product.packages', 'MedicinalProductDefinition', {
            PackagedProductDefinition: ['package.authorizations', 'package.manufacturedItems'],
          }),
          below('product.authorizations', 'MedicinalProductDefinition', {
            RegulatedAuthorization: ['authorization.holder'],
          }),
          below('product.administrableProducts', 'MedicinalProductDefinition'),
          below('product.ingredients', 'MedicinalProductDefinition'),
          below('product.clinicalUses', 'MedicinalProductDefinition'),
        ],
      ],
    ]),
  };
}

function below(
  link: LinkName,
  from: ResourceType,
  further: Partial<Record<ResourceType, readonly LinkName[]>> = {},
): Selection {
  return {
    link,
    args: {},
    path: [link],
    below: new Map(
      targets(links[link], from).map((type) => [
        type,
        (further[type] ?? []).map((name) => below(name, type)),
      ]),
    ),
  };
}
