/** The changes of products that the store of the index records, and the places from which they are read. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Change, ChangePlace, ChangesQuery } from '../../src/search-index/changes/change.js';
import { ownHashes, partsThatDiffer, restHashes } from '../../src/search-index/changes/parts.js';
import type { FhirResource } from '../../src/fhir/resources.js';
import type { IndexStore, ProductRows } from '../../src/search-index/store/index-store.js';
import { openSqliteStore } from '../../src/search-index/store/open-sqlite-store.js';
import { testFolder } from '../support/folder.js';
import { productRows } from './store/rows.js';

const day = 86_400_000;

/** Opens a store in memory whose clock the test sets. */
async function opened(maxBytes = 2 ** 31) {
  const clock = { now: Date.now() };
  const options = { file: undefined, identity: 'test', maxBytes, now: () => clock.now };
  const store = await openSqliteStore(options);
  onTestFinished(() => store.close());
  return { store, clock };
}

function told({ productId, kind, parts }: Change): string {
  return [kind, productId, ...parts].join(' ');
}

async function read(store: IndexStore, query: Partial<ChangesQuery> = {}): Promise<readonly string[]> {
  return (await store.changes({ first: 100, ...query })).rows.map(told);
}

async function headOf(store: IndexStore): Promise<ChangePlace> {
  return (await store.changes({ first: 0 })).head;
}

/** A named product, with the hashes of its own record. */
const named: Partial<ProductRows> = { state: 'named', rest: undefined, parts: { 'own NAME': 'a' } };
const held: Partial<ProductRows> = { parts: { 'own NAME': 'a', 'bundle PACKAGES': 'p' } };
const gone: Partial<ProductRows> = { state: 'gone', rest: undefined, parts: {} };

const states = {
  unknown: [],
  named: [named],
  held: [held],
  gone: [held, gone],
} as const;

const events = {
  'is listed': named,
  'is listed with another name': { ...named, parts: { 'own NAME': 'b' } },
  'is read unchanged': held,
  'is read with other packages': { parts: { ...held.parts, 'bundle PACKAGES': 'q' } },
  'is read in another way': { parts: { 'own NAME': 'a', 'searches PACKAGES': 'r' } },
  'is gone': gone,
} as const;

/** What the index records if a product is in a state, and an event happens. */
const recorded: Readonly<
  Record<keyof typeof states, Readonly<Record<keyof typeof events, string | undefined>>>
> = {
  unknown: {
    'is listed': 'NEW 1',
    'is listed with another name': 'NEW 1',
    'is read unchanged': 'NEW 1',
    'is read with other packages': 'NEW 1',
    'is read in another way': 'NEW 1',
    'is gone': undefined,
  },
  named: {
    'is listed': undefined,
    'is listed with another name': 'CHANGED 1 NAME',
    'is read unchanged': undefined,
    // The packages were not known before, so they have not changed.
    'is read with other packages': undefined,
    'is read in another way': undefined,
    'is gone': 'GONE 1',
  },
  held: {
    'is listed': undefined,
    'is listed with another name': 'CHANGED 1 NAME',
    'is read unchanged': undefined,
    'is read with other packages': 'CHANGED 1 PACKAGES',
    'is read in another way': undefined,
    'is gone': 'GONE 1',
  },
  gone: {
    'is listed': 'NEW 1',
    'is listed with another name': 'NEW 1',
    'is read unchanged': 'NEW 1',
    'is read with other packages': 'NEW 1',
    'is read in another way': 'NEW 1',
    'is gone': undefined,
  },
};

