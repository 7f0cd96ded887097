/** Selects what a page about a product needs: the product, and all that belongs to it. */
import type { ResourceType } from '../../fhir/resources.js';
import type { Key } from '../graph/key.js';
import { targets } from '../graph/link.js';
import { links, type LinkName } from '../graph/links.js';
import type { Selection } from './selection.js';

const productType = 'MedicinalProductDefinition';

/** The links of the table whose records name the product. A newly linked type is on the page by itself. */
const children = (Object.keys(links) as LinkName[]).filter(
  (name) => name.startsWith('product.') && links[name].kind === 'reverse',
);

const ofPackages = {
  PackagedProductDefinition: ['package.authorizations', 'package.manufacturedItems'],
} as const;

/** Every link that leads down from products. */
export const belowProducts: Selection['below'] = pageWith(
  { RegulatedAuthorization: ['authorization.holder'] },
  'product.ingredients',
);

/** The holder is the product's alone: with others it would be read by another question than a page asks. */
const belowPage = pageWith({}, 'product.ingredients', 'product.holder');

function pageWith(ofAuthorizations: Further, ...others: readonly LinkName[]): Selection['below'] {
  const further: Partial<Record<LinkName, Further>> = {
    'product.packages': ofPackages,
    'product.authorizations': ofAuthorizations,
  };
  const names = [...children, ...others];
  return new Map([[productType, names.map((name) => below(name, productType, further[name]))]]);
}

export function productPage(product: Key): Selection {
  return { link: 'resources', args: { keys: [product] }, path: ['product'], below: belowPage };
}

/** All that belongs to some products. */
export function detailsOf(products: readonly Key[]): Selection {
  return {
    link: 'resources',
    args: { keys: products },
    path: ['products'],
    below: new Map([[productType, [below('product.details', productType)]]]),
  };
}

type Further = Partial<Record<ResourceType, readonly LinkName[]>>;

function below(link: LinkName, from: ResourceType, further: Further = {}): Selection {
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
