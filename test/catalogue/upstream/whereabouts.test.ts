/**
 * The product with which a record was seen: shared with all replicas, refreshed while the record is read, and forgotten once
 * the record is gone.
 */
import { expect, it } from 'vitest';
import { createWhereabouts } from '../../../src/catalogue/upstream/whereabouts.js';
import { createMemoryStore } from '../../../src/store/memory-store.js';

const base = 'https://pms.example/v1';
const pack = 'PackagedProductDefinition/1';
const [one, other] = ['MedicinalProductDefinition/1', 'MedicinalProductDefinition/2'];

it('the product of a linked record, once stored, is found by all replicas with the same upstream', async () => {
  const store = createMemoryStore();
  const first = createWhereabouts({ store, base });
  first.note(one, [one, pack]);
  await first.settled();
  expect(first.of(pack)).toBe(one);
  expect(first.of(one)).toBeUndefined();
  const second = createWhereabouts({ store, base });
  expect(second.of(pack)).toBeUndefined();
  expect(await second.find([pack, one])).toEqual(new Map([[pack, one]]));
  expect(second.of(pack)).toBe(one);
  expect(await createWhereabouts({ store, base: `${base}/b` }).find([pack])).toEqual(new Map());
});

it('the product of a linked record can be removed for all replicas, and replaced by another product', async () => {
  const store = createMemoryStore();
  const first = createWhereabouts({ store, base });
  first.note(one, [pack]);
  await first.settled();
  first.note(other, [pack]);
  expect(first.of(pack)).toBe(one);
  first.forget(one, pack);
  expect(await createWhereabouts({ store, base }).find([pack])).toEqual(new Map());
  first.note(other, [pack]);
  await first.settled();
  expect(await createWhereabouts({ store, base }).find([pack])).toEqual(new Map([[pack, other]]));
});

it('the product of a linked record is stored again after a day, in case the store has lost it', async () => {
  let now = 0;
  const lost = createMemoryStore();
  const stores = { store: lost };
  const first = createWhereabouts({
    store: { ...lost, set: (...given) => stores.store.set(...given) },
    base,
    now: () => now,
  });
  first.note(one, [pack]);
  await first.settled();
  stores.store = createMemoryStore();
  first.note(one, [pack]);
  await first.settled();
  expect(await createWhereabouts({ store: stores.store, base }).find([pack])).toEqual(new Map());
  now += 24 * 3_600_000;
  first.note(one, [pack]);
  await first.settled();
  expect(await createWhereabouts({ store: stores.store, base }).find([pack])).toEqual(new Map([[pack, one]]));
});
