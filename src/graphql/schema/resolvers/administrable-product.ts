/** The links from an administrable product to other records. */
import { FieldResolver, Resolver } from 'type-graphql';
import type { Rows } from '../rows.js';
import { IngredientArgs } from '../args/fields.js';
import { Arguments, Follow } from '../field.js';
import { AdministrableProduct } from '../types/administrable-product.js';
import type { Connection } from '../types/connection.js';
import type { Ingredient } from '../types/ingredient.js';
import { ManufacturedItem } from '../types/manufactured-item.js';
import { Product } from '../types/product.js';
import { IngredientConnection } from './connections.js';

@Resolver(() => AdministrableProduct)
export class AdministrableProductResolver {
  @FieldResolver(() => [ManufacturedItem], {
    nullable: true,
    description:
      'The manufactured items from which the administrable product is made, such as a powder and a solvent. (`producedFrom`)',
  })
  @Follow('administrableProduct.producedFrom')
  producedFrom(rows: Rows<ManufacturedItem>): readonly ManufacturedItem[] {
    return rows.list();
  }

  @FieldResolver(() => IngredientConnection, {
    nullable: true,
    description: 'The ingredients of the administrable product. (Ingredient by `for`)',
  })
  @Follow('administrableProduct.ingredients')
  ingredients(
    rows: Rows<Ingredient>,
    @Arguments(() => IngredientArgs) _args?: IngredientArgs,
  ): Connection<Ingredient> {
    return rows.connection();
  }

  @FieldResolver(() => Product, {
    nullable: true,
    description: 'The product to which the administrable product belongs. (`formOf`)',
  })
  @Follow('administrableProduct.product')
  product(rows: Rows<Product>): Product | null {
    return rows.one();
  }
}
