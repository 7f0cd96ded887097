/**
 * Elements of records are type-checked before they are read: the table of JSON types has every element that a field, a link
 * or a fact declares.
 */
import { isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { filters } from '../../../src/catalogue/graph/filters.js';
import { elementsRead } from '../../../src/catalogue/graph/link.js';
import { filterLinks, links, upward } from '../../../src/catalogue/graph/links.js';
import { facts } from '../../../src/facts/table.js';
import { sorts } from '../../../src/facts/sorts.js';
import { jsonTypeOf } from '../../../src/fhir/json-types.js';
import type { ResourceType } from '../../../src/fhir/resources.js';
import { extensionsOf } from '../../../src/graphql/schema/field.js';
import { resourceTypeOf } from '../../../src/graphql/schema/global-id.js';
import { createSchema } from '../../../src/graphql/schema/schema.js';

type Read = readonly [ResourceType, readonly string[]];

function readByFields(): readonly Read[] {
  const types = Object.values(createSchema().getTypeMap()).filter(isObjectType);
  return types.flatMap((type) =>
    Object.values(type.getFields()).flatMap((field): readonly Read[] => {
      const { elements = [], rowElements = {} } = extensionsOf(field);
      const own = resourceTypeOf(type.name);
      return [
        ...(own ? [[own, elements] as const] : []),
        ...(Object.entries(rowElements) as unknown as Read[]),
      ];
    }),
  );
}

it('every FHIR element that a GraphQL field declares as its source is in the table of JSON types', () => {
  const all: readonly Read[] = [
    ...readByFields(),
    ...[...Object.values(links), ...Object.values(upward), ...Object.values(filterLinks)].flatMap(
      elementsRead,
    ),
    ...Object.values(facts).flatMap(({ reads }) => reads),
    ...Object.values(sorts).flatMap(({ reads }) => reads),
    ...Object.values(filters).map(({ type, elements }) => [type, elements] as const),
  ];
  expect(all.length).toBeGreaterThan(100);
  const unchecked = all.flatMap(([type, elements]) =>
    elements
      .filter((name) => !Object.hasOwn(jsonTypeOf(type), name) && name !== 'extension' && name !== 'id')
      .map((name) => `${type}.${name}`),
  );
  expect([...new Set(unchecked)]).toEqual([]);
});
