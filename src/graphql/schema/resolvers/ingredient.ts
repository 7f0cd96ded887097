/** The query for one ingredient, and the links from an ingredient to other records. */
import { FieldResolver, Query, Resolver } from 'type-graphql';
import type { Rows } from '../rows.js';
import { WithinProductArgs } from '../args/fields.js';
import { Arguments, Follow } from '../field.js';
import { within } from './within.js';
import { AdministrableProduct } from '../types/administrable-product.js';
import { Ingredient } from '../types/ingredient.js';
import { ManufacturedItem } from '../types/manufactured-item.js';
import { Organization } from '../types/organization.js';
import { Product } from '../types/product.js';

@Resolver(() => Ingredient)
export class IngredientResolver {
  @Query(() => Ingredient, {
    nullable: true,
    description:
      'One ingredient by its id. Null if there is no ingredient with this id. (Ingredient by `id`)',
  })
  @Follow('resources', ({ id, product }: WithinProductArgs) => within('Ingredient', id, product))
  ingredient(
    rows: Rows<Ingredient>,
    @Arguments(() => WithinProductArgs) _args?: WithinProductArgs,
  ): Ingredient | null {
    return rows.one();
  }

  @FieldResolver(() => [ManufacturedItem], {
    nullable: true,
    description:
      'The manufactured items that contain the ingredient, according to the record of the ingredient. (`for`)',
  })
  @Follow('ingredient.manufacturedItems')
  manufacturedItems(rows: Rows<ManufacturedItem>): readonly ManufacturedItem[] {
    return rows.list();
  }

  @FieldResolver(() => [AdministrableProduct], {
    nullable: true,
    description:
      'The administrable products that contain the ingredient, according to the record of the ingredient. (`for`)',
  })
  @Follow('ingredient.administrableProducts')
  administrableProducts(rows: Rows<AdministrableProduct>): readonly AdministrableProduct[] {
    return rows.list();
  }

  @FieldResolver(() => [Product], {
    nullable: true,
    description:
      'The products that the record of the ingredient names directly. Products that contain the ingredient only through an item are not listed. (`for`)',
  })
  @Follow('ingredient.products')
  products(rows: Rows<Product>): readonly Product[] {
    return rows.list();
  }

  @FieldResolver(() => [Organization], {
    nullable: true,
    description: 'The manufacturers of the ingredient. (`manufacturer.manufacturer`)',
  })
  @Follow('ingredient.manufacturers')
  manufacturers(rows: Rows<Organization>): readonly Organization[] {
    return rows.list();
  }
}
