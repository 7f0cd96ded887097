/** Builds all FHIR resources of a product from its specification. */

import type { Resource } from 'fhir/r5.js';
import type { Series } from '../ids.js';
import { applyQuirks } from '../quirks.js';
import type { ProductSpecification } from '../specification.js';
import { buildAuthorizations } from './authorizations.js';
import { buildDocuments } from './documents.js';
import { buildIngredients } from './ingredients.js';
import { buildAdministrables, buildItems } from './items.js';
import { buildPackages } from './packages.js';
import { buildProduct } from './product.js';
import { buildActivities, buildUses } from './uses.js';

export interface BuildOptions {
  readonly series: Series;
  readonly quirks: boolean;
}

/** The function that builds the resources of each type. The product comes first. */
const parts: Readonly<Record<string, (specification: ProductSpecification, series: Series) => Resource[]>> = {
  MedicinalProductDefinition: (specification, series) => [buildProduct(specification, series)],
  RegulatedAuthorization: buildAuthorizations,
  PackagedProductDefinition: buildPackages,
  ManufacturedItemDefinition: buildItems,
  AdministrableProductDefinition: buildAdministrables,
  Ingredient: buildIngredients,
  ClinicalUseDefinition: buildUses,
  ActivityDefinition: buildActivities,
  DocumentReference: buildDocuments,
};

export const familyTypes: readonly string[] = Object.keys(parts);

/**
 * Returns the product, then the resources that belong to it alone. Organizations and substances are shared between products, so
 * they are not included.
 */
export function buildFamily(specification: ProductSpecification, options: BuildOptions): readonly Resource[] {
  return familyTypes.flatMap((type) => buildPart(specification, options, type));
}

/** Returns the resources of one type that belong to a product. */
export function buildPart(
  specification: ProductSpecification,
  { series, quirks }: BuildOptions,
  type: string,
): readonly Resource[] {
  const resources = parts[type]?.(specification, series) ?? [];
  return quirks ? applyQuirks(resources, specification.quirks ?? []) : resources;
}
