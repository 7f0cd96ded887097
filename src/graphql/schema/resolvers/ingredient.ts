/** Links of an ingredient. */
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
    description: 'One ingredient; null when there is none. (Ingredient by `id`)',
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
    description: 'The items that it is named to be in. (`for`)',
  })
  @Follow('ingredient.manufacturedItems')
  manufacturedItems(rows: Rows<ManufacturedItem>): readonly ManufacturedItem[] {
    return rows.list();
  }

  @FieldResolver(() => [AdministrableProduct], {
    nullable: true,
    description: 'The administrable products that it is named to be in. (`for`)',
  })
  @Follow('ingredient.administrableProducts')
  administrableProducts(rows: Rows<AdministrableProduct>): readonly AdministrableProduct[] {
    return rows.list();
  }

  @FieldResolver(() => [Product], {
    nullable: true,
    description: 'The products that it is named to be in directly, not by an item. (`for`)',
  })
  @Follow('ingredient.products')
  products(rows: Rows<Product>): readonly Product[] {
    return rows.list();
  }

  @FieldResolver(() => [Organization], {
    nullable: true,
    description: 'Who makes it. (`manufacturer.manufacturer`)',
  })
  @Follow('ingredient.manufacturers')
  manufacturers(rows: Rows<Organization>): readonly Organization[] {
    return rows.list();
  }
}
