/** The list of all resolvers of the schema. */
import { AdministrableProductResolver } from './administrable-product.js';
import { ChangeResolver } from './change.js';
import { ClinicalUseResolver } from './clinical-use.js';
import { ContactResolver } from './contact.js';
import { IngredientResolver } from './ingredient.js';
import { LookupResolver } from './lookup.js';
import { ManufacturedItemResolver } from './manufactured-item.js';
import { ManufacturingActivityResolver, ManufacturingOperationResolver } from './manufacturing.js';
import { NodeResolver } from './node.js';
import { OrganizationResolver } from './organization.js';
import { PackagedItemResolver, PackageResolver } from './package.js';
import { ProductSearchResolver } from './product-search.js';
import { CrossReferenceResolver, ProductResolver } from './product.js';
import { RegulatedAuthorizationResolver } from './regulated-authorization.js';
import { ServiceResolver } from './service.js';
import { SubstanceDefinitionResolver, SubstanceResolver } from './substance.js';
import { TermsResolver } from './terms.js';

export const resolvers = [
  ProductResolver,
  ProductSearchResolver,
  ChangeResolver,
  PackageResolver,
  PackagedItemResolver,
  CrossReferenceResolver,
  ManufacturedItemResolver,
  AdministrableProductResolver,
  IngredientResolver,
  SubstanceResolver,
  SubstanceDefinitionResolver,
  RegulatedAuthorizationResolver,
  ClinicalUseResolver,
  ContactResolver,
  ManufacturingOperationResolver,
  ManufacturingActivityResolver,
  OrganizationResolver,
  NodeResolver,
  LookupResolver,
  TermsResolver,
  ServiceResolver,
] as const;
