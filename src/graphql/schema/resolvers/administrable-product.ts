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
    description: 'The manufactured items that it is made from. (`producedFrom`)',
  })
  @Follow('administrableProduct.producedFrom')
  producedFrom(rows: Rows<ManufacturedItem>): readonly ManufacturedItem[] {
    return rows.list();
  }

  @FieldResolver(() => IngredientConnection, {
    nullable: true,
    description: 'Its ingredients. (Ingredient by `for`)',
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
    description: 'The product that it is a form of. (`formOf`)',
  })
  @Follow('administrableProduct.product')
  product(rows: Rows<Product>): Product | null {
    return rows.one();
  }
}
