/** The links from a clinical use to other records. */
import { FieldResolver, Resolver } from 'type-graphql';
import { Follow } from '../field.js';
import type { Rows } from '../rows.js';
import { ClinicalUse } from '../types/clinical-use.js';
import { Product } from '../types/product.js';

@Resolver(() => ClinicalUse)
export class ClinicalUseResolver {
  @FieldResolver(() => [Product], {
    nullable: true,
    description: 'The products to which the clinical use applies. (`subject`)',
  })
  @Follow('clinicalUse.products')
  products(rows: Rows<Product>): readonly Product[] {
    return rows.list();
  }
}
