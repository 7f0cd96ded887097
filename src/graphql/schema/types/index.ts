/** Maps FHIR resource types to types of the schema. Each row of the table has the view and the name of one type. */
import type { Held } from '../../../catalogue/known/known.js';
import type { ResourceType } from '../../../fhir/resources.js';
import { withLanguageMarked } from '../../../terms/language-texts.js';
import { AdministrableProduct } from './administrable-product.js';
import { ClinicalUse, clinicalUseOf, clinicalUses } from './clinical-use.js';
import { Document } from './document.js';
import { Ingredient } from './ingredient.js';
import { ManufacturedItem } from './manufactured-item.js';
import { ManufacturingActivity } from './manufacturing.js';
import { Organization } from './organization.js';
import { Package } from './package.js';
import { Product } from './product.js';
import { RegulatedAuthorization } from './regulated-authorization.js';
import type { ResourceView } from './resource-view.js';
import { SubstanceDefinition } from './substance-definition.js';

export type ViewOf = (held: Held) => ResourceView;

/** The name and the view of one resource type in this schema. */
export interface Noun {
  /** The name in ids: `Package:8485040`. */
  readonly name: string;
  readonly viewOf: ViewOf;
  /** The object types that have this name. There are several if the name is that of an interface. */
  readonly kinds: readonly string[];
}

export const nouns: Readonly<Record<ResourceType, Noun>> = {
  MedicinalProductDefinition: nounOf(Product),
  PackagedProductDefinition: nounOf(Package),
  ManufacturedItemDefinition: nounOf(ManufacturedItem),
  AdministrableProductDefinition: nounOf(AdministrableProduct),
  Ingredient: nounOf(Ingredient),
  RegulatedAuthorization: nounOf(RegulatedAuthorization),
  Organization: nounOf(Organization),
  ClinicalUseDefinition: {
    name: ClinicalUse.name,
    viewOf: clinicalUseOf,
    kinds: clinicalUses.map(({ name }) => name),
  },
  ActivityDefinition: nounOf(ManufacturingActivity),
  DocumentReference: nounOf(Document),
  SubstanceDefinition: nounOf(SubstanceDefinition),
};

/** Creates a noun. A view's class has the name of its type in the schema. */
function nounOf(View: new (held: Held) => ResourceView): Noun {
  return { name: View.name, viewOf: (held) => new View(held), kinds: [View.name] };
}

/** Creates a view. The record's language is added to each of its texts. */
export const viewOf: ViewOf = (held) =>
  nouns[held.resource.resourceType].viewOf('language' in held.resource ? inItsLanguage(held) : held);

function inItsLanguage({ resource, origin }: Held): Held {
  return { resource: withLanguageMarked(resource), origin };
}
