/** The worst variables of a trusted document, and which documents may cost too much. */
import { Kind, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costlyAmong, worstVariables } from '../../../src/graphql/persisted/costs.js';
import { createSchema } from '../../../src/graphql/schema/schema.js';
import { startTestService, type TestService } from '../../support/service.js';

const schema = createSchema();

function worstOf(text: string): unknown {
  const document = parse(text);
  const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  return worstVariables(schema, document, operation!);
}

describe('the worst variables', () => {
  it('have the largest value for each `first`, also in fragments, and for the field with the lowest limit', () => {
    expect(
      worstOf(`query ($few: Int = 1, $many: Int!, $both: Int = 3) {
        products(first: $few) { nodes { ...Packs } }
        suggest(text: "a", first: $both) { text }
      }
      fragment Packs on Product { packages(first: $many) { nodes { id } } ingredients(first: $both) { nodes { id } } }`),
    ).toEqual({ few: 100, many: 100, both: 20 });
  });

  it('include everything, and skip nothing', () => {
    expect(
      worstOf(
        'query ($a: Boolean = false, $b: Boolean!) { a: __typename @include(if: $a) b: __typename @skip(if: $b) }',
      ),
    ).toEqual({ a: true, b: false });
  });

  it('have a sample for each required value, and leave the others to their defaults', () => {
    expect(
      worstOf(`query ($id: ID!, $ids: [ID!]!, $filter: ProductFilter, $sort: ProductSort!, $role: IngredientRole!, $language: String = "de") {
        product(id: $id) { name(language: $language) ingredients(role: $role) { nodes { id } } }
        nodes(ids: $ids) { id }
        products(filter: $filter, sort: $sort) { nodes { id } }
      }`),
    ).toMatchObject({ id: '1', ids: ['1'], role: 'ACTIVE' });
  });
});

describe('the documents that may cost too much', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
  });
  afterAll(() => service.stop());

  const among = async (budget: number, ...texts: readonly string[]) =>
    costlyAmong(
      texts.map((text, at) => ({ id: String(at), text, document: parse(text) })),
      { schema, executor: service.executor, budget },
    );

  it('are those with an operation above the budget, each with the number of its requests', async () => {
    const costly = await among(
      20,
      'query One($id: ID!) { product(id: $id) { packages { nodes { id } } } }',
      'query Two($first: Int = 1) { products(first: $first) { nodes { packages { nodes { id } } } } } query Three { __typename }',
      'query Four { products(first: 1) { nodes { packages { nodes { id } } } } }',
    );
    expect(costly).toEqual([{ id: '1', operation: 'Two', requests: expect.any(Number) as number }]);
    expect(costly[0]!.requests).toBeGreaterThan(100);
    service.sandbox.clearRequests();
    await among(
      20,
      'query ($first: Int!) { products(first: $first) { nodes { packages { nodes { id } } } } }',
    );
    expect(service.sandbox.requests).toEqual([]);
  });

  it('do not include documents whose cost cannot be known, such as one that needs a cursor', async () => {
    expect(
      await among(
        1,
        'query ($after: String!) { products(after: $after, first: 100) { nodes { packages { nodes { id } } } } }',
      ),
    ).toEqual([]);
  });
});
