/** Introspection: answered as by graphql-js, within the same limits as every operation. */
import {
  execute,
  getIntrospectionQuery,
  getNamedType,
  isObjectType,
  parse,
  validate,
  type GraphQLObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../../src/graphql/context.js';
import { createCursors } from '../../../src/graphql/engine/cursor.js';
import { createPreparer } from '../../../src/graphql/engine/prepare.js';
import { compileProjection } from '../../../src/graphql/engine/project.js';
import { createSchema } from '../../../src/graphql/schema/schema.js';
import { randomOf, type Random } from '../../support/random-operation.js';
import { upstreamOf } from '../../support/operations.js';
import { startTestService, type TestService } from '../../support/service.js';
import { propertyRuns } from '../../support/tier.js';

const schema = createSchema();
const preparer = createPreparer(schema, createCursors('k'));

function told(text: string): unknown {
  const document = parse(text);
  const [operation] = document.definitions as [OperationDefinitionNode];
  const prepared = preparer.prepare(document, operation, {}, 'en');
  return JSON.parse(JSON.stringify(compileProjection(schema, prepared.shape)(prepared, {} as Context).data));
}

/** Returns a random selection on an introspection type, within the depth limit for lists. */
function selectionOn(type: GraphQLObjectType, random: Random, depth: number): string {
  const fields = Object.values(type.getFields()).flatMap((field, index) => {
    if (random() < 0.5) return [];
    const below = getNamedType(field.type);
    const given = field.args.length > 0 && random() < 0.5 ? '(includeDeprecated: true)' : '';
    const alias = random() < 0.2 ? `a${index}: ` : '';
    if (!isObjectType(below)) return [`${alias}${field.name}${given}`];
    return depth === 0 ? [] : [`${alias}${field.name}${given} ${selectionOn(below, random, depth - 1)}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

describe('the answer to an introspection query', () => {
  it.each([
    ['the standard introspection query', getIntrospectionQuery()],
    [
      'the introspection query with every option',
      getIntrospectionQuery({
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    ],
    ['a type by its name', '{ a: __type(name: "Product") { name kind } __type(name: "Nothing") { name } }'],
  ])('equals the answer of graphql-js for %s', (_what, text) => {
    expect(told(text)).toEqual(
      JSON.parse(JSON.stringify(execute({ schema, document: parse(text) }))).data as unknown,
    );
  });

  it('equals the answer of graphql-js for random selections', () => {
    const named = (name: string): GraphQLObjectType => schema.getType(name) as GraphQLObjectType;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        const random = randomOf(seed);
        const text = `{ __schema ${selectionOn(named('__Schema'), random, 3)} __type(name: "Product") ${selectionOn(named('__Type'), random, 3)} }`;
        const document = parse(text);
        fc.pre(validate(schema, document).length === 0);
        expect(told(text), text).toEqual(
          JSON.parse(JSON.stringify(execute({ schema, document }))).data as unknown,
        );
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

describe('introspection', () => {
  const repeated = (count: number, field: string): string =>
    Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');

  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ cacheTtlMs: 300_000 });
  });
  afterAll(() => service.stop());

  it.each([
    [
      '640 aliases of one field',
      `{ __schema { types { fields { ${repeated(640, 'description')} } } } }`,
      /30 aliases/,
    ],
    [
      'more than a thousand fields',
      `{ __schema { ${repeated(9, `types { ${repeated(9, `fields { ${repeated(12, 'name')} }`)} }`)} } }`,
      /1000 fields|2000 tokens/,
    ],
    [
      'an answer of more than 4 MB',
      `{ ${repeated(8, `__schema { types { fields { ...D } } }`)} } fragment D on __Field { ${repeated(30, 'description')} }`,
      /4 MB/,
    ],
  ])('with %s is refused', async (_what, text, message) => {
    const { data, errors } = await service.query(text);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message) as string, extensions: { code: 'QUERY_TOO_COMPLEX' } },
    ]);
  });

  it('is computed once, and cached', async () => {
    const ask = async (): Promise<{ readonly age: string | null; readonly body: unknown }> => {
      const response = await fetch(
        `${service.origin}/graphql?query=${encodeURIComponent('{__schema{types{name}}}')}`,
      );
      return { age: response.headers.get('age'), body: await response.json() };
    };
    const [first, second] = [await ask(), await ask()];
    expect(first.age).toBeNull();
    expect(second.age).not.toBeNull();
    expect(second.body).toEqual(first.body);
  });

  it('can be combined with other fields, and the answer has the field order of the document', async () => {
    const { data, errors, extensions } = await service.query(
      '{ b: __type(name: "Product") { name } product(id: "600000000001") { pmsId } a: __typename }',
    );
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toBe(
      '{"b":{"name":"Product"},"product":{"pmsId":"600000000001"},"a":"Query"}',
    );
    expect(upstreamOf({ extensions } as never)).toMatchObject({ incomplete: [] });
  });
});
