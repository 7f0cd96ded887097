/** Links from records that violate FHIR. */
import { expect, it } from 'vitest';
import type { FhirResource } from '../../../src/fhir/resources.js';
import { parts, type Link } from '../../../src/catalogue/graph/link.js';
import { links, upward } from '../../../src/catalogue/graph/links.js';

it('a malformed packaging makes the packages of an item fail with UPSTREAM_BAD_RESPONSE', () => {
  const way = upward.ManufacturedItemDefinition;
  const packages = (way ? parts(way) : []).flatMap((part) =>
    part.kind === 'reverse' && part.type === 'PackagedProductDefinition' ? [part] : [],
  );
  expect(packages).toHaveLength(1);
  const pack = { resourceType: 'PackagedProductDefinition', id: 'p', packaging: { containedItem: 5 } };
  for (const { names } of packages)
    expect(() => names(pack as unknown as FhirResource)).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE' }),
    );
});

it('the link `product.details` covers every record type that any other link leads to', () => {
  const stepsOf = (link: Link): readonly string[] =>
    parts(link).flatMap((part) => {
      if (part.kind === 'reverse') return [part.asks];
      if (part.kind !== 'forward') return [];
      return part.types.map((type) => `${part.from}.${part.element} to ${type}`);
    });
  const details = new Set(stepsOf(links['product.details']));
  const all = Object.values(links).flatMap(stepsOf);
  expect(all.filter((step) => !details.has(step))).toEqual([]);
});
