/** Queries for products, and what a product links to. */
import { FieldResolver, Query, Resolver } from 'type-graphql';
import { PmsError } from '../../errors.js';
import type { Position } from '../../catalogue/known.js';
import type { ListArgs, ProductSearch } from '../../catalogue/selection.js';
import type { Rows } from '../rows.js';
import {
  AuthorizationArgs,
  IdArgs,
  IngredientArgs,
  PageArgs,
  ProductsArgs,
  type ProductFilter,
} from '../args.js';
import { Arguments, Follow } from '../field.js';
import { keyOfType } from '../global-id.js';
import { AdministrableProduct } from '../types/administrable-product.js';
import { Concept } from '../types/concept.js';
import type { Connection } from '../types/connection.js';
import type { Ingredient } from '../types/ingredient.js';
import { ManufacturedItem } from '../types/manufactured-item.js';
import { Organization } from '../types/organization.js';
import type { Package } from '../types/package.js';
import { Product } from '../types/product.js';
import { RegulatedAuthorization } from '../types/regulated-authorization.js';
import { Substance } from '../types/substance.js';
import { IngredientConnection, PackageConnection, ProductConnection } from './connections.js';

interface ProductsRequest {
  readonly filter?: ProductFilter;
  readonly sort?: object;
  readonly first: number;
  readonly after?: Position;
}

/** @throws UPSTREAM_UNSUPPORTED naming the part that no upstream is known to honour, rather than ignoring it */
function searchOf(args: ProductsRequest, selects: (field: string) => boolean): ListArgs {
  const { filter = {}, sort, first, after } = args;
  const { name, ...others } = filter as Readonly<Record<string, unknown>>;
  const refused = Object.keys(others).find((part) => others[part] !== undefined && others[part] !== null);
  if (refused) throw unsupported(`filter.${refused}`);
  if (sort) throw unsupported('sort');
  const search: ProductSearch = {
    first,
    withTotal: selects('totalCount'),
    ...(typeof name === 'string' ? { name } : {}),
    ...(after ? { after } : {}),
  };
  return { search, first };
}

function unsupported(argument: string): PmsError {
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    `"${argument}" is not offered for this upstream: search by "filter.name".`,
  );
}

@Resolver(() => Product)
export class ProductResolver {
  @Query(() => Product, {
    nullable: true,
    description: 'One product by its PMS ID; null when there is none. (MedicinalProductDefinition by `id`)',
  })
  @Follow('resources', ({ id }) => ({ keys: [keyOfType('MedicinalProductDefinition', String(id), 'id')] }))
  product(rows: Rows<Product>, @Arguments(() => IdArgs) _args?: IdArgs): Product | null {
    return rows.one();
  }

  @Query(() => ProductConnection, {
    nullable: true,
    description: 'Products, in the order of the upstream. (search on MedicinalProductDefinition)',
  })
  @Follow('products', searchOf as never)
  products(rows: Rows<Product>, @Arguments(() => ProductsArgs) _args?: ProductsArgs): Connection<Product> {
    return rows.connection();
  }

  @FieldResolver(() => PackageConnection, {
    nullable: true,
    description:
      'The packages that it is sold in, in the order of their ids. (PackagedProductDefinition by `packageFor`)',
  })
  @Follow('product.packages')
  packages(rows: Rows<Package>, @Arguments(() => PageArgs) _args?: PageArgs): Connection<Package> {
    return rows.connection();
  }

  @FieldResolver(() => IngredientConnection, {
    nullable: true,
    description:
      'What is in it: a substance once for each item and each administrable product that it is in, as the data have it. (Ingredient by `for`)',
  })
  @Follow('product.ingredients')
  ingredients(
    rows: Rows<Ingredient>,
    @Arguments(() => IngredientArgs) _args?: IngredientArgs,
  ): Connection<Ingredient> {
    return rows.connection();
  }

  @FieldResolver(() => [Substance], {
    nullable: true,
    description:
      'The substances that have the effect, each once. (Ingredient, role Active, `substance.code`)',
  })
  @Follow('product.activeIngredients')
  activeSubstances(rows: Rows<Ingredient>): Substance[] {
    const distinct = new Map<string, Substance>();
    for (const { substance, id } of rows.list()) {
      const name = substance && (substance.code ?? substance.substance.reference?.reference ?? id);
      if (name && !distinct.has(name)) distinct.set(name, substance);
    }
    return [...distinct.values()];
  }

  @FieldResolver(() => [ManufacturedItem], {
    nullable: true,
    description:
      'The tablets, vials … in its packages, at any depth, and those that what is given is made from. (`packaging.containedItem`, `AdministrableProductDefinition.producedFrom`)',
  })
  @Follow('product.manufacturedItems')
  manufacturedItems(rows: Rows<ManufacturedItem>): readonly ManufacturedItem[] {
    return rows.list();
  }

  @FieldResolver(() => [AdministrableProduct], {
    nullable: true,
    description: 'What a patient gets, after any mixing. (AdministrableProductDefinition by `formOf`)',
  })
  @Follow('product.administrableProducts')
  administrableProducts(rows: Rows<AdministrableProduct>): readonly AdministrableProduct[] {
    return rows.list();
  }

  @FieldResolver(() => [Concept], {
    nullable: true,
    description:
      'The ways of giving it, each once. (`route`, else `AdministrableProductDefinition.routeOfAdministration`)',
  })
  @Follow('product.routes')
  routes(rows: Rows<AdministrableProduct>, product: Product): readonly Concept[] {
    const own = Concept.all(product.resource.route);
    if (own.length > 0) return own;
    const routes = rows
      .list()
      .flatMap(({ administrationRoutes }) => administrationRoutes.flatMap(({ code }) => code ?? []));
    return [...new Map(routes.map((route) => [route.code ?? route, route])).values()];
  }

  @FieldResolver(() => [RegulatedAuthorization], {
    nullable: true,
    description:
      'Its permissions, of any kind; those of single packages are with the packages. (RegulatedAuthorization by `subject`)',
  })
  @Follow('product.authorizations', ({ type }) => (type ? { where: { authorizationType: type } } : {}))
  authorizations(
    rows: Rows<RegulatedAuthorization>,
    @Arguments(() => AuthorizationArgs) _args?: AuthorizationArgs,
  ): readonly RegulatedAuthorization[] {
    return rows.list();
  }

  @FieldResolver(() => RegulatedAuthorization, {
    nullable: true,
    description:
      'The permission to sell it: its own, else the first of its packages’. (RegulatedAuthorization by `subject`)',
  })
  @Follow('product.marketingAuthorization')
  marketingAuthorization(rows: Rows<RegulatedAuthorization>): RegulatedAuthorization | null {
    return rows.one();
  }

  @FieldResolver(() => Organization, {
    nullable: true,
    description: 'The company that holds the marketing authorization. (`RegulatedAuthorization.holder`)',
  })
  @Follow('product.holder')
  holder(rows: Rows<Organization>): Organization | null {
    return rows.one();
  }
}
