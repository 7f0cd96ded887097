/** The links from a regulated authorization to other records. */
import { createUnionType, FieldResolver, Resolver } from 'type-graphql';
import { DocumentArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments, Follow, ReadsRows } from '../field.js';
import type { Rows } from '../rows.js';
import { Document } from '../types/document.js';
import { Ingredient } from '../types/ingredient.js';
import { ManufacturedItem } from '../types/manufactured-item.js';
import { ManufacturingActivity } from '../types/manufacturing.js';
import { Organization } from '../types/organization.js';
import { Package } from '../types/package.js';
import { Product } from '../types/product.js';
import { RegulatedAuthorization } from '../types/regulated-authorization.js';
import { SubstanceDefinition } from '../types/substance-definition.js';
import { chosenDocuments } from './documents.js';

const AuthorizationSubject = createUnionType({
  name: 'AuthorizationSubject',
  description: 'What an authorization is for: a product, a package or another object.',
  types: () =>
    [
      Product,
      Package,
      ManufacturedItem,
      Ingredient,
      SubstanceDefinition,
      ManufacturingActivity,
      Organization,
    ] as const,
});

@Resolver(() => RegulatedAuthorization)
export class RegulatedAuthorizationResolver {
  @FieldResolver(() => Organization, {
    nullable: true,
    description: 'The company that holds the authorization. (`holder`)',
  })
  @Follow('authorization.holder')
  holder(rows: Rows<Organization>): Organization | null {
    return rows.one();
  }

  @FieldResolver(() => Organization, {
    nullable: true,
    description: 'The authority that granted the authorization. (`regulator`)',
  })
  @Follow('authorization.regulator')
  regulator(rows: Rows<Organization>): Organization | null {
    return rows.one();
  }

  @FieldResolver(() => [AuthorizationSubject], {
    nullable: true,
    description: 'The products, packages and other objects that the authorization is for. (`subject`)',
  })
  @Follow('authorization.subjects')
  subjects(rows: Rows<typeof AuthorizationSubject>): readonly (typeof AuthorizationSubject)[] {
    return rows.list();
  }

  @FieldResolver(() => [Document], {
    nullable: true,
    description: 'The documents of the authorization: the decision and its annexes. (`attachedDocument`)',
  })
  @ReadsRows({ DocumentReference: ['type', 'content'] })
  @Follow('authorization.documents', () => ({}))
  attachedDocuments(
    rows: Rows<Document>,
    _authorization: RegulatedAuthorization,
    context: Context,
    @Arguments(() => DocumentArgs) args: DocumentArgs,
  ): readonly Document[] {
    return chosenDocuments(rows.list(), args, context);
  }
}
