/**
 * How an upstream counts totals is learnt only from the service's own requests. An unusual page, which a client can choose,
 * changes nothing for other clients.
 */
import { describe, expect, it } from 'vitest';
import { startBetween, type Alter, type Between } from '../support/between.js';
import { upstreamOf } from '../support/operations.js';

interface Bundle {
  readonly total?: number;
  readonly entry?: readonly object[];
  readonly link?: readonly { readonly relation: string }[];
}

const productsOf = (name: string): string =>
  `{ products(filter: { name: "${name}" }, first: 50) {
    totalCount nodes { id packages { nodes { id } } } pageInfo { complete } } }`;

const names = (name: string, { asked, isOwn }: Between): boolean =>
  !isOwn && asked.includes('/MedicinalProductDefinition?') && asked.includes(`=${name}`);

describe('upstream totals, with the profile `include`,', () => {
  it('that are too high for one search do not make another search look complete', async () => {
    const alter: Alter = async (question, ask) => {
      // For the name “Avelanta” the total is too high, unless nothing is included.
      if (names('Avelanta', question) && question.asked.includes('_revinclude')) {
        const { status, body } = await ask();
        return { status, body: { ...(body as Bundle), total: ((body as Bundle).total ?? 0) + 3 } };
      }
      // For the name “enal” the last row is missing.
      if (!names('enal', question) || /_count=1(&|$)/.test(question.asked)) return undefined;
      const { status, body } = await ask();
      const { entry = [], ...page } = body as Bundle;
      const isMatch = (each: object): boolean => JSON.stringify(each).includes('"mode":"match"');
      const last = entry.findLastIndex(isMatch);
      return { status, body: { ...page, entry: entry.filter((_, at) => at !== last) } };
    };
    const service = await startBetween({ profile: 'include' }, alter, { cacheTtlMs: 0 });
    const before = await service.query(productsOf('enal'));
    expect(before.data).toMatchObject({ products: { totalCount: null, pageInfo: { complete: false } } });
    for (let time = 0; time < 3; time += 1) {
      const odd = await service.query(productsOf('Avelanta'));
      expect(odd.data).toMatchObject({ products: { pageInfo: { complete: true } } });
    }
    const after = await service.query(productsOf('enal'));
    expect(after.data).toEqual(before.data);
    expect(upstreamOf(after).incomplete).toEqual(upstreamOf(before).incomplete);
  });
});

describe('upstream totals, with the profile `search`,', () => {
  const packagesOf = (id: string): string =>
    `{ product(id: "${id}") { packages { totalCount nodes { id } pageInfo { complete } } } }`;
  const isFor = (id: string, { asked, isOwn }: Between): boolean =>
    !isOwn && asked.includes('PackagedProductDefinition') && asked.includes(id);

  it('that are too high for the packages of one product do not make those of another product look complete', async () => {
    const alter: Alter = async (question, ask) => {
      if (isFor('600000000001', question) && !question.asked.includes('_total=accurate')) {
        const { status, body } = await ask();
        return { status, body: { ...(body as Bundle), total: ((body as Bundle).total ?? 0) + 3 } };
      }
      if (!isFor('600000000024', question) || /_count=1(&|$)/.test(question.asked)) return undefined;
      const { status, body } = await ask();
      const { entry = [], ...page } = body as Bundle;
      return { status, body: { ...page, entry: entry.slice(1), link: [] } };
    };
    const service = await startBetween({ profile: 'search' }, alter, { cacheTtlMs: 0 });
    const before = await service.query(packagesOf('600000000024'));
    expect(before.data).toMatchObject({ product: { packages: { pageInfo: { complete: false } } } });
    for (let time = 0; time < 5; time += 1) {
      const odd = await service.query(packagesOf('600000000001'));
      expect(odd.data).toMatchObject({ product: { packages: { pageInfo: { complete: true } } } });
    }
    const after = await service.query(packagesOf('600000000024'));
    expect(after.data).toEqual(before.data);
  });
});

it('upstream pages of a single row for one search do not make later operations exceed their budget', async () => {
  const alter: Alter = async (question, ask) => {
    if (!names('Avelanta', question)) return undefined;
    const { status, body } = await ask();
    const { entry = [], ...page } = body as Bundle;
    const next = { relation: 'next', url: 'MedicinalProductDefinition?_page=none' };
    return { status, body: { ...page, total: 9, entry: entry.slice(0, 1), link: [next] } };
  };
  const service = await startBetween({ profile: 'search' }, alter, { cacheTtlMs: 0, budget: 40 });
  const asked = '{ products(first: 60) { nodes { packages { totalCount } } } }';
  const before = await service.query(asked);
  expect(before.errors).toBeUndefined();
  for (let time = 0; time < 5; time += 1)
    await service.query('{ products(filter: { name: "Avelanta" }, first: 50) { nodes { id } } }');
  const after = await service.query(asked);
  expect([after.errors, after.data]).toEqual([undefined, before.data]);
});
