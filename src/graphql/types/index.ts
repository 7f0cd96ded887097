/** Which view belongs to which FHIR resource: one row for each. */
import type { Held } from '../../catalogue/known.js';
import type { ResourceType } from '../../fhir/resources.js';
import { AdministrableProduct } from './administrable-product.js';
import { Ingredient } from './ingredient.js';
import { ManufacturedItem } from './manufactured-item.js';
import { Organization } from './organization.js';
import { Package } from './package.js';
import { Product } from './product.js';
import { RegulatedAuthorization } from './regulated-authorization.js';
import type { ResourceView } from './resource-view.js';

export type ViewOf = (held: Held) => ResourceView;

const views: Readonly<Partial<Record<ResourceType, new (held: Held) => ResourceView>>> = {
  MedicinalProductDefinition: Product,
  PackagedProductDefinition: Package,
  ManufacturedItemDefinition: ManufacturedItem,
  AdministrableProductDefinition: AdministrableProduct,
  Ingredient,
  RegulatedAuthorization,
  Organization,
};

export const viewOf: ViewOf = (held) => {
  const View = views[held.resource.resourceType];
  if (!View) throw new TypeError(`no view of ${held.resource.resourceType}`);
  return new View(held);
};
