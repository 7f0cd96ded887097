/** The table of links: what leads from each resource to others. A new linked resource is one row here. */
import { AuthorizationType, authorizationType, IngredientRole, ingredientRole } from '../terms/ema-codes.js';
import type {
  IngredientSubstance,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Reference,
} from 'fhir/r5.js';
import { parseReference } from '../fhir/reference.js';
import type { ResourceType } from '../fhir/resources.js';
import {
  bundled,
  first,
  forward,
  orElse,
  outward,
  reverse,
  self,
  union,
  unless,
  via,
  where,
  type Link,
} from './link.js';

const packagesOf = reverse(
  'PackagedProductDefinition',
  'package-for',
  ['MedicinalProductDefinition'],
  (pack) => pack.packageFor,
);
const administrableProductsOf = reverse(
  'AdministrableProductDefinition',
  'form-of',
  ['MedicinalProductDefinition'],
  (administrable) => administrable.formOf,
);
const ingredientsOf = reverse(
  'Ingredient',
  'for',
  ['MedicinalProductDefinition', 'ManufacturedItemDefinition', 'AdministrableProductDefinition'],
  (ingredient) => ingredient.for,
);
const authorizationsOf = reverse(
  'RegulatedAuthorization',
  'subject',
  ['MedicinalProductDefinition', 'PackagedProductDefinition', 'ActivityDefinition'],
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

/** Whether a reference leads to a resource of that type, for all that it says: others are no business of a link to it. */
export function mayLeadTo(type: ResourceType, reference: Reference | undefined): boolean {
  const parsed = parseReference(reference ?? {}, [type]);
  return parsed.kind !== 'literal' || parsed.type === type;
}

/** The substance of an ingredient, and those that its strengths are counted in. */
function substancesOf({ code, strength = [] }: IngredientSubstance): readonly (Reference | undefined)[] {
  const others = strength.flatMap(({ referenceStrength = [] }) => referenceStrength);
  return [code?.reference, ...others.map(({ substance }) => substance?.reference)];
}

const itemsIn = forward(
  'PackagedProductDefinition',
  ['ManufacturedItemDefinition'],
  (pack: PackagedProductDefinition) => containedItems(pack.packaging),
);
const producedFrom = forward(
  'AdministrableProductDefinition',
  ['ManufacturedItemDefinition'],
  (administrable) => administrable.producedFrom,
);
const holderOf = forward('RegulatedAuthorization', ['Organization'], ({ holder }) => [holder]);
const packageFor = forward(
  'PackagedProductDefinition',
  ['MedicinalProductDefinition'],
  (pack) => pack.packageFor,
);

function ingredientFor(type: ResourceType): Link {
  return outward(forward('Ingredient', ingredientsOf.parents, (ingredient) => ingredient.for, [type]));
}

const productItems = union(
  bundled('ManufacturedItemDefinition'),
  via(packagesOf, itemsIn),
  via(administrableProductsOf, producedFrom),
);
// One question for the ingredients of a product, of its items and of what is made of them, once all of these are known.
const productIngredients = union(
  bundled('Ingredient'),
  via(union(self, productItems, administrableProductsOf), ingredientsOf),
);
const marketing = where(
  authorizationsOf,
  'RegulatedAuthorization',
  (authorization) => authorizationType(authorization) === AuthorizationType.MARKETING,
);
// Some products are authorized as a whole, some pack by pack, some both.
const productMarketing = orElse(marketing, via(packagesOf, marketing));
const packageMarketing = orElse(marketing, via(packageFor, marketing));

export const links = {
  'product.packages': packagesOf,
  'product.routes': unless(
    'MedicinalProductDefinition',
    (product) => Boolean(product.route?.length),
    administrableProductsOf,
  ),
  'product.manufacturedItems': productItems,
  'product.administrableProducts': administrableProductsOf,
  'product.ingredients': productIngredients,
  'product.activeIngredients': where(
    productIngredients,
    'Ingredient',
    (ingredient) => ingredientRole(ingredient) === IngredientRole.ACTIVE,
  ),
  'product.authorizations': authorizationsOf,
  'product.marketingAuthorization': productMarketing,
  'product.holder': via(first(productMarketing), holderOf),
  'product.clinicalUses': reverse(
    'ClinicalUseDefinition',
    'subject',
    ['MedicinalProductDefinition'],
    (use) => use.subject,
  ),
  'contact.organization': forward('MedicinalProductDefinition', ['Organization'], (product) =>
    // Persons in a role are contacts too, of whom nothing but a name is known here.
    product.contact?.map(({ contact }) => contact).filter((contact) => mayLeadTo('Organization', contact)),
  ),
  'operation.activity': forward('MedicinalProductDefinition', ['ActivityDefinition'], (product) =>
    product.operation?.map(({ type }) => type?.reference),
  ),
  'operation.organizations': forward('MedicinalProductDefinition', ['Organization'], (product) =>
    product.operation?.flatMap(({ organization }) => organization ?? []),
  ),

  'package.products': packageFor,
  'package.manufacturedItems': itemsIn,
  'packagedItem.item': itemsIn,
  'package.authorizations': authorizationsOf,
  'package.marketingAuthorization': packageMarketing,
  'package.manufacturers': forward(
    'PackagedProductDefinition',
    ['Organization'],
    (pack) => pack.manufacturer,
  ),

  'manufacturedItem.ingredients': ingredientsOf,
  'manufacturedItem.manufacturers': forward(
    'ManufacturedItemDefinition',
    ['Organization'],
    (item) => item.manufacturer,
  ),

  'administrableProduct.product': forward(
    'AdministrableProductDefinition',
    ['MedicinalProductDefinition'],
    (administrable) => administrable.formOf,
  ),
  'administrableProduct.producedFrom': producedFrom,
  'administrableProduct.ingredients': ingredientsOf,

  'ingredient.products': ingredientFor('MedicinalProductDefinition'),
  'ingredient.manufacturedItems': ingredientFor('ManufacturedItemDefinition'),
  'ingredient.administrableProducts': ingredientFor('AdministrableProductDefinition'),
  'ingredient.manufacturers': forward('Ingredient', ['Organization'], (ingredient) =>
    ingredient.manufacturer?.map(({ manufacturer }) => manufacturer),
  ),

  'substance.definition': forward(
    'Ingredient',
    ['SubstanceDefinition'],
    ({ substance }) => substance && substancesOf(substance),
  ),
  'substanceDefinition.manufacturers': forward(
    'SubstanceDefinition',
    ['Organization'],
    ({ manufacturer }) => manufacturer,
  ),

  'activity.organizations': forward('ActivityDefinition', ['Organization'], ({ participant }) =>
    participant?.map(({ typeReference }) => typeReference),
  ),
  'activity.authorizations': authorizationsOf,

  'clinicalUse.products': forward(
    'ClinicalUseDefinition',
    ['MedicinalProductDefinition'],
    ({ subject }) => subject,
  ),

  'authorization.holder': holderOf,
  'authorization.regulator': forward('RegulatedAuthorization', ['Organization'], ({ regulator }) => [
    regulator,
  ]),
  'authorization.subjects': outward(
    forward(
      'RegulatedAuthorization',
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
  ),
} as const satisfies Readonly<Record<string, Link>>;

export type LinkName = keyof typeof links;
