/** The table of links: what leads from each resource to others. A new link is one row here; CONTRIBUTING.md says what a new type takes besides. */
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

/** Items lie at any depth of a package's packaging. */
function containedItems(
  packaging: PackagedProductDefinitionPackaging | undefined,
): readonly (Reference | undefined)[] {
  if (!packaging) return [];
  return [
    ...(packaging.containedItem ?? []).map(({ item }) => item?.reference),
    ...(packaging.packaging ?? []).flatMap(containedItems),
  ];
}

/** The substance of an ingredient, and those that its strengths are counted in. */
function substancesOf({ code, strength }: IngredientSubstance): readonly CodeableReference[] {
  const all: CodeableReference[] = code ? [code] : [];
  for (const { referenceStrength } of elements(strength))
    for (const { substance } of elements(referenceStrength)) if (substance) all.push(substance);
  return all;
}

/** Whether only a reference leads to the code or the name. */
function isUnnamed({ concept, reference }: CodeableReference): boolean {
  const codings = elements(concept?.coding);
  const isNamed = concept?.text || reference?.display || codings.some(({ display }) => display);
  return !isNamed || !codings.some(({ code }) => code);
}

function referenceOf({ reference }: CodeableReference): Reference | undefined {
  return reference;
}

// Its include reaches the outermost packaging alone. Items further inside are read by their ids.
const itemsIn = forward(
  'PackagedProductDefinition',
  'packaging',
  ['ManufacturedItemDefinition'],
  (pack: PackagedProductDefinition) => containedItems(pack.packaging),
  'manufactured-item',
);
/** The items that the product's own record names. Hardly any record does; packages name them. */
const comprisedItems = rare(
  forward(
    'MedicinalProductDefinition',
    'comprisedOf',
    ['ManufacturedItemDefinition'],
    (product) => product.comprisedOf,
  ),
);
/** Packages that lie in another one, with records of their own. An id alone is that of an item. */
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
// One question for the ingredients of a product, of its items and of what is made of them, once all of these are known.
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
// Some products are authorized as a whole, some pack by pack, some both.
const productMarketing = orElse(marketing, via(packagesOf, marketing));
/** The holder of a parallel trade permission may bring the medicine in from another country, and no more. */
const productTrade = orElse(productMarketing, orElse(parallelTrade, via(packagesOf, parallelTrade)));
const allAuthorizations = union(authorizationsOf, via(packagesOf, authorizationsOf));

/** Authorizations that are known to be of a kind, or of none that is known: either is told of each. */
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
// What tells where a product stands, in the order of `lifecycleOf`; packages are read only where they count.
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
  // Persons in a role are contacts too. Nothing but their name is known here.
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

/** Leaflets and the like: many records name none. */
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
/** Companies, authorities, substances and documents, which may belong to other products as well. */
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
 * All that belongs to a product, link by link: each record that its bundle would have here. What leads out to other
 * products is theirs.
 */
export const productDetails: readonly Link[] = [...belongingToProducts, clinicalUsesOf, ...edgesOfProducts];

/** What these refer to beside their own product: it is not kept with it, but for what does not exist. */
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
  /** The ingredients of a product, and the parts that they are in. */
  'product.composition': union(productItems, administrableProductsOf, productIngredients),
  'product.authorizations': authorizationsOf,
  'product.marketingAuthorization': first(productMarketing),
  'product.holder': via(first(productTrade), holderOf),
  'product.lifecycle': standing,
  'product.firstAuthorized': allAuthorizations,
  'product.clinicalUses': clinicalUsesOf,
  'product.documents': documentsOfProduct,
  'crossReference.product': crossReferenced,
  /** For the index, which keeps whole products. */
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

/** The searches that find the records of a product; their values are known once its details are read. */
export const detailQuestions: readonly Reverse[] = [
  ...new Set(productDetails.flatMap(parts).filter((part) => part.kind === 'reverse')),
];

/** The records that filters of products look at, beside the products. */
export const filterLinks = {
  /** The product's and its packages', of any kind. */
  authorizations: allAuthorizations,
  /** The product and its packages. */
  supplies: union(self, packagesOf),
  /** The makers of the product, of its packages and of their content. */
  makers: union(
    links['operation.organizations'],
    via(packagesOf, links['package.manufacturers']),
    via(productItems, links['manufacturedItem.manufacturers']),
  ),
  ingredients: productIngredients,
  /** All that belongs to it. */
  details: union(...productDetails),
  /** Parts that may have a number of their own, and the records that these refer to. */
  belonging: union(...belongingToProducts),
  edges: union(...edgesOfProducts),
  /** The product, for its own routes, and the parts whose routes count where it has none. */
  routes: union(self, links['product.routes']),
} as const;

/** From records that searches find up to the products that they belong to, step by step. */
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
    // R5's search reads the outermost packaging alone.
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
