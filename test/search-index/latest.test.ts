/**
 * Data derived from all rows of the index: computed once for all callers and again after a write, but less often if the
 * computation is slow.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLatest } from '../../src/search-index/latest.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function source(tookMs = 0) {
  const state = { generation: 1, made: 0, fails: false };
  const latest = createLatest({ generation: async () => state.generation }, async () => {
    await Promise.resolve();
    vi.advanceTimersByTime(tookMs);
    state.made += 1;
    if (state.fails) throw new Error('the store is closed');
    return state.made;
  });
  return { state, latest };
}

it('data derived from the index are computed once for simultaneous callers', async () => {
  const { latest } = source();
  expect(await Promise.all([latest.current(), latest.current(), latest.current()])).toEqual([1, 1, 1]);
});

it('data derived from the index are computed again after a write', async () => {
  const { state, latest } = source();
  await latest.current();
  state.generation = 2;
  expect(await latest.ready()).toBeUndefined();
  expect(await latest.current()).toBe(2);
  expect(await latest.ready()).toBe(2);
});

it('data derived from the index are computed again after a write during their computation', async () => {
  const { state, latest } = source();
  const before = latest.current();
  await Promise.resolve();
  await Promise.resolve();
  state.generation = 2;
  const after = latest.current();
  expect(await Promise.all([before, after])).toEqual([1, 2]);
});

it('data derived from the index are used for 20 times their computation time, and then until newer data are ready', async () => {
  const { state, latest } = source(150);
  await latest.current();
  state.generation = 2;
  vi.advanceTimersByTime(2_900);
  expect(await latest.ready()).toBe(1);
  expect(await latest.current()).toBe(1);
  expect(state.made).toBe(1);
  vi.advanceTimersByTime(100);
  expect(await latest.ready()).toBeUndefined();
  expect(await latest.current()).toBe(1);
  await vi.waitFor(() => expect(state.made).toBe(2));
  expect(await latest.current()).toBe(2);
});

it('a caller waits for new derived data if the previous data are ten minutes old', async () => {
  const { state, latest } = source(150);
  await latest.current();
  state.generation = 2;
  vi.advanceTimersByTime(600_001);
  expect(await latest.current()).toBe(2);
});

it('a very slow computation of derived data takes only a small share of the time', async () => {
  const { state, latest } = source(6_000);
  await latest.current();
  state.generation = 2;
  vi.advanceTimersByTime(119_000);
  expect(await latest.current()).toBe(1);
  expect(state.made).toBe(1);
});

it('data derived from the index are computed at the first call, and again after a failure', async () => {
  const { state, latest } = source();
  expect(await latest.ready()).toBeUndefined();
  state.fails = true;
  await expect(latest.current()).rejects.toThrow('the store is closed');
  state.fails = false;
  expect(await latest.current()).toBe(2);
});

it('a caller that requires current derived data gets them, even if older ones were computed recently', async () => {
  const { state, latest } = source(150);
  await latest.current();
  state.generation = 2;
  expect(await latest.current()).toBe(1);
  expect(await Promise.all([latest.renewed(), latest.renewed()])).toEqual([2, 2]);
  expect(await latest.current()).toBe(2);
  await latest.renewed();
  expect(state.made).toBe(2);
});

it('a caller that requires current derived data gets them, even after a write during the computation', async () => {
  const { state, latest } = source(150);
  const before = latest.current();
  await Promise.resolve();
  await Promise.resolve();
  state.generation = 2;
  expect(await Promise.all([before, latest.renewed()])).toEqual([1, 2]);
});
