/** The table of facts: the properties of a product that filters can test. A new filter is a new row. */
import type { Fact } from './fact.js';
import type { FilterPart } from './filter.js';
import { ofAuthorization } from './of-authorization.js';
import { ofComposition } from './of-composition.js';
import { ofIngredient } from './of-ingredient.js';
import { ofOthers } from './of-others.js';
import { ofPackage } from './of-package.js';
import { ofProduct } from './of-product.js';

const rows = {
  ...ofProduct,
  ...ofAuthorization,
  ...ofPackage,
  ...ofIngredient,
  ...ofComposition,
  ...ofOthers,
} satisfies Readonly<Record<FilterPart, Fact>>;

export const facts: Readonly<Record<FilterPart, Fact>> = rows;

/**
 * Returns the name of the GraphQL field that sets a part of the filter, if the part is not in the filter argument of
 * the API.
 */
export function filterFieldOf(part: FilterPart): string | undefined {
  const fact = facts[part];
  return 'askedBy' in fact ? fact.askedBy : undefined;
}

/** The parts of the filter that clients can set in the filter argument. */
export const writtenParts: readonly FilterPart[] = (Object.keys(facts) as FilterPart[]).filter(
  (part) => filterFieldOf(part) === undefined,
);
