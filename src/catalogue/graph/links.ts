/**
 * The table of links from each resource type to others. A new link is one row in this table. CONTRIBUTING.md lists
 * the other steps for a new resource type.
 */
import { isActive } from '../../facts/substances/actives.js';
import { AuthorizationType, authorizationType } from '../../terms/ema-codes.js';
import { elements } from '../../fhir/elements.js';
import type {
  CodeableReference,
  IngredientSubstance,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Reference,
} from 'fhir/r5.js';
import type { ResourceType } from '../../fhir/resources.js';
import {
  bundled,
  first,
  forward,
  isSame,
  only,
  orElse,
  outward,
  parts,
  rare,
  reverse,
  self,
  union,
  unless,
  via,
  where,
  type Link,
  type Reverse,
} from './link.js';

const packagesOf = reverse(
  'PackagedProductDefinition',
  'package-for',
  ['MedicinalProductDefinition'],
  'packageFor',
  (pack) => pack.packageFor,
);
const administrableProductsOf = reverse(
  'AdministrableProductDefinition',
  'form-of',
  ['MedicinalProductDefinition'],
  'formOf',
  (administrable) => administrable.formOf,
);
const ingredientsOf = reverse(
  'Ingredient',
  'for',
  ['MedicinalProductDefinition', 'ManufacturedItemDefinition', 'AdministrableProductDefinition'],
  'for',
  (ingredient) => ingredient.for,
);
const authorizationsOf = reverse(
  'RegulatedAuthorization',
  'subject',
  ['MedicinalProductDefinition', 'PackagedProductDefinition', 'ActivityDefinition'],
  'subject',
  (authorization) => authorization.subject,
);

/** Returns the references to the items at all levels of a package's packaging (`packaging.containedItem`). */
function containedItems(
  packaging: PackagedProductDefinitionPackaging | undefined,
): readonly (Reference | undefined)[] {
  if (!packaging) return [];
  return [
    ...(packaging.containedItem ?? []).map(({ item }) => item?.reference),
    ...(packaging.packaging ?? []).flatMap(containedItems),
  ];
}

/** Returns the substance of an ingredient, and the reference substances of its strengths. */
function substancesOf({ code, strength }: IngredientSubstance): readonly CodeableReference[] {
  const all: CodeableReference[] = code ? [code] : [];
  for (const { referenceStrength } of elements(strength))
    for (const { substance } of elements(referenceStrength)) if (substance) all.push(substance);
  return all;
}

/** Whether the code or the name of a substance is stated only in the referenced record. */
function isUnnamed({ concept, reference }: CodeableReference): boolean {
  const codings = elements(concept?.coding);
  const isNamed = concept?.text || reference?.display || codings.some(({ display }) => display);
  return !isNamed || !codings.some(({ code }) => code);
}

function referenceOf({ reference }: CodeableReference): Reference | undefined {
  return reference;
}

// `_include` returns only the items of the outermost packaging. Items of inner packaging are read by their ids.
const itemsIn = forward(
  'PackagedProductDefinition',
  'packaging',
  ['ManufacturedItemDefinition'],
  (pack: PackagedProductDefinition) => containedItems(pack.packaging),
  'manufactured-item',
);
/** The items that the product's own record refers to. Most products refer to no items, because their packages do. */
const comprisedItems = rare(
  forward(
    'MedicinalProductDefinition',
    'comprisedOf',
    ['ManufacturedItemDefinition'],
    (product) => product.comprisedOf,
  ),
);
/**
 * Packages inside another package, if they are separate records. A reference with an id but no type counts as a
 * reference to an item.
 */
const packagesIn = rare(only({ ...itemsIn, include: undefined }, 'PackagedProductDefinition'));
const producedFrom = forward(
  'AdministrableProductDefinition',
  'producedFrom',
  ['ManufacturedItemDefinition'],
  (administrable) => administrable.producedFrom,
  'manufactured-item',
);
const holderOf = forward(
  'RegulatedAuthorization',
  'holder',
  ['Organization'],
  ({ holder }) => [holder],
  'holder',
);
const packageFor = forward(
  'PackagedProductDefinition',
  'packageFor',
  ['MedicinalProductDefinition'],
  (pack) => pack.packageFor,
);

function ingredientFor(...types: readonly ResourceType[]): Link {
  return only(
    outward(forward('Ingredient', 'for', ingredientsOf.parents, (ingredient) => ingredient.for)),
    ...types,
  );
}

