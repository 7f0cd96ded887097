/** Selects the records for a page about a product: the product, and all records that belong to it. */
import type { ResourceType } from '../../fhir/resources.js';
import type { Key } from '../graph/key.js';
import { targets } from '../graph/link.js';
import { links, type LinkName } from '../graph/links.js';
import type { Selection } from './selection.js';

const productType = 'MedicinalProductDefinition';

/**
 * The links to records that refer to the product. A new link of this kind appears on the page without other changes.
 */
const children = (Object.keys(links) as LinkName[]).filter(
  (name) => name.startsWith('product.') && links[name].kind === 'reverse',
);

const ofPackages = {
  PackagedProductDefinition: ['package.authorizations', 'package.manufacturedItems'],
} as const;

/** All links that lead down from products. */
export const belowProducts: Selection['below'] = pageWith(
  { RegulatedAuthorization: ['authorization.holder'] },
  'product.ingredients',
);

/**
 * The page reads the marketing authorization holder only through the product. Reading it through all authorizations
 * would need another request.
 */
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

/** Selects all records that belong to the given products. */
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
