/**
 * The data that searches derive from all rows are computed before the first search, and before the index counts as complete.
 */
import { expect, it, onTestFinished, vi } from 'vitest';
import { createEngine } from '../../src/search-index/engine.js';
import { facetFields } from '../../src/search-index/facets/facet.js';
import { createSearchIndex } from '../../src/search-index/search-index.js';
import { openSqliteStore } from '../../src/search-index/store/open-sqlite-store.js';
import { productRows } from './store/rows.js';

async function filled() {
  const store = await openSqliteStore({ file: undefined, identity: 'test' });
  onTestFinished(() => store.close());
  const told = vi.spyOn(store, 'told');
  const engine = createEngine(store);
  await engine.write([productRows()]);
  const count = () =>
    engine.facets({ fields: facetFields, filter: {}, first: 3, typos: true, mayLackWords: false });
  const suggest = () => engine.suggest({ text: 'a', first: 3, mayLackWords: false });
  return { store, told, engine, count, suggest };
}

it('facets and suggestions that were prepared in advance read no index rows', async () => {
  const { told, engine, count, suggest } = await filled();
  await count();
  expect(told.mock.calls.length).toBeGreaterThanOrEqual(facetFields.length);

  await engine.write([productRows({ id: '600000000002' })]);
  await engine.prepare();
  told.mockClear();
  const [facet] = await count();
  await suggest();
  expect(told).not.toHaveBeenCalled();
  expect(facet).toMatchObject({ field: 'ATC', missing: 2 });
});

it('an index counts as complete only when facets and suggestions are prepared', async () => {
  const { engine } = await filled();
  const index = await createSearchIndex(() => engine);
  const whole = { asOf: Date.now(), total: 1, listed: 1, gaps: [] };
  // A failed expectation inside `prepare` would be ignored, so the values are collected and checked afterwards.
  const seen: boolean[] = [];
  const prepare = vi.spyOn(engine, 'prepare').mockImplementation(async () => {
    seen.push((await index.refreshed()).complete);
  });
  await index.enumerated(whole);
  expect(seen).toEqual([false]);
  expect(index.coverage.complete).toBe(true);

  prepare.mockRejectedValue(new Error('broken'));
  await expect(index.enumerated(whole)).resolves.toBeUndefined();
  await index.enumerated(undefined);
  expect(prepare).toHaveBeenCalledTimes(2);
  expect(index.coverage.complete).toBe(false);
});
