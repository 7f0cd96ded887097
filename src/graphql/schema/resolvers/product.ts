/** Queries for products, and the links from a product to other records. */
import type { ProductFilter as FoundBy } from '../../../facts/filter.js';
import type { Position } from '../../../catalogue/question/selection.js';
import { FieldResolver, Query, Resolver } from 'type-graphql';
import { PmsError } from '../../../errors.js';
import { isSince } from '../../../facts/authorizations/dates.js';
import type { ListArgs, ProductSearch } from '../../../catalogue/question/selection.js';
import { compositionKey } from '../../../facts/substances/composition.js';
import { EquivalenceBy } from '../../../facts/substances/equivalence.js';
import { notYetTold } from '../../../catalogue/search/equivalents.js';
import { moietiesOf } from '../../../facts/substances/moieties.js';
import { ofType, type FhirResource } from '../../../fhir/resources.js';
import type { Context } from '../../context.js';
import type { Rows } from '../rows.js';
import { productFirstAuthorized } from '../../../facts/authorizations/authorizing.js';
import { isVoid, lifecycleAmong } from '../../../facts/authorizations/lifecycle.js';
import { Lifecycle } from '../../../terms/ema-codes.js';
import { SortOrder } from '../args/enums.js';
import {
  AuthorizationArgs,
  ClinicalUseArgs,
  DocumentArgs,
  EquivalentsArgs,
  IdArgs,
  IngredientArgs,
  PageArgs,
  ProductsArgs,
} from '../args/fields.js';
import type { ProductFilter, ProductSort } from '../args/filter.js';
import { Arguments, Follow, Reads, ReadsRows, ShowsSubstances, type Selects } from '../field.js';
import { keyOfType } from '../global-id.js';
import { FhirDateTime } from '../scalars.js';
import { AdministrableProduct } from '../types/administrable-product.js';
import { Concept } from '../types/concept.js';
import { ClinicalUse } from '../types/clinical-use.js';
import type { Connection } from '../types/connection.js';
import type { Ingredient } from '../types/ingredient.js';
import { CrossReference } from '../types/cross-reference.js';
import { Document } from '../types/document.js';
import { ManufacturedItem } from '../types/manufactured-item.js';
import { Organization } from '../types/organization.js';
import type { Package } from '../types/package.js';
import { Product } from '../types/product.js';
import { RegulatedAuthorization } from '../types/regulated-authorization.js';
import { Substance } from '../types/substance.js';
import { chosenDocuments } from './documents.js';
import { IngredientConnection, PackageConnection, ProductConnection } from './connections.js';

interface ProductsRequest {
  readonly filter?: ProductFilter | null;
  readonly sort?: ProductSort | null;
  readonly first: number;
  readonly after?: Position;
}

/**
 * Converts the arguments into a search.
 * @throws BAD_USER_INPUT for an invalid id
 */
export function searchOf(
  args: ProductsRequest,
  selects: (field: string) => boolean,
  language: string,
): ListArgs {
  const { filter, sort, first, after } = args;
  const search: ProductSearch = {
    first,
    withTotal: selects('totalCount'),
    filter: partsOf(filter ?? {}),
    ...(sort
      ? {
          sort: {
            by: sort.by,
            isDescending: sort.order === SortOrder.DESC,
            // Later pages use the sort language of the first page.
            language: after?.language ?? language,
          },
        }
      : {}),
    ...(after ? { after } : {}),
  };
  return { search, first };
}

/**
 * Converts a filter into the parts of a search.
 * @throws BAD_USER_INPUT for parts that contradict each other
 */
function partsOf({ ids, updatedSince, ...others }: ProductFilter): FoundBy {
  const given = Object.entries(others).filter(([, value]) => value !== null && value !== undefined);
  refuseEmptyRange(others);
  refuseBoth(others);
  return {
    ...Object.fromEntries(given.map(([part, value]) => [part, withoutNulls(value)])),
    ...(ids ? { ids: ids.map((id) => keyOfType('MedicinalProductDefinition', id, 'ids')) } : {}),
    ...(updatedSince ? { updatedSince: updatedSince.toISOString() } : {}),
  };
}

