/** Which view belongs to which FHIR resource: one row for each. */
import type { Held } from '../../catalogue/known/known.js';
import type { ResourceType } from '../../fhir/resources.js';
import { withLanguageTold } from '../../terms/said.js';
import { AdministrableProduct } from './administrable-product.js';
import { clinicalUseOf } from './clinical-use.js';
import { Ingredient } from './ingredient.js';
import { ManufacturedItem } from './manufactured-item.js';
import { ManufacturingActivity } from './manufacturing.js';
import { Organization } from './organization.js';
import { Package } from './package.js';
import { Product } from './product.js';
import { RegulatedAuthorization } from './regulated-authorization.js';
import type { ResourceView } from './resource-view.js';
import { SubstanceDefinition } from './substance-definition.js';

export type ViewOf = (held: Held) => ResourceView;

const views: Readonly<Record<ResourceType, ViewOf>> = {
  MedicinalProductDefinition: (held) => new Product(held),
  PackagedProductDefinition: (held) => new Package(held),
  ManufacturedItemDefinition: (held) => new ManufacturedItem(held),
  AdministrableProductDefinition: (held) => new AdministrableProduct(held),
  Ingredient: (held) => new Ingredient(held),
  RegulatedAuthorization: (held) => new RegulatedAuthorization(held),
  Organization: (held) => new Organization(held),
  ClinicalUseDefinition: clinicalUseOf,
  ActivityDefinition: (held) => new ManufacturingActivity(held),
  SubstanceDefinition: (held) => new SubstanceDefinition(held),
};

/** What a record says of its language at its head is told at each of its texts. */
export const viewOf: ViewOf = (held) =>
  views[held.resource.resourceType](held.resource.language === undefined ? held : inItsLanguage(held));

function inItsLanguage({ resource, origin }: Held): Held {
  return { resource: withLanguageTold(resource), origin };
}
