/** The product page sends every search that links use: this test fails if a new type is not added to it. */
import { expect, it } from 'vitest';
import { parts } from '../../../src/catalogue/graph/link.js';
import { links } from '../../../src/catalogue/graph/links.js';
import { reverses, searchOf } from '../../../src/catalogue/plan/capabilities.js';
import { belowProducts, productPage } from '../../../src/catalogue/question/product-page.js';
import { isRoot, type Selection } from '../../../src/catalogue/question/selection.js';

function searchesIn(below: Selection['below']): readonly string[] {
  return [...below.values()]
    .flat()
    .flatMap(({ link, below: further }) => [
      ...(isRoot(link) ? [] : parts(links[link])).flatMap((part) =>
        part.kind === 'reverse' ? [searchOf(part)] : [],
      ),
      ...searchesIn(further),
    ]);
}

it.each([
  ['the warm-up of the cache with a product page', productPage('MedicinalProductDefinition/1').below],
  ['the query that measures the upstream at the start', belowProducts],
])('%s sends every search that a link between record types needs', (_what, below) => {
  expect([...new Set(searchesIn(below))].sort()).toEqual([...new Set(reverses.map(searchOf))].sort());
});
