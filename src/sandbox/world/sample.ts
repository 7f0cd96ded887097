/** The sample data: all products written by hand, with the organizations and substances that they share. */

import type { Resource } from 'fhir/r5.js';
import { buildFamily } from './expand/family.js';
import { organizations } from './organizations.js';
import { centralProducts } from './products/central.js';
import { mainProducts } from './products/main.js';
import { nationalProducts } from './products/national.js';
import { oddProducts } from './products/oddities.js';
import { questionedProducts } from './products/questions.js';
import { substanceDefinitions } from './substances.js';

/** The sample products in the order of their numbers. */
export const sampleProducts = [
  ...mainProducts,
  ...centralProducts,
  ...nationalProducts,
  ...oddProducts,
  ...questionedProducts,
];

/**
 * Returns all resources of the sample data.
 * @param quirks false for data without unusual features
 */
export function sampleResources({ quirks }: { readonly quirks: boolean }): Resource[] {
  const families = sampleProducts.flatMap((product) => buildFamily(product, { series: 0, quirks }));
  return [...families, ...organizations(), ...substanceDefinitions()];
}
