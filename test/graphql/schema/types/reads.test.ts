/**
 * The elements that each field reads of its record are declared, because the upstream may be asked for these elements only.
 */
import { getNullableType, isListType, isObjectType, isUnionType, type GraphQLOutputType } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../../../../src/fhir/resources.js';
import { extensionsOf } from '../../../../src/graphql/schema/field.js';
import { resourceTypeOf } from '../../../../src/graphql/schema/global-id.js';
import { createSchema } from '../../../../src/graphql/schema/schema.js';
import { viewOf } from '../../../../src/graphql/schema/types/index.js';
import { sampleResources } from '../../../../src/sandbox/world/sample.js';
import { isResourceType } from '../../../../src/fhir/resources.js';
import { published, unlessPublished } from '../../../support/published.js';
import { held, inEnglish } from '../../../support/views.js';

const schema = createSchema();
const views = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => resourceTypeOf(name));
const always = ['id', 'resourceType', 'meta'];

const sample = sampleResources({ quirks: true }).filter((resource): resource is FhirResource =>
  isResourceType(resource.resourceType),
);
const resources = [...sample, ...published];

/** Reads all values of a selection down to its leaves, without links. */
function readAll(value: unknown, type: GraphQLOutputType): void {
  const shape = getNullableType(type);
  if (value === null || value === undefined) return;
  if (isListType(shape)) {
    for (const item of value as Iterable<unknown>) readAll(item, shape.ofType as GraphQLOutputType);
    return;
  }
  if (!isObjectType(shape) || isUnionType(shape)) return;
  for (const field of Object.values(shape.getFields())) {
    if (extensionsOf(field).link) continue;
    const got = (value as Record<string, unknown>)[field.name];
    readAll(
      typeof got === 'function' ? got.call(value, { language: 'sv', country: 'SE' }, inEnglish) : got,
      field.type,
    );
  }
}

/** Returns the elements that one field of one record reads. */
function touched(resource: FhirResource, fieldName: string, type: GraphQLOutputType): ReadonlySet<string> {
  const elements = new Set<string>();
  const recording = new Proxy(resource, {
    get(target, key, receiver) {
      // The companion of an element (`_description`) is returned together with it.
      if (typeof key === 'string') elements.add(key.replace(/^_/, ''));
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  const view = viewOf(held(recording)) as unknown as Record<string, unknown>;
  elements.clear();
  const got = view[fieldName];
  readAll(
    typeof got === 'function' ? got.call(view, { language: 'sv', country: 'SE' }, inEnglish) : got,
    type,
  );
  return elements;
}

describe.each(views.map((type) => [type.name, type] as const))(
  `the GraphQL type %s${unlessPublished}`,
  (name, type) => {
    const ofType = resources.filter((resource) => viewOf(held(resource)).constructor.name === name);
    const fields = Object.values(type.getFields()).filter((field) => !extensionsOf(field).link);

    it.runIf(ofType.length > 0).each(fields.map((field) => [field.name, field] as const))(
      'the field %s reads only the FHIR elements that it declares',
      (fieldName, field) => {
        const declared = new Set([...always, ...(extensionsOf(field).elements ?? [])]);
        const read = new Set(ofType.flatMap((resource) => [...touched(resource, fieldName, field.type)]));
        expect([...read].filter((element) => !declared.has(element))).toEqual([]);
        // With a wrong declaration the upstream would send elements that no getter reads.
        if (declared.size > always.length)
          expect([...read].some((element) => !always.includes(element))).toBe(true);
      },
    );

    it('occurs in the sandbox data or the published records', () => {
      expect(ofType.length > 0 || name === 'OtherClinicalUse').toBe(true);
    });
  },
);
