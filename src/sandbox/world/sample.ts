/** The sample world: every product written by hand, with the organizations and substances they share. */

import type { Resource } from 'fhir/r5.js';
import { buildFamily } from './expand/family.js';
import { organizations } from './organizations.js';
import { centralProducts } from './products/central.js';
import { mainProducts } from './products/main.js';
import { nationalProducts } from './products/national.js';
import { oddProducts } from './products/oddities.js';
import { questionedProducts } from './products/questions.js';
import { substanceDefinitions } from './substances.js';

/** In the order of their numbers. */
export const sampleProducts = [
  ...mainProducts,
  ...centralProducts,
  ...nationalProducts,
  ...oddProducts,
  ...questionedProducts,
];

/** All resources of the sample world; without quirks the data are clean. */
export function sampleResources({ quirks }: { readonly quirks: boolean }): Resource[] {
  const families = sampleProducts.flatMap((product) => buildFamily(product, { series: 0, quirks }));
  return [...families, ...organizations(), ...substanceDefinitions()];
}
