/**
 * Tests that the judge of incomplete responses is strict: a wrong value is a fault even if the response is marked as incomplete.
 */
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createJudge, type Judged } from './judge.js';

const judge = createJudge(buildSchema(readFileSync('schema/schema.graphql', 'utf8')));

const document = `query ($first: Int! = 3) {
  product(id: "1") {
    title: name
    packages(first: $first) { totalCount nodes { ...Pack } pageInfo { hasNextPage complete endCursor } }
    clinicalUses { id }
    holder { name }
  }
}
fragment Pack on Package { id name size { text } }`;

const pack = (id: number, more: object = {}): object => ({
  id: `Package:${id}`,
  name: `Pack ${id}`,
  size: null,
  ...more,
});
const uses = [{ id: 'ClinicalUse:1' }, { id: 'ClinicalUse:2' }];
const truth: Judged = {
  data: {
    product: {
      title: 'Alpha',
      packages: {
        totalCount: 5,
        nodes: [1, 2, 3, 4, 5].map((id) => pack(id)),
        judged_rows: Array.from({ length: 5 }, () => ({ __typename: 'Package' })),
        pageInfo: { hasNextPage: false, complete: true, endCursor: 'x' },
      },
      clinicalUses: uses,
      holder: { name: 'Fjordvik' },
    },
  },
};

interface Told {
  readonly title?: unknown;
  readonly packages?: unknown;
  readonly clinicalUses?: unknown;
  readonly holder?: unknown;
}

const page = (nodes: readonly object[], more: object = {}): object => ({
  totalCount: 5,
  nodes,
  pageInfo: { hasNextPage: true, complete: true, endCursor: 'y' },
  ...more,
});
const part = (nodes: readonly object[], more: object = {}): object =>
  page(nodes, {
    totalCount: null,
    pageInfo: { hasNextPage: true, complete: false, endCursor: null },
    ...more,
  });
const whole = page([1, 2, 3].map((id) => pack(id)));

const cut = [{ path: ['product', 'packages'], reason: 'BUDGET' }];
const errorAt = (code: string, ...path: readonly string[]): NonNullable<Judged['errors']>[number] => ({
  message: 'why',
  path: ['product', ...path],
  extensions: { code },
});

type Case = readonly [
  what: string,
  told: Told,
  errors?: NonNullable<Judged['errors']>,
  gaps?: readonly object[],
];

function faultsOf(
  told: Told,
  errors: NonNullable<Judged['errors']> = [],
  incomplete: readonly object[] = [],
): readonly string[] {
  const product = {
    title: 'Alpha',
    packages: whole,
    clinicalUses: uses,
    holder: { name: 'Fjordvik' },
    ...told,
  };
  return judge.faultsOf(
    { document },
    { data: { product }, errors, extensions: { upstream: { incomplete } } },
    truth,
  );
}

const wrong: readonly Case[] = [
  ['an object marked incomplete', {}, [], [{ path: ['product', 'holder'], reason: 'BUDGET' }]],
  ['a wrong scalar', { title: 'Beta' }],
  ['null without an error', { holder: null }],
  ['a missing row without a mark', { packages: page([pack(1), pack(2)]) }],
  ['one row too many', { packages: page([1, 2, 3, 4].map((id) => pack(id))) }],
  ['a wrong row', { packages: page([pack(1), pack(2), pack(9)]) }],
  ['a wrong count', { packages: { ...whole, totalCount: 6 } }],
  [
    'hasNextPage: false before a next page',
    { packages: { ...whole, pageInfo: { hasNextPage: false, complete: true } } },
  ],
  ['a complete list in `incomplete`', { packages: whole }, [], cut],
  ['an incomplete list not in it', { packages: part([pack(1)]) }],
  ['a wrong row in a marked list', { packages: part([pack(1), pack(9)]) }, [], cut],
  ['a wrong scalar in a marked list', { packages: part([pack(1, { name: 'Pack 2' })]) }, [], cut],
  ['a null scalar in a marked list', { packages: part([pack(1, { name: null })]) }, [], cut],
  ['a wrong order in a marked list', { packages: part([pack(2), pack(1)]) }, [], cut],
  ['a row twice in a marked list', { packages: part([pack(2), pack(2)]) }, [], cut],
  ['too many rows in a marked list', { packages: part([1, 2, 3, 4].map((id) => pack(id))) }, [], cut],
  ['a wrong count of a marked list', { packages: part([pack(1)], { totalCount: 1 }) }, [], cut],
  [
    'no next page of a marked list',
    { packages: part([pack(1)], { pageInfo: { hasNextPage: false, complete: false, endCursor: null } }) },
    [],
    cut,
  ],
  [
    'a part of a list without pages',
    { clinicalUses: [uses[0]] },
    [],
    [{ path: ['product', 'clinicalUses'], reason: 'BUDGET' }],
  ],
  ['a value at the path of an error', {}, [errorAt('UPSTREAM_INCOMPLETE', 'holder')]],
  ['wrong data with an error above', { title: 'Beta' }, [errorAt('UPSTREAM_INCOMPLETE')]],
  ['a missing value, the error elsewhere', { holder: null }, [errorAt('UPSTREAM_INCOMPLETE', 'packages')]],
  ['an error with an unexpected code', { holder: null }, [errorAt('INTERNAL_SERVER_ERROR', 'holder')]],
  ['a wrong DANGLING_REFERENCE error', { holder: null }, [errorAt('DANGLING_REFERENCE', 'holder')]],
  [
    'a wrong DANGLING_REFERENCE entry',
    { clinicalUses: uses.slice(1) },
    [],
    [
      {
        path: ['product', 'clinicalUses'],
        reason: 'DANGLING_REFERENCE',
        reference: 'ClinicalUseDefinition/1',
      },
    ],
  ],
];

describe('the judge of answers, which the tests use, accepts', () => {
  it('complete data with the first rows of each list', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it.each([
    ['some rows', [pack(2), pack(4)]],
    ['no row', []],
  ])('a list with %s of the full list, marked incomplete', (_what, rows) => {
    expect(faultsOf({ packages: part(rows) }, [], cut)).toEqual([]);
  });

  it('null for a list with an error and an entry in `incomplete`', () => {
    const told = { clinicalUses: null };
    const gaps = [{ path: ['product', 'clinicalUses'], reason: 'PAGE_FAILED' }];
    expect(faultsOf(told, [errorAt('UPSTREAM_INCOMPLETE', 'clinicalUses')], gaps)).toEqual([]);
  });

  it('null for a parent of a failed non-null field', () => {
    const upstream = { incomplete: [] };
    const errors = [errorAt('UPSTREAM_UNSUPPORTED', 'packages', 'nodes')];
    const answer = { data: { product: null }, errors, extensions: { upstream } };
    expect(judge.faultsOf({ document }, answer, truth)).toEqual([]);
  });
});

describe('the judge of answers, which the tests use, reports', () => {
  it.each(wrong.map(([what, told, errors, gaps]) => ({ what, told, errors, gaps })))(
    'the fault $what',
    ({ told, errors, gaps }) => {
      expect(faultsOf(told, errors, gaps)).not.toEqual([]);
    },
  );

  it('null as `data` without an error', () => {
    expect(judge.faultsOf({ document }, { data: null }, truth)).not.toEqual([]);
  });
});

describe('the query with which the tests read complete lists', () => {
  it('requests all rows, and declares only variables that it uses', () => {
    const { document: widened, variables } = judge.widened({ document, variables: { first: 1 } });
    expect(widened).toContain('packages(first: 100)');
    expect([widened.includes('$first'), variables]).toEqual([false, {}]);
  });
});