const productItems = union(
  bundled('ManufacturedItemDefinition'),
  comprisedItems,
  via(packagesOf, itemsIn),
  via(administrableProductsOf, producedFrom),
);
// The ingredients of a product, of its items and of its administrable products. One search finds all of them, after
// their parents have been read.
const productIngredients = union(
  bundled('Ingredient'),
  via(union(self, productItems, administrableProductsOf), ingredientsOf),
);
const marketing = where(authorizationsOf, 'RegulatedAuthorization', ['type', 'identifier'], (authorization) =>
  isSame(authorizationType(authorization), AuthorizationType.MARKETING),
);
const parallelTrade = where(
  authorizationsOf,
  'RegulatedAuthorization',
  ['type', 'identifier'],
  (authorization) => isSame(authorizationType(authorization), AuthorizationType.PARALLEL_TRADE),
);
// The authorizations of the product itself and of its packages. A product may have the one, the other, or both.
const productMarketing = orElse(marketing, via(packagesOf, marketing));
/**
 * The marketing authorizations; if there are none, the parallel trade permissions. Such a permission only allows its
 * holder to import the medicine from another country.
 */
const productTrade = orElse(productMarketing, orElse(parallelTrade, via(packagesOf, parallelTrade)));
const allAuthorizations = union(authorizationsOf, via(packagesOf, authorizationsOf));

/** Authorizations of one type. `null` stands for authorizations without a known type. */
function ofKind(kind: AuthorizationType | null): Link {
  return where(
    authorizationsOf,
    'RegulatedAuthorization',
    ['type', 'identifier'],
    (authorization) => authorizationType(authorization) === kind,
  );
}

const ownMarketing = ofKind(AuthorizationType.MARKETING);
const ownParallelTrade = ofKind(AuthorizationType.PARALLEL_TRADE);
const ownOfUnknownKind = ofKind(null);
// The authorizations that determine a product's lifecycle status, in the order that `lifecycleOf` uses. Packages are
// read only if the product's own authorizations do not determine it.
const standing = union(
  ownOfUnknownKind,
  orElse(
    ownMarketing,
    union(
      via(packagesOf, ownOfUnknownKind),
      orElse(via(packagesOf, ownMarketing), orElse(ownParallelTrade, via(packagesOf, ownParallelTrade))),
    ),
  ),
);

const clinicalUsesOf = reverse(
  'ClinicalUseDefinition',
  'subject',
  ['MedicinalProductDefinition'],
  'subject',
  (use) => use.subject,
);
const contactOf = forward(
  'MedicinalProductDefinition',
  'contact',
  ['Organization'],
  // A contact may also be a PractitionerRole. The service knows only the name of such a contact.
  (product) => product.contact?.map(({ contact }) => contact),
  'contact',
);
const activityOf = forward('MedicinalProductDefinition', 'operation', ['ActivityDefinition'], (product) =>
  product.operation?.map(({ type }) => type?.reference),
);
const operatorsOf = forward('MedicinalProductDefinition', 'operation', ['Organization'], (product) =>
  product.operation?.flatMap(({ organization }) => organization ?? []),
);
const packageMakers = forward(
  'PackagedProductDefinition',
  'manufacturer',
  ['Organization'],
  (pack) => pack.manufacturer,
);
const itemMakers = forward(
  'ManufacturedItemDefinition',
  'manufacturer',
  ['Organization'],
  (item) => item.manufacturer,
);
const ingredientMakers = forward(
  'Ingredient',
  'manufacturer',
  ['Organization'],
  (ingredient) => ingredient.manufacturer?.map(({ manufacturer }) => manufacturer),
  'manufacturer',
);
const definitionsOf = forward(
  'Ingredient',
  'substance',
  ['SubstanceDefinition'],
  ({ substance }) => substance && substancesOf(substance).map(referenceOf),
  'substance-definition',
);
const definitionMakers = forward(
  'SubstanceDefinition',
  'manufacturer',
  ['Organization'],
  ({ manufacturer }) => manufacturer,
);
const participantsIn = forward('ActivityDefinition', 'participant', ['Organization'], ({ participant }) =>
  participant?.map(({ typeReference }) => typeReference),
);
const regulatorOf = forward('RegulatedAuthorization', 'regulator', ['Organization'], ({ regulator }) => [
  regulator,
]);