describe('the recorded changes of a product', () => {
  for (const [state, given] of Object.entries(states))
    for (const [event, product] of Object.entries(events))
      it(`when it was ${state} and ${event}`, async () => {
        const { store } = await opened();
        let asOf = 1_000;
        for (const each of given) await store.write([productRows({ id: '1', asOf: (asOf += 1), ...each })]);
        const after = await headOf(store);
        await store.write([productRows({ id: '1', asOf: asOf + 1, ...product })]);
        const expected = recorded[state as keyof typeof states][event as keyof typeof events];
        expect(await read(store, { after })).toEqual(expected === undefined ? [] : [expected]);
      });

  it('are none if the same copy is stored again, with hashes of another version', async () => {
    const { store } = await opened();
    await store.write([productRows({ id: '1', parts: { 'own NAME': 'a' } })]);
    await store.write([productRows({ id: '1', parts: { 'own NAME': 'b' } })]);
    expect(await read(store)).toEqual(['NEW 1']);
  });

  it('are none if an older copy is stored', async () => {
    const { store } = await opened();
    await store.write([productRows({ id: '1', asOf: 2_000, parts: { 'own NAME': 'a' } })]);
    await store.write([productRows({ id: '1', asOf: 1_000, parts: { 'own NAME': 'b' } })]);
    expect(await read(store)).toEqual(['NEW 1']);
  });

  it('state when the product was first seen, also after it came back', async () => {
    const { store, clock } = await opened();
    const first = clock.now;
    await store.write([productRows({ id: '1', asOf: 1 })]);
    for (const [index, change] of [gone, held].entries()) {
      clock.now += day;
      await store.write([productRows({ id: '1', asOf: index + 2, ...change })]);
    }
    const { rows } = await store.changes({ first: 10 });
    expect(rows.map(({ kind, at, firstSeen }) => [kind, at - first, firstSeen])).toEqual([
      ['NEW', 0, first],
      ['GONE', day, first],
      ['NEW', 2 * day, first],
    ]);
  });
});

describe('the list of changes', () => {
  it('is read in pages, the oldest or the newest first, from a place or a time on', async () => {
    const { store, clock } = await opened();
    const first = clock.now;
    for (const id of ['1', '2', '3', '4', '5']) {
      await store.write([productRows({ id })]);
      clock.now += day;
    }
    const { rows, hasNext, head, total } = await store.changes({ first: 2, withTotal: true });
    expect({ rows: rows.map(told), hasNext, total }).toEqual({
      rows: ['NEW 1', 'NEW 2'],
      hasNext: true,
      total: 5,
    });
    const after = { ...head, offset: rows[1]?.offset ?? 0 };
    expect(await read(store, { after })).toEqual(['NEW 3', 'NEW 4', 'NEW 5']);
    expect(await read(store, { newestFirst: true, first: 2 })).toEqual(['NEW 5', 'NEW 4']);
    const before = { ...head, offset: rows[1]?.offset ?? 0 };
    expect(await read(store, { newestFirst: true, before })).toEqual(['NEW 1']);
    expect(await read(store, { since: first + 3 * day })).toEqual(['NEW 4', 'NEW 5']);
    expect(await read(store, { since: first + 3 * day, after: head })).toEqual([]);
    expect(await store.changes({ first: 1, since: first + 3 * day, withTotal: true })).toMatchObject({
      total: 2,
      hasNext: true,
    });
  });

  it('forgets changes after 90 days, and refuses places before them', async () => {
    const { store, clock } = await opened();
    clock.now += day;
    await store.write([productRows({ id: '1' })]);
    const [first, begun] = [await headOf(store), (await store.changes({ first: 0 })).recordedSince];
    await store.write([productRows({ id: '2' })]);
    const second = await headOf(store);
    clock.now += 90 * day + 1;
    await store.write([productRows({ id: '3' })]);
    expect(await read(store)).toEqual(['NEW 3']);
    expect(await store.changes({ first: 10, after: first })).toMatchObject({
      rows: [],
      hasNext: false,
      mustRefetch: 'FORGOTTEN',
    });
    const kept = await store.changes({ first: 10, after: second });
    expect({ ...kept, rows: kept.rows.map(told) }).toMatchObject({ rows: ['NEW 3'], mustRefetch: undefined });
    expect(kept.recordedSince).toBeGreaterThan(begun);
  });

  it('forgets the oldest changes if there are more than the size of the index allows', async () => {
    const { store } = await opened(1_000_000);
    const start = await headOf(store);
    for (let at = 0; at < 20; at += 1)
      await store.write(Array.from({ length: 60 }, (_, id) => productRows({ id: `${at}-${id}` })));
    const { rows, head } = await store.changes({ first: 2_000 });
    expect(rows.length).toBe(Math.floor(1_000_000 / 1_024));
    expect(rows.at(-1)?.offset).toBe(head.offset);
    expect(await store.changes({ first: 1, after: start })).toMatchObject({ mustRefetch: 'FORGOTTEN' });
  });

  it('has another handle after a purge, and all products are new', async () => {
    const { store } = await opened();
    await store.write([productRows({ id: '1' })]);
    const before = await headOf(store);
    await store.purge();
    const after = await headOf(store);
    expect(after.handle).not.toBe(before.handle);
    expect(after.offset).toBe(before.offset);
    await store.write([productRows({ id: '1' })]);
    expect(await store.changes({ first: 10, after: before })).toMatchObject({ mustRefetch: 'PURGED' });
    expect(await store.changes({ first: 10, before })).toMatchObject({ mustRefetch: 'PURGED' });
    expect(await read(store, { after })).toEqual(['NEW 1']);
  });

  it('refuses a place that it has not reached yet', async () => {
    const { store } = await opened();
    const { handle, offset } = await headOf(store);
    expect(await store.changes({ first: 1, after: { handle, offset: offset + 1 } })).toMatchObject({
      mustRefetch: 'AHEAD',
    });
  });

  it('is the same after the file is opened again', async () => {
    const options = { file: join(testFolder().path, 'index.sqlite'), identity: 'test' };
    const store = await openSqliteStore(options);
    await store.write([productRows({ id: '1' })]);
    const head = await headOf(store);
    await store.close();
    const again = await openSqliteStore(options);
    onTestFinished(() => again.close());
    expect(await headOf(again)).toEqual(head);
    expect(await read(again)).toEqual(['NEW 1']);
  });
});

