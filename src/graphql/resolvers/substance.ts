/** Substances by their codes, and what they link to. */
import { FieldResolver, Query, Resolver } from 'type-graphql';
import { isPmsError } from '../../errors.js';
import { saidIn } from '../../terms/said.js';
import { LanguageArgs, PageArgs, SubstanceArgs } from '../args.js';
import type { Context } from '../context.js';
import { Arguments, Follow, ReadsRows } from '../field.js';
import { readText } from '../reader.js';
import type { Rows } from '../rows.js';
import type { Connection } from '../types/connection.js';
import { Organization } from '../types/organization.js';
import type { Product } from '../types/product.js';
import { SubstanceDefinition } from '../types/substance-definition.js';
import { Substance } from '../types/substance.js';
import { ProductConnection } from './connections.js';
import { refuse } from './unsupported.js';

@Resolver(() => Substance)
export class SubstanceResolver {
  @Query(() => Substance, {
    nullable: true,
    description:
      'A substance by its code in EMA’s Substance Management Service. (`Ingredient.substance.code`)',
  })
  @Follow('resources', refuse('substance', 'read it where a product has it, by "activeSubstances"'))
  substance(rows: Rows<Substance>, @Arguments(() => SubstanceArgs) _args?: SubstanceArgs): Substance | null {
    return rows.one();
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Its SMS code, `100000091436`. (`concept.coding[0].code`, else `code` of the SubstanceDefinition that is referred to)',
  })
  @ReadsRows({ SubstanceDefinition: ['code', 'identifier'] })
  @Follow('substance.names', () => ({}))
  code(rows: Rows<SubstanceDefinition>, { concept, substance }: Substance): string | null {
    return concept?.code ?? rows.referred(substance.reference)?.code ?? null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Its name. (`concept`, else `name` of the SubstanceDefinition that is referred to, else the reference’s `display`)',
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
    // The code alone needs no second reading.
    const display = readText(saidIn(reference, 'display'), args, context);
    if (concept?.code) return display;
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
      'What is known of the substance by itself, where the ingredient refers to that. (`substance.code.reference`)',
  })
  @Follow('substance.definition')
  definition(rows: Rows<SubstanceDefinition>, { substance }: Substance): SubstanceDefinition | null {
    return rows.referred(substance.reference);
  }

  @FieldResolver(() => ProductConnection, {
    nullable: true,
    description: 'The products that it is in, in any role. (Ingredient by `substance.code`)',
  })
  @Follow('products', refuse('products', 'search by "products(filter: { name })"'))
  products(rows: Rows<Product>, @Arguments(() => PageArgs) _args?: PageArgs): Connection<Product> {
    return rows.connection();
  }
}

@Resolver(() => SubstanceDefinition)
export class SubstanceDefinitionResolver {
  @FieldResolver(() => [Organization], { nullable: true, description: 'Who makes it. (`manufacturer`)' })
  @Follow('substanceDefinition.manufacturers')
  manufacturers(rows: Rows<Organization>): readonly Organization[] {
    return rows.list();
  }
}