const formOf = forward(
  'AdministrableProductDefinition',
  'formOf',
  ['MedicinalProductDefinition'],
  (administrable) => administrable.formOf,
);
const usedIn = forward(
  'ClinicalUseDefinition',
  'subject',
  ['MedicinalProductDefinition'],
  ({ subject }) => subject,
);
const subjectsOf = outward(
  forward(
    'RegulatedAuthorization',
    'subject',
    [
      'MedicinalProductDefinition',
      'PackagedProductDefinition',
      'ManufacturedItemDefinition',
      'Ingredient',
      'SubstanceDefinition',
      'ActivityDefinition',
      'Organization',
    ],
    (authorization) => authorization.subject,
  ),
);

/** Attached documents such as leaflets. Most records refer to no documents. */
function documentsOf(
  from: 'MedicinalProductDefinition' | 'PackagedProductDefinition' | 'RegulatedAuthorization',
): Link {
  return rare(
    forward(from, 'attachedDocument', ['DocumentReference'], ({ attachedDocument }) => attachedDocument),
  );
}

const documentsOfProduct = documentsOf('MedicinalProductDefinition');
const documentsOfPackage = documentsOf('PackagedProductDefinition');
const documentsOfAuthorization = documentsOf('RegulatedAuthorization');
const impurityDefinitions = rare(
  forward('MedicinalProductDefinition', 'impurity', ['SubstanceDefinition'], (product) =>
    product.impurity?.map(referenceOf),
  ),
);
const crossReferenced = rare(
  outward(
    forward('MedicinalProductDefinition', 'crossReference', ['MedicinalProductDefinition'], (product) =>
      product.crossReference?.map(({ product: other }) => other?.reference),
    ),
  ),
);

const productOperations = union(activityOf, via(activityOf, authorizationsOf));

const belongingToProducts: readonly Link[] = [
  packagesOf,
  administrableProductsOf,
  productItems,
  productIngredients,
  allAuthorizations,
  productOperations,
];
/**
 * Companies, authorities, substances and documents that records of a product refer to. Other products may refer to
 * the same records.
 */
const edgesOfProducts: readonly Link[] = [
  contactOf,
  operatorsOf,
  via(packagesOf, packageMakers),
  via(productItems, itemMakers),
  via(productIngredients, union(ingredientMakers, definitionsOf)),
  via(via(productIngredients, definitionsOf), definitionMakers),
  via(activityOf, participantsIn),
  via(union(allAuthorizations, via(activityOf, authorizationsOf)), union(holderOf, regulatorOf)),
  union(
    documentsOfProduct,
    via(packagesOf, documentsOfPackage),
    via(allAuthorizations, documentsOfAuthorization),
  ),
  impurityDefinitions,
];

/**
 * The links to all records that belong to a product, which are the records of its `$everything` bundle. Records that
 * an outward link leads to belong to other products.
 */
export const productDetails: readonly Link[] = [...belongingToProducts, clinicalUsesOf, ...edgesOfProducts];

/**
 * The links from a product's records to other products. Of the records that they lead to, the index stores only which
 * ones do not exist.
 */
export const beyondProducts: readonly Link[] = [
  via(productIngredients, ingredientFor(...ingredientsOf.parents)),
  via(packagesOf, packageFor),
  via(administrableProductsOf, formOf),
  via(clinicalUsesOf, usedIn),
  via(union(allAuthorizations, via(activityOf, authorizationsOf)), subjectsOf),
  via(packagesOf, packagesIn),
  crossReferenced,
];

