/** Queries for substances by their codes, and the links from a substance to other records. */
import { FieldResolver, Query, Resolver } from 'type-graphql';
import { isPmsError } from '../../../errors.js';
import { languageTexts } from '../../../terms/language-texts.js';
import type { ListArgs, Position } from '../../../catalogue/question/selection.js';
import { toIndex } from '../../../catalogue/question/to-index.js';
import type { SubstancePlace, SubstanceRow } from '../../../search-index/substances.js';
import { LanguageArgs, SubstanceArgs, SubstanceProductsArgs, SubstancesArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments, Follow, ReadsRows, type Selects } from '../field.js';
import { readText } from '../reader.js';
import type { Rows } from '../rows.js';
import { Connection } from '../types/connection.js';
import { Organization } from '../types/organization.js';
import type { Product } from '../types/product.js';
import { SubstanceDefinition } from '../types/substance-definition.js';
import { Substance } from '../types/substance.js';
import { ProductConnection, SubstanceConnection } from './connections.js';

/** Arguments with the position of the previous page. */
type From<Args, Place> = Omit<Args, 'after'> & { readonly after?: Place };

/** Creates the search for products. The parent substance is added to the search later. */
function productsOf(
  { role, first, after }: From<SubstanceProductsArgs, Position>,
  selects: Selects,
): ListArgs {
  const filter = { substance: [{ codes: [], names: [] }], ...(role && { substanceRole: role }) };
  return {
    search: { filter, first, withTotal: selects('totalCount'), ...(after && { after }) },
    first,
  };
}

function substancesFor({
  text,
  startsWith,
  role,
  first,
  after,
}: From<SubstancesArgs, SubstancePlace>): ListArgs {
  const asked = toIndex('substances', {
    first,
    ...(typeof text === 'string' && { text }),
    ...(typeof startsWith === 'string' && { startsWith }),
    ...(role && { role }),
    ...(after && { after }),
  });
  return { asked, first };
}

@Resolver(() => Substance)
export class SubstanceResolver {
  @Query(() => Substance, {
    nullable: true,
    description:
      'One substance by its code in EMA’s Substance Management Service. Null if no product in the index contains it. It comes from the index of this service and costs no upstream request. (`Ingredient.substance.code`)',
  })
  @Follow('value', ({ code }: SubstanceArgs) => ({
    asked: toIndex('substances', { code, first: 1 }),
    first: 1,
  }))
  substance(rows: Rows<Substance>, @Arguments(() => SubstanceArgs) _args?: SubstanceArgs): Substance | null {
    const row = rows.value<SubstanceRow>();
    return row && Substance.listed(row.told);
  }

  @Query(() => SubstanceConnection, {
    nullable: true,
    description:
      'The substances of all products in the index, A to Z. Substances that only a strength refers to are included. Each code appears once. A substance without a code appears once for its name. The list comes from the index of this service and costs no upstream request. (`Ingredient.substance`)',
  })
  @Follow('value', substancesFor)
  substances(
    rows: Rows<Substance>,
    @Arguments(() => SubstancesArgs) _args?: SubstancesArgs,
  ): Connection<Substance> {
    const { values, place } = rows.page<SubstanceRow>();
    const nodes = values.map(({ told }) => Substance.listed(told));
    return new Connection(nodes, place, (index) => ({ productCount: values[index]?.products ?? 0 }));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The SMS code of the substance: `100000091436`. (`concept.coding[0].code`, else `code` of the referenced SubstanceDefinition)',
  })
  @ReadsRows({ SubstanceDefinition: ['code', 'identifier'] })
  @Follow('substance.names', () => ({}))
  code(rows: Rows<SubstanceDefinition>, { concept, substance }: Substance): string | null {
    return concept?.code ?? rows.referred(substance.reference)?.code ?? null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The name of the substance, in the requested language if it is known. It comes from the imported EMA terms (`terms import`), else from the record, else from `definition`. Null if none of them gives a name. (`concept`, else `name` of the referenced SubstanceDefinition, else the `display` of the reference)',
  })
  @ReadsRows({ SubstanceDefinition: ['name'] })
  @Follow('substance.names', () => ({}))
  name(
    rows: Rows<SubstanceDefinition>,
    { concept, substance: { reference } }: Substance,
    context: Context,
    @Arguments(() => LanguageArgs) args: LanguageArgs,
  ): string | null {
    const text = concept?.text(args, context);
    if (text !== null && text !== undefined) return text;
    const display = readText(languageTexts(reference, 'display'), args, context);
    // If the concept has both a code and a name, no other record needs to be read.
    if (concept?.code && display !== null) return display;
    try {
      return rows.referred(reference)?.name(args, context) ?? display;
    } catch (error) {
      if (display !== null && isPmsError(error)) return display;
      throw error;
    }
  }

  @FieldResolver(() => SubstanceDefinition, {
    nullable: true,
    description:
      'The record of the substance itself, with names, codes and formula. Null if the record of the ingredient does not refer to such a record. (`substance.code.reference`)',
  })
  @Follow('substance.definition')
  definition(rows: Rows<SubstanceDefinition>, { substance }: Substance): SubstanceDefinition | null {
    return rows.referred(substance.reference);
  }

  @FieldResolver(() => ProductConnection, {
    nullable: true,
    description:
      'The products that contain the substance, or whose strength refers to it. They are the products that `products(filter: { substance })` finds by the code of the substance, or by its name if it has no code. (Ingredient by `substance.code`, `strength.referenceStrength.substance`)',
  })
  @Follow('products', productsOf, ({ key }: Substance) => key)
  products(
    rows: Rows<Product>,
    @Arguments(() => SubstanceProductsArgs) _args?: SubstanceProductsArgs,
  ): Connection<Product> {
    return rows.connection();
  }
}

@Resolver(() => SubstanceDefinition)
export class SubstanceDefinitionResolver {
  @FieldResolver(() => [Organization], {
    nullable: true,
    description: 'The manufacturers of the substance. (`manufacturer`)',
  })
  @Follow('substanceDefinition.manufacturers')
  manufacturers(rows: Rows<Organization>): readonly Organization[] {
    return rows.list();
  }
}
