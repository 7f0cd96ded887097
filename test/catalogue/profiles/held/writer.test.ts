/** The writer of the index, and records that are read during a write. */
import { expect, it } from 'vitest';
import { createKnown } from '../../../../src/catalogue/known/known.js';
import { createIndexWriter, type IndexWriter } from '../../../../src/catalogue/profiles/held/writer.js';
import { complete } from '../../../../src/catalogue/graph/relation.js';
import type { HeldProduct } from '../../../../src/search-index/search-index.js';
import { record } from '../../../facts/ingredient-records.js';

/** Queues products with the ids from 0 on. */
function noteProducts(writer: IndexWriter, count: number): void {
  const known = createKnown();
  const keys = Array.from({ length: count }, (_, id) => {
    const origin = { url: '', fetchedAt: new Date(1_000), stale: false };
    const key = known.hold(record('MedicinalProductDefinition', String(id)), origin);
    known.settleBundle(key, { keys: new Set([key]), state: complete });
    return key;
  });
  writer.note(keys, known);
}

it('the writer of the index stores the newest copy of a product that is read again during a write', async () => {
  const written: (readonly [string, number])[] = [];
  const ids = ['1', '2', '3'];
  const keys = ids.map((id) => `MedicinalProductDefinition/${id}`);
  const writer = createIndexWriter({
    index: {
      put: async (products: readonly HeldProduct[]) => {
        written.push(...products.map(({ id, asOf }) => [id, asOf.getTime()] as const));
      },
      putGone: async () => {},
    },
    onFault: (error) => {
      throw error;
    },
  });
  const readAt = (time: number): void => {
    const known = createKnown();
    for (const id of ids) {
      const origin = { url: '', fetchedAt: new Date(time), stale: false };
      const key = known.hold(record('MedicinalProductDefinition', id), origin);
      known.settleBundle(key, { keys: new Set([key]), state: complete });
    }
    writer.note(keys, known);
  };
  readAt(1_000);
  // The writer handles one product in each turn of the event loop: now it is in the middle of the batch.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  readAt(2_000);
  await writer.settled();
  expect(new Map(written)).toEqual(new Map(ids.map((id) => [id, 2_000])));
});

it('the writer of the index writes one batch of products at a time', async () => {
  let [underWay, most, written] = [0, 0, 0];
  const writer = createIndexWriter({
    index: {
      put: async (products: readonly HeldProduct[]) => {
        underWay += 1;
        most = Math.max(most, underWay);
        // The service reads other products during the write.
        for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        written += products.length;
        underWay -= 1;
      },
      putGone: async () => {},
    },
    onFault: (error) => {
      throw error;
    },
  });
  noteProducts(writer, 45);
  await writer.settled();
  expect({ most, written }).toEqual({ most: 1, written: 45 });
});

it('the writer of the index reports a fault of this program, and writes the next products', async () => {
  const [written, faults]: [string[], unknown[]] = [[], []];
  const writer = createIndexWriter({
    index: {
      put: async (products: readonly HeldProduct[]) => {
        const ids = products.map(({ id }) => id);
        if (ids.includes('0')) throw new TypeError('This record was not foreseen.');
        written.push(...ids);
      },
      putGone: async () => {},
    },
    onFault: (error) => void faults.push(error),
  });
  noteProducts(writer, 25);
  await writer.settled();
  expect(faults).toEqual([new TypeError('This record was not foreseen.')]);
  expect(written).toEqual(['20', '21', '22', '23', '24']);
});