/** Removes nulls, also from nested inputs. A null counts as unset. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (each === null ? [] : [[name, withoutNulls(each)]])),
  );
}

/** Refuses a substance that is both required and excluded. Words are already replaced by codes and names here. */
function refuseBoth({ substance, withoutSubstance }: ProductFilter): void {
  const without = new Set(withoutSubstance?.map((each) => JSON.stringify(each)));
  if (substance && substance.length > 0 && substance.every((each) => without.has(JSON.stringify(each))))
    throw new PmsError(
      'BAD_USER_INPUT',
      '"filter.withoutSubstance" must not name a substance that "filter.substance" requires.',
    );
}

function refuseEmptyRange({
  packSize,
  authorizedSince: since,
  authorizedBefore: before,
}: ProductFilter): void {
  const { min, max } = packSize ?? {};
  if (packSize && typeof min !== 'number' && typeof max !== 'number')
    throw new PmsError('BAD_USER_INPUT', '"filter.packSize" must have "min", "max" or both.');
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    throw new PmsError('BAD_USER_INPUT', '"filter.packSize.min" must not be above "filter.packSize.max".');
  if (since && before && isSince(since, before))
    throw new PmsError(
      'BAD_USER_INPUT',
      '"filter.authorizedSince" must be earlier than "filter.authorizedBefore".',
    );
}

type EquivalentsRequest = Omit<EquivalentsArgs, 'after'> & { readonly after?: Position };

/** Creates the search for equivalents. The parent product is added to the search later. */
function equivalentsOf({ by, country, first, after }: EquivalentsRequest, selects: Selects): ListArgs {
  const filter: FoundBy = {
    lifecycle: [Lifecycle.AUTHORIZED],
    ...(country && { country }),
    substance: [{ codes: [], names: [] }],
    equivalentTo: { by: [...new Set(by ?? Object.values(EquivalenceBy))], to: notYetTold },
  };
  return {
    search: { filter, first, withTotal: selects('totalCount'), ...(after && { after }) },
    first,
  };
}

@Resolver(() => Product)
export class ProductResolver {
  @Query(() => Product, {
    nullable: true,
    description:
      'One product by its PMS ID. Null if there is no product with this PMS ID. (MedicinalProductDefinition by `id`)',
  })
  @Follow('resources', ({ id }: IdArgs) => ({ keys: [keyOfType('MedicinalProductDefinition', id, 'id')] }))
  product(rows: Rows<Product>, @Arguments(() => IdArgs) _args?: IdArgs): Product | null {
    return rows.one();
  }

  @Query(() => ProductConnection, {
    nullable: true,
    description:
      'The products that match a filter, in pages. Without a sort order, they are in the order of the upstream. (search on MedicinalProductDefinition)',
  })
  @Follow('products', searchOf)
  products(rows: Rows<Product>, @Arguments(() => ProductsArgs) _args?: ProductsArgs): Connection<Product> {
    return rows.connection();
  }

  @FieldResolver(() => PackageConnection, {
    nullable: true,
    description:
      'The packages in which the product is sold, ordered by id. (PackagedProductDefinition by `packageFor`)',
  })
  @Follow('product.packages')
  packages(rows: Rows<Package>, @Arguments(() => PageArgs) _args?: PageArgs): Connection<Package> {
    return rows.connection();
  }

  @FieldResolver(() => IngredientConnection, {
    nullable: true,
    description:
      'The ingredients of the product. As in the records, a substance appears once for each item and once for each administrable product that contains it. (Ingredient by `for`)',
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
      'The active substances of the product, each once. If a record gives two codes of one list, these are two substances. For the names, see `Substance.name`. (Ingredient, role Active, `substance.code`)',
  })
  @ReadsRows({ Ingredient: ['substance'] })
  @ShowsSubstances('own')
  @Follow('product.activeIngredients')
  activeSubstances(rows: Rows<Ingredient>): Substance[] {
    const distinct = new Map<string, Substance>();
    for (const { substances, id } of rows.list())
      for (const substance of substances) {
        const key = substance.concept?.code ?? substance.substance.reference?.reference ?? id;
        const before = distinct.get(key);
        // The record may list a substance twice: for an item, and for the product that is made of it. Only one of the
        // two may state its name.
        if (!before || (!before.isNamed && substance.isNamed)) distinct.set(key, substance);
      }
    return [...distinct.values()];
  }

