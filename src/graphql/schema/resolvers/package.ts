/** The query for one package, and the links from a package to other records. */
import { FieldResolver, Query, Resolver } from 'type-graphql';
import type { Context } from '../../context.js';
import type { Rows } from '../rows.js';
import { DocumentArgs, WithinProductArgs } from '../args/fields.js';
import { Arguments, Follow, ReadsRows } from '../field.js';
import { chosenDocuments } from './documents.js';
import { within } from './within.js';
import { ManufacturedItem } from '../types/manufactured-item.js';
import { Organization } from '../types/organization.js';
import { Document } from '../types/document.js';
import { Package } from '../types/package.js';
import { PackagedItem } from '../types/packaging.js';
import { Product } from '../types/product.js';
import { RegulatedAuthorization } from '../types/regulated-authorization.js';

@Resolver(() => Package)
export class PackageResolver {
  @Query(() => Package, {
    nullable: true,
    description:
      'One package by its id. Null if there is no package with this id. (PackagedProductDefinition by `id`)',
  })
  @Follow('resources', ({ id, product }: WithinProductArgs) =>
    within('PackagedProductDefinition', id, product),
  )
  package(
    rows: Rows<Package>,
    @Arguments(() => WithinProductArgs) _args?: WithinProductArgs,
  ): Package | null {
    return rows.one();
  }

  @FieldResolver(() => Product, {
    nullable: true,
    description: 'The product in the package. The first product, if there are several. (`packageFor`)',
  })
  @Follow('package.products')
  product(rows: Rows<Product>): Product | null {
    return rows.one();
  }

  @FieldResolver(() => [Product], {
    nullable: true,
    description: 'All products in the package. (`packageFor`)',
  })
  @Follow('package.products')
  products(rows: Rows<Product>): readonly Product[] {
    return rows.list();
  }

  @FieldResolver(() => [ManufacturedItem], {
    nullable: true,
    description:
      'The items in the package, such as tablets, in packagings at any depth. Each item is listed once. (`packaging.containedItem`)',
  })
  @Follow('package.manufacturedItems')
  manufacturedItems(rows: Rows<ManufacturedItem>): readonly ManufacturedItem[] {
    return rows.list();
  }

  @FieldResolver(() => [RegulatedAuthorization], {
    nullable: true,
    description:
      'The authorizations for this package itself, without those for its product. (RegulatedAuthorization by `subject`)',
  })
  @Follow('package.authorizations')
  authorizations(rows: Rows<RegulatedAuthorization>): readonly RegulatedAuthorization[] {
    return rows.list();
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The number of the marketing authorization of the package itself: `EU/1/17/1201/001`. Null if only the product has an authorization. For that number, use `product { marketingAuthorization { number } }`. (RegulatedAuthorization by `subject`, `identifier`)',
  })
  @ReadsRows({ RegulatedAuthorization: ['identifier'] })
  @Follow('package.marketingAuthorization')
  marketingAuthorizationNumber(rows: Rows<RegulatedAuthorization>): string | null {
    return rows.one()?.number ?? null;
  }

  @FieldResolver(() => [Organization], {
    nullable: true,
    description: 'The manufacturers of the package. (`manufacturer`)',
  })
  @Follow('package.manufacturers')
  manufacturers(rows: Rows<Organization>): readonly Organization[] {
    return rows.list();
  }

  @FieldResolver(() => [Document], {
    nullable: true,
    description:
      'The documents of this package itself. For those of the product, use `product { attachedDocuments }`. (`attachedDocument`)',
  })
  @ReadsRows({ DocumentReference: ['type', 'content'] })
  @Follow('package.documents', () => ({}))
  attachedDocuments(
    rows: Rows<Document>,
    _package: Package,
    context: Context,
    @Arguments(() => DocumentArgs) args: DocumentArgs,
  ): readonly Document[] {
    return chosenDocuments(rows.list(), args, context);
  }
}

@Resolver(() => PackagedItem)
export class PackagedItemResolver {
  @FieldResolver(() => ManufacturedItem, {
    nullable: true,
    description:
      'The record of the item, if it is a manufactured item. Null for devices and other items. (`item.reference`)',
  })
  @Follow('packagedItem.item')
  item(rows: Rows<ManufacturedItem>, packaged: PackagedItem): ManufacturedItem | null {
    return rows.referred(packaged.contained.item?.reference);
  }

  @FieldResolver(() => Package, {
    nullable: true,
    description: 'The record of the item, if it is a package inside the packaging. (`item.reference`)',
  })
  @Follow('packagedItem.package')
  package(rows: Rows<Package>, packaged: PackagedItem): Package | null {
    return rows.referred(packaged.contained.item?.reference);
  }
}
