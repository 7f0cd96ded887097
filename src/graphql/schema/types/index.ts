/** Maps FHIR resources to nouns of the schema, with view and name: one row for each. */
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

/** The noun of one type of records in this schema. */
export interface Noun {
  /** In ids: `Package:8485040`. */
  readonly name: string;
  readonly viewOf: ViewOf;
  /** Its object types, where the name is that of an interface. */
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

/** Makes a noun. The name of a view's class is that of its type in the schema. */
function nounOf(View: new (held: Held) => ResourceView): Noun {
  return { name: View.name, viewOf: (held) => new View(held), kinds: [View.name] };
}

/** Makes a view, with the record's language added to each of its texts. */
export const viewOf: ViewOf = (held) =>
  nouns[held.resource.resourceType].viewOf('language' in held.resource ? inItsLanguage(held) : held);

function inItsLanguage({ resource, origin }: Held): Held {
  return { resource: withLanguageMarked(resource), origin };
}
