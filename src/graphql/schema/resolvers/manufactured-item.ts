/** The links from a manufactured item to other records. */
import { FieldResolver, Resolver } from 'type-graphql';
import type { Rows } from '../rows.js';
import { IngredientArgs } from '../args/fields.js';
import { Arguments, Follow } from '../field.js';
import type { Connection } from '../types/connection.js';
import type { Ingredient } from '../types/ingredient.js';
import { ManufacturedItem } from '../types/manufactured-item.js';
import { Organization } from '../types/organization.js';
import { IngredientConnection } from './connections.js';

@Resolver(() => ManufacturedItem)
export class ManufacturedItemResolver {
  @FieldResolver(() => IngredientConnection, {
    nullable: true,
    description: 'The ingredients of the manufactured item. (Ingredient by `for`)',
  })
  @Follow('manufacturedItem.ingredients')
  ingredients(
    rows: Rows<Ingredient>,
    @Arguments(() => IngredientArgs) _args?: IngredientArgs,
  ): Connection<Ingredient> {
    return rows.connection();
  }

  @FieldResolver(() => [Organization], {
    nullable: true,
    description: 'The manufacturers of the item. (`manufacturer`)',
  })
  @Follow('manufacturedItem.manufacturers')
  manufacturers(rows: Rows<Organization>): readonly Organization[] {
    return rows.list();
  }
}
