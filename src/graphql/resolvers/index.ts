/** All resolvers of the schema. */
import { AdministrableProductResolver } from './administrable-product.js';
import { IngredientResolver } from './ingredient.js';
import { ManufacturedItemResolver } from './manufactured-item.js';
import { PackagedItemResolver, PackageResolver } from './package.js';
import { ProductResolver } from './product.js';
import { RegulatedAuthorizationResolver } from './regulated-authorization.js';

export const resolvers = [
  ProductResolver,
  PackageResolver,
  PackagedItemResolver,
  ManufacturedItemResolver,
  AdministrableProductResolver,
  IngredientResolver,
  RegulatedAuthorizationResolver,
] as const;
