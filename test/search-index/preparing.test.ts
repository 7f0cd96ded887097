/** What searches need is there before anybody asks, and making it takes little of the time while much is written. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEngine } from '../../src/search-index/engine.js';
import { createPreparing } from '../../src/search-index/preparing.js';
import { openSqliteStore } from '../../src/search-index/store/open-sqlite-store.js';
import { facetFields } from '../../src/search-index/facets/facet.js';
import { productRows } from './store/rows.js';

describe('what is prepared', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is made once, a moment after several changes', async () => {
    const prepare = vi.fn<() => Promise<void>>(async () => undefined);
    const preparing = createPreparing(prepare);
    for (let change = 0; change < 5; change += 1) {
      preparing.changed();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(prepare).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    expect(prepare).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(prepare).toHaveBeenCalledTimes(1);
  });

  it('takes a twentieth of the time where changes never end, and is never made twice at once', async () => {
    let [running, most] = [0, 0];
    const prepare = vi.fn<() => Promise<void>>(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      running -= 1;
    });
    const preparing = createPreparing(prepare);
    for (let second = 0; second < 840; second += 1) {
      preparing.changed();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(most).toBe(1);
    // Every 42 seconds: 2 of work, and 40 in which it rests.
    expect(prepare).toHaveBeenCalledTimes(20);
  });

  it('has what came while it was made the next time, also where it failed', async () => {
    const prepare = vi.fn<() => Promise<void>>(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      throw new Error('broken');
    });
    const preparing = createPreparing(prepare);
    preparing.changed();
    await vi.advanceTimersByTimeAsync(1_050);
    preparing.changed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(prepare).toHaveBeenCalledTimes(2);
  });

  it('is not made once it is stopped, whatever changes', async () => {
    const prepare = vi.fn<() => Promise<void>>(async () => undefined);
    const preparing = createPreparing(prepare);
    preparing.changed();
    preparing.stop();
    preparing.changed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(prepare).not.toHaveBeenCalled();
  });
});

describe('facets of all fields', () => {
  async function counting(pauseMs: number) {
    const store = await openSqliteStore({ file: undefined, identity: 'test' });
    onTestFinished(() => store.close());
    const told = vi.spyOn(store, 'told');
    const engine = createEngine(store, { pauseMs });
    await engine.write([productRows()]);
    const ask = () =>
      engine.facets({
        fields: facetFields,
        filter: {},
        first: 3,
        typos: true,
        mayLackWords: false,
      });
    return { told, ask };
  }

  it('read no row once they are prepared, and those that nobody has prepared do', async () => {
    const never = await counting(2 ** 30);
    await never.ask();
    const columns = never.told.mock.calls.map(([column]) => column);
    expect(columns.length).toBeGreaterThanOrEqual(facetFields.length);

    const { told, ask } = await counting(1);
    await vi.waitFor(() =>
      expect(told.mock.calls.map(([column]) => column)).toEqual(expect.arrayContaining(columns)),
    );
    told.mockClear();
    await ask();
    expect(told).not.toHaveBeenCalled();
  });
});