  @FieldResolver(() => [Substance], {
    nullable: true,
    description:
      'The active moieties of the product, each once. The moiety of an active substance is its base, if the record gives the base: amlodipine for amlodipine besilate. Otherwise it is the substance itself. (Ingredient, role Active, `substance.strength.referenceStrength.substance`, else `substance.code`)',
  })
  @ReadsRows({ Ingredient: ['substance'] })
  @ShowsSubstances('moieties')
  @Follow('product.activeIngredients')
  activeMoieties(rows: Rows<Ingredient>): Substance[] {
    const ingredients = rows.list().map(({ resource }) => resource);
    return moietiesOf(ingredients).flatMap(
      ({ substance, ingredient }) => Substance.of(substance, ingredient) ?? [],
    );
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'A key to compare products. Two products have the same key if their items contain the same active moieties in the same amounts, and if their dose form and their routes are the same. Excipients, names and companies do not count. The key is opaque: compare it, do not parse it. It begins with the version of the rule by which it is made. Null if a substance, amount, dose form or route is missing or cannot be compared. The same key is no advice to substitute one product for the other. (Ingredient of ManufacturedItemDefinition, else of AdministrableProductDefinition; `combinedPharmaceuticalDoseForm`, `route`)',
  })
  @Reads('combinedPharmaceuticalDoseForm', 'extension', 'route')
  @ReadsRows({
    Ingredient: ['for', 'role', 'substance'],
    AdministrableProductDefinition: ['administrableDoseForm', 'routeOfAdministration'],
  })
  @Follow('product.composition')
  compositionKey(
    rows: Rows<AdministrableProduct | Ingredient | ManufacturedItem>,
    { resource: product }: Product,
  ): string | null {
    const all: readonly FhirResource[] = rows.all().map(({ resource }) => resource);
    const key = compositionKey({
      product,
      items: ofType('ManufacturedItemDefinition', all),
      administrables: ofType('AdministrableProductDefinition', all),
      ingredients: ofType('Ingredient', all),
    });
    return key ?? null;
  }

  @FieldResolver(() => ProductConnection, {
    nullable: true,
    description:
      'Other authorized products of the same domain that equal this product in all properties of `by`. By default, these are the products with the same `compositionKey`. A product is left out if its record lacks a compared value. It is also left out if both products contain the same salt, but only one of the two records gives the base. In both cases, the list is marked `NOT_TOLD`. If this product itself lacks a compared value, the list is empty. The list is no advice to substitute one product for another: bioequivalence, excipients, devices, packs and national rules of substitution are not compared. (as `compositionKey`; RegulatedAuthorization by `subject`)',
  })
  @Follow('products', equivalentsOf)
  equivalents(
    rows: Rows<Product>,
    @Arguments(() => EquivalentsArgs) _args?: EquivalentsArgs,
  ): Connection<Product> {
    return rows.connection();
  }

  @FieldResolver(() => [ManufacturedItem], {
    nullable: true,
    description:
      'The tablets, vials … in the packages of the product, in packagings at any depth. Items from which its administrable products are made are included. (`packaging.containedItem`, `AdministrableProductDefinition.producedFrom`)',
  })
  @Follow('product.manufacturedItems')
  manufacturedItems(rows: Rows<ManufacturedItem>): readonly ManufacturedItem[] {
    return rows.list();
  }

  @FieldResolver(() => [AdministrableProduct], {
    nullable: true,
    description:
      'The forms in which the medicine is given to a patient, after any dissolving or mixing. (AdministrableProductDefinition by `formOf`)',
  })
  @Follow('product.administrableProducts')
  administrableProducts(rows: Rows<AdministrableProduct>): readonly AdministrableProduct[] {
    return rows.list();
  }

  @FieldResolver(() => [Concept], {
    nullable: true,
    description:
      'The routes of administration of the product, each once. (`route`, else `AdministrableProductDefinition.routeOfAdministration`)',
  })
  @Reads('route')
  @ReadsRows({ AdministrableProductDefinition: ['routeOfAdministration'] })
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
      'The authorizations of the product, of any type. For those of single packages, see `packages { nodes { authorizations } }`. (RegulatedAuthorization by `subject`)',
  })
  @Follow('product.authorizations', ({ type }: AuthorizationArgs) =>
    type ? { where: { authorizationType: type } } : {},
  )
  authorizations(
    rows: Rows<RegulatedAuthorization>,
    @Arguments(() => AuthorizationArgs) _args?: AuthorizationArgs,
  ): readonly RegulatedAuthorization[] {
    return rows.list();
  }

  @FieldResolver(() => RegulatedAuthorization, {
    nullable: true,
    description:
      'The marketing authorization of the product itself. If there is none, the first marketing authorization of its packages. (RegulatedAuthorization by `subject`)',
  })
  @Follow('product.marketingAuthorization')
  marketingAuthorization(rows: Rows<RegulatedAuthorization>): RegulatedAuthorization | null {
    return rows.one();
  }

  @FieldResolver(() => Lifecycle, {
    nullable: true,
    description:
      'The status of the product today: authorized, suspended, ended … It follows from the marketing authorizations of the product. If there are none, it follows from those of its packages, else from those for parallel trade. VOID if the record of the product is void. (`status`, RegulatedAuthorization by `subject`: `status`, `validityPeriod`)',
  })
  @Reads('status')
  @ReadsRows({ RegulatedAuthorization: ['type', 'identifier', 'status', 'validityPeriod'] })
  @Follow('product.lifecycle')
  lifecycle(rows: Rows<RegulatedAuthorization>, { resource }: Product): Lifecycle {
    // A void product has no other lifecycle state, so its authorizations need not be read.
    if (isVoid(resource)) return Lifecycle.VOID;
    const authorizations = rows.list().map((authorization) => authorization.resource);
    return lifecycleAmong(resource, authorizations, new Date());
  }

  @FieldResolver(() => FhirDateTime, {
    nullable: true,
    description:
      'The date since which the product may be sold, as precise as the record gives it. It is the earliest date of the authorizations for marketing and parallel trade, of the product and of its packages. Null if there is no date, or if a date cannot be read. (RegulatedAuthorization by `subject`: `validityPeriod.start`, else `case.date[x]`)',
  })
  @ReadsRows({ RegulatedAuthorization: ['type', 'identifier', 'validityPeriod', 'case'] })
  @Follow('product.firstAuthorized')
  firstAuthorized(rows: Rows<RegulatedAuthorization>): string | null {
    return productFirstAuthorized(rows.list().map(({ resource }) => resource)) ?? null;
  }

  @FieldResolver(() => Organization, {
    nullable: true,
    description:
      'The company that holds the marketing authorization of the product or of a package. If there is none, the company that holds the parallel trade authorization. (`RegulatedAuthorization.holder`)',
  })
  @Follow('product.holder')
  holder(rows: Rows<Organization>): Organization | null {
    return rows.one();
  }

  @FieldResolver(() => [ClinicalUse], {
    nullable: true,
    description:
      'The indications, contraindications, interactions, undesirable effects and warnings of the product. (ClinicalUseDefinition by `subject`)',
  })
  @Follow('product.clinicalUses', ({ type }: ClinicalUseArgs) =>
    type ? { where: { clinicalUseType: type } } : {},
  )
  clinicalUses(
    rows: Rows<ClinicalUse>,
    @Arguments(() => ClinicalUseArgs) _args?: ClinicalUseArgs,
  ): readonly ClinicalUse[] {
    return rows.list();
  }

  @FieldResolver(() => [Document], {
    nullable: true,
    description:
      'The documents of the product: the package leaflet, the summary of product characteristics. (`attachedDocument`)',
  })
  @ReadsRows({ DocumentReference: ['type', 'content'] })
  @Follow('product.documents', () => ({}))
  attachedDocuments(
    rows: Rows<Document>,
    _product: Product,
    context: Context,
    @Arguments(() => DocumentArgs) args: DocumentArgs,
  ): readonly Document[] {
    return chosenDocuments(rows.list(), args, context);
  }
}

@Resolver(() => CrossReference)
export class CrossReferenceResolver {
  @FieldResolver(() => Product, {
    nullable: true,
    description:
      'The record of the other product. Null if the other product is named only in words. (`product.reference`)',
  })
  @Follow('crossReference.product')
  product(rows: Rows<Product>, { crossReference }: CrossReference): Product | null {
    return rows.referred(crossReference.product?.reference);
  }
}
