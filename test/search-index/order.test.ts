/** The order of products, with several callers at the same time. */
import { expect, it } from 'vitest';
import { createOrder } from '../../src/search-index/order.js';
import { openSqliteStore } from '../../src/search-index/store/open-sqlite-store.js';
import { productRows } from './store/rows.js';

it('simultaneous callers get products in the same order while the order is still being read', async () => {
  const store = await openSqliteStore({ file: undefined, identity: 'test' });
  const names = { '1': 'C', '2': 'B', '3': 'A' };
  await store.write(
    Object.entries(names).map(([id, name]) =>
      productRows({ id, rows: [{ part: 'sort NAME', record: 0, shape: JSON.stringify([name]) }] }),
    ),
  );
  let release = (): void => undefined;
  const isHeldUp = new Promise<void>((resolve) => (release = resolve));
  const order = createOrder({
    ...store,
    async told(...given) {
      await isHeldUp;
      return store.told(...given);
    },
  });
  const all = new Set(await store.all());
  const sort = { by: 'NAME', isDescending: false, language: 'en' } as const;
  const asked = [1, 2].map(() => order.rows(all, { sort, first: 3 }));
  // By then the second caller reads the rows itself, or uses the result of the first.
  await new Promise((resolve) => setTimeout(resolve, 20));
  release();
  for (const { rows } of await Promise.all(asked)) expect(rows.map(({ id }) => id)).toEqual(['3', '2', '1']);
  await store.close();
});
