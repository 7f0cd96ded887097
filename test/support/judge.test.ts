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
  ['a mark at an object that is there', {}, [], [{ path: ['product', 'holder'], reason: 'BUDGET' }]],
  ['a wrong scalar', { title: 'Beta' }],
  ['null without an error', { holder: null }],
  ['a row missing, unmarked', { packages: page([pack(1), pack(2)]) }],
  ['a row too many', { packages: page([1, 2, 3, 4].map((id) => pack(id))) }],
  ['a wrong row', { packages: page([pack(1), pack(2), pack(9)]) }],
  ['a wrong count', { packages: { ...whole, totalCount: 6 } }],
  [
    'no next page where there is one',
    { packages: { ...whole, pageInfo: { hasNextPage: false, complete: true } } },
  ],
  ['a list that is not told as cut, and marked', { packages: whole }, [], cut],
  ['a list that is told as cut, and not marked', { packages: part([pack(1)]) }],
  ['a wrong row under a mark', { packages: part([pack(1), pack(9)]) }, [], cut],
  ['a wrong scalar in a row under a mark', { packages: part([pack(1, { name: 'Pack 2' })]) }, [], cut],
  ['null in a row under a mark', { packages: part([pack(1, { name: null })]) }, [], cut],
  ['rows out of order under a mark', { packages: part([pack(2), pack(1)]) }, [], cut],
  ['a row twice under a mark', { packages: part([pack(2), pack(2)]) }, [], cut],
  [
    'more rows than were asked for under a mark',
    { packages: part([1, 2, 3, 4].map((id) => pack(id))) },
    [],
    cut,
  ],
  ['a wrong count under a mark', { packages: part([pack(1)], { totalCount: 1 }) }, [], cut],
  [
    'no next page under a mark',
    { packages: part([pack(1)], { pageInfo: { hasNextPage: false, complete: false, endCursor: null } }) },
    [],
    cut,
  ],
  [
    'a plain list in part, marked',
    { clinicalUses: [uses[0]] },
    [],
    [{ path: ['product', 'clinicalUses'], reason: 'BUDGET' }],
  ],
  ['a value where an error stands', {}, [errorAt('UPSTREAM_INCOMPLETE', 'holder')]],
  ['an error above wrong data', { title: 'Beta' }, [errorAt('UPSTREAM_INCOMPLETE')]],
  ['an error beside what is missing', { holder: null }, [errorAt('UPSTREAM_INCOMPLETE', 'packages')]],
  ['an error of another kind', { holder: null }, [errorAt('INTERNAL_SERVER_ERROR', 'holder')]],
  ['what is there told as dangling', { holder: null }, [errorAt('DANGLING_REFERENCE', 'holder')]],
  [
    'a row left out as if it dangled',
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

describe('the judge accepts', () => {
  it('complete data, limited to "first" rows', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it.each([
    ['some rows', [pack(2), pack(4)]],
    ['none', []],
  ])('a connection with %s of the full list, marked as cut', (_what, rows) => {
    expect(faultsOf({ packages: part(rows) }, [], cut)).toEqual([]);
  });

  it('a null list that has an error and a gap', () => {
    const told = { clinicalUses: null };
    const gaps = [{ path: ['product', 'clinicalUses'], reason: 'PAGE_FAILED' }];
    expect(faultsOf(told, [errorAt('UPSTREAM_INCOMPLETE', 'clinicalUses')], gaps)).toEqual([]);
  });

  it('null in an ancestor of a failed non-null field', () => {
    const upstream = { incomplete: [] };
    const errors = [errorAt('UPSTREAM_UNSUPPORTED', 'packages', 'nodes')];
    const answer = { data: { product: null }, errors, extensions: { upstream } };
    expect(judge.faultsOf({ document }, answer, truth)).toEqual([]);
  });
});

describe('the judge reports', () => {
  it.each(wrong.map(([what, told, errors, gaps]) => ({ what, told, errors, gaps })))(
    '$what',
    ({ told, errors, gaps }) => {
      expect(faultsOf(told, errors, gaps)).not.toEqual([]);
    },
  );

  it('null data without an error', () => {
    expect(judge.faultsOf({ document }, { data: null }, truth)).not.toEqual([]);
  });
});

describe('the query for complete lists', () => {
  it('requests all rows, and declares no variable that it does not use', () => {
    const { document: widened, variables } = judge.widened({ document, variables: { first: 1 } });
    expect(widened).toContain('packages(first: 100)');
    expect([widened.includes('$first'), variables]).toEqual([false, {}]);
  });
});
