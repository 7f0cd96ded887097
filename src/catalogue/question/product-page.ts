/** What a page about a product asks: the product, and all that belongs to it. */
import type { ResourceType } from '../../fhir/resources.js';
import type { Key } from '../graph/key.js';
import { targets } from '../graph/link.js';
import { links, type LinkName } from '../graph/links.js';
import type { Selection } from './selection.js';

const productType = 'MedicinalProductDefinition';

const childrenOf: readonly Selection[] = [
  below('product.packages', productType, {
    PackagedProductDefinition: ['package.authorizations', 'package.manufacturedItems'],
  }),
  below('product.administrableProducts', productType),
  below('product.ingredients', productType),
  below('product.clinicalUses', productType),
];

/** Every link that leads down from products. */
export const belowProducts: Selection['below'] = new Map([
  [
    productType,
    [
      ...childrenOf,
      below('product.authorizations', productType, { RegulatedAuthorization: ['authorization.holder'] }),
    ],
  ],
]);

/** The holder is the product's alone: with others it would be read by another question than a page asks. */
const belowPage: Selection['below'] = new Map([
  [
    productType,
    [...childrenOf, below('product.authorizations', productType), below('product.holder', productType)],
  ],
]);

export function productPage(product: Key): Selection {
  return { link: 'resources', args: { keys: [product] }, path: ['product'], below: belowPage };
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