describe('the hashes of a product’s parts', () => {
  const product = {
    resourceType: 'MedicinalProductDefinition',
    id: '1',
    meta: { versionId: '1' },
    status: { coding: [{ code: 'active' }] },
    name: [{ productName: 'A' }],
    indication: 'x',
  } as unknown as FhirResource;
  const recordsOf = (...types: readonly string[]) =>
    types.map((resourceType, index) => ({ resourceType, id: `${index}` }));

  it.each([
    ['a name', { name: [{ productName: 'B' }] }, ['NAME']],
    ['a status', { status: { coding: [{ code: 'retired' }] } }, ['STATUS']],
    ['a marketing status', { marketingStatus: [] }, ['STATUS']],
    ['another element', { indication: 'y' }, ['OTHER']],
    ['the version alone', { meta: { versionId: '2' } }, []],
    ['the narrative alone', { text: { status: 'generated' } }, []],
  ])('show the change of %s', (_what, change, parts) => {
    const next = { ...product, ...change } as FhirResource;
    expect(partsThatDiffer(ownHashes(product), ownHashes(next))).toEqual(parts);
  });

  it.each([
    ['PackagedProductDefinition', 'PACKAGES'],
    ['ManufacturedItemDefinition', 'PACKAGES'],
    ['Ingredient', 'INGREDIENTS'],
    ['SubstanceDefinition', 'INGREDIENTS'],
    ['RegulatedAuthorization', 'AUTHORIZATIONS'],
    ['ClinicalUseDefinition', 'OTHER'],
  ])('show a further %s as a change of %s', (type, part) => {
    const [before, now] = [recordsOf('Ingredient'), recordsOf('Ingredient', type)];
    expect(partsThatDiffer(restHashes(before, 'bundle'), restHashes(now, 'bundle'))).toEqual([part]);
  });

  it('do not depend on the order of records and members', () => {
    const records = [
      { resourceType: 'Ingredient', id: '1', role: { a: 1, b: [2, { c: 3, d: 4 }] } },
      { resourceType: 'Ingredient', id: '2' },
    ];
    const others = [
      { id: '2', resourceType: 'Ingredient' },
      { role: { b: [2, { d: 4, c: 3 }], a: 1 }, id: '1', resourceType: 'Ingredient' },
    ];
    expect(restHashes(others, 'bundle')).toEqual(restHashes(records, 'bundle'));
  });

  it('are not compared if the records were read in another way', () => {
    const [one, other] = [recordsOf('Ingredient'), recordsOf('Ingredient', 'Ingredient')];
    expect(partsThatDiffer(restHashes(one, 'bundle'), restHashes(other, 'searches'))).toEqual([]);
  });
});