export const links = {
  'product.packages': packagesOf,
  'product.routes': unless(
    'MedicinalProductDefinition',
    'route',
    (product) => Boolean(product.route?.length),
    administrableProductsOf,
  ),
  'product.manufacturedItems': productItems,
  'product.administrableProducts': administrableProductsOf,
  'product.ingredients': productIngredients,
  'product.activeIngredients': where(productIngredients, 'Ingredient', ['role'], isActive),
  /** The ingredients of a product, with the items and administrable products that contain them. */
  'product.composition': union(productItems, administrableProductsOf, productIngredients),
  'product.authorizations': authorizationsOf,
  'product.marketingAuthorization': first(productMarketing),
  'product.holder': via(first(productTrade), holderOf),
  'product.lifecycle': standing,
  'product.firstAuthorized': allAuthorizations,
  'product.clinicalUses': clinicalUsesOf,
  'product.documents': documentsOfProduct,
  'crossReference.product': crossReferenced,
  /** The records that must be read to store a complete product in the index. */
  'product.details': union(...productDetails, ...beyondProducts),
  'contact.organization': contactOf,
  'operation.activity': activityOf,
  'operation.organizations': operatorsOf,

  'package.products': packageFor,
  'package.manufacturedItems': itemsIn,
  'package.documents': documentsOfPackage,
  'packagedItem.item': union(itemsIn, comprisedItems),
  'packagedItem.package': packagesIn,
  'package.authorizations': authorizationsOf,
  'package.marketingAuthorization': first(marketing),
  'package.manufacturers': packageMakers,

  'manufacturedItem.ingredients': ingredientsOf,
  'manufacturedItem.manufacturers': itemMakers,

  'administrableProduct.product': formOf,
  'administrableProduct.producedFrom': producedFrom,
  'administrableProduct.ingredients': ingredientsOf,

  'ingredient.products': ingredientFor('MedicinalProductDefinition'),
  'ingredient.manufacturedItems': ingredientFor('ManufacturedItemDefinition'),
  'ingredient.administrableProducts': ingredientFor('AdministrableProductDefinition'),
  'ingredient.manufacturers': ingredientMakers,

  'substance.definition': union(definitionsOf, impurityDefinitions),
  'substance.names': union(
    rare(
      forward(
        'Ingredient',
        'substance',
        ['SubstanceDefinition'],
        ({ substance }) => substance && substancesOf(substance).filter(isUnnamed).map(referenceOf),
      ),
    ),
    rare(
      forward('MedicinalProductDefinition', 'impurity', ['SubstanceDefinition'], ({ impurity }) =>
        elements(impurity).filter(isUnnamed).map(referenceOf),
      ),
    ),
  ),
  'substanceDefinition.manufacturers': definitionMakers,

  'activity.organizations': participantsIn,
  'activity.authorizations': authorizationsOf,

  'clinicalUse.products': usedIn,

  'authorization.holder': holderOf,
  'authorization.regulator': regulatorOf,
  'authorization.subjects': subjectsOf,
  'authorization.documents': documentsOfAuthorization,
} as const satisfies Readonly<Record<string, Link>>;

export type LinkName = keyof typeof links;

/**
 * The searches that find the records of a product. Their search values are ids of the product's details, so the
 * details are read first.
 */
export const detailQuestions: readonly Reverse[] = [
  ...new Set(productDetails.flatMap(parts).filter((part) => part.kind === 'reverse')),
];

/** The records that product filters test, beside the products themselves. */
export const filterLinks = {
  /** Authorizations of the product and of its packages, of any type. */
  authorizations: allAuthorizations,
  /** The product and its packages: both state conditions of supply. */
  supplies: union(self, packagesOf),
  /** The manufacturers of the product, of its packages and of its items. */
  makers: union(
    links['operation.organizations'],
    via(packagesOf, links['package.manufacturers']),
    via(productItems, links['manufacturedItem.manufacturers']),
  ),
  ingredients: productIngredients,
  /** All records that belong to the product. */
  details: union(...productDetails),
  /** The records that can have an identifier. `edges` are the records that they refer to. */
  belonging: union(...belongingToProducts),
  edges: union(...edgesOfProducts),
  /** The product, if it states routes of administration itself; otherwise its administrable products. */
  routes: union(self, links['product.routes']),
} as const;

/** The links from a record that a search found to the products that it belongs to. Each link goes up one step. */
export const upward: Readonly<Partial<Record<ResourceType, Link>>> = {
  PackagedProductDefinition: packageFor,
  AdministrableProductDefinition: links['administrableProduct.product'],
  RegulatedAuthorization: only(
    links['authorization.subjects'],
    'MedicinalProductDefinition',
    'PackagedProductDefinition',
  ),
  Ingredient: ingredientFor(...ingredientsOf.parents),
  ClinicalUseDefinition: usedIn,
  ManufacturedItemDefinition: union(
    // The search parameter of R5 covers only the outermost packaging.
    reverse(
      'PackagedProductDefinition',
      'manufactured-item',
      ['ManufacturedItemDefinition'],
      'packaging',
      (pack) => containedItems(pack.packaging).flatMap((reference) => reference ?? []),
    ),
    reverse(
      'AdministrableProductDefinition',
      'manufactured-item',
      ['ManufacturedItemDefinition'],
      'producedFrom',
      ({ producedFrom: items }) => items,
    ),
  ),
  Organization: where(
    reverse('RegulatedAuthorization', 'holder', ['Organization'], 'holder', ({ holder }) =>
      holder ? [holder] : [],
    ),
    'RegulatedAuthorization',
    ['type', 'identifier'],
    (authorization) => {
      const kind = authorizationType(authorization);
      const isMarketing = isSame(kind, AuthorizationType.MARKETING);
      return isMarketing === false ? isSame(kind, AuthorizationType.PARALLEL_TRADE) : isMarketing;
    },
  ),
};
