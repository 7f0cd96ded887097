/** The connection types of the schema, one for each type of row that is paged. */
import { Change } from '../types/change.js';
import { connectionTypeOf } from '../types/connection.js';
import { Ingredient } from '../types/ingredient.js';
import { Package } from '../types/package.js';
import { ProductSearchRow, ProductSearchTally } from '../types/product-search.js';
import { Product } from '../types/product.js';
import { Substance, SubstanceTally } from '../types/substance.js';

export const ProductConnection = connectionTypeOf('Product', 'products', () => Product as never);
export const PackageConnection = connectionTypeOf('Package', 'packages', () => Package as never);
export const IngredientConnection = connectionTypeOf('Ingredient', 'ingredients', () => Ingredient as never);
export const ProductSearchConnection = connectionTypeOf(
  'ProductSearch',
  'products found',
  () => Product as never,
  ProductSearchRow,
  ProductSearchTally,
);
export const SubstanceConnection = connectionTypeOf(
  'Substance',
  'substances',
  () => Substance as never,
  SubstanceTally,
);
export const ChangeConnection = connectionTypeOf('Change', 'changes', () => Change as never);
