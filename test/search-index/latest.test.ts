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

it('derived data are computed once for simultaneous callers', async () => {
  const { latest } = source();
  expect(await Promise.all([latest.current(), latest.current(), latest.current()])).toEqual([1, 1, 1]);
});

it('derived data are computed again after a write', async () => {
  const { state, latest } = source();
  await latest.current();
  state.generation = 2;
  expect(await latest.ready()).toBeUndefined();
  expect(await latest.current()).toBe(2);
  expect(await latest.ready()).toBe(2);
});

it('derived data are computed again for a caller after a write during the computation', async () => {
  const { state, latest } = source();
  const before = latest.current();
  await Promise.resolve();
  await Promise.resolve();
  state.generation = 2;
  const after = latest.current();
  expect(await Promise.all([before, after])).toEqual([1, 2]);
});

it('derived data are used for twenty times as long as they took, and then until the next data are ready', async () => {
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

it('derived data are awaited if the previous data are ten minutes old', async () => {
  const { state, latest } = source(150);
  await latest.current();
  state.generation = 2;
  vi.advanceTimersByTime(600_001);
  expect(await latest.current()).toBe(2);
});

it('derived data take a small share of the time if the computation is very slow', async () => {
  const { state, latest } = source(6_000);
  await latest.current();
  state.generation = 2;
  vi.advanceTimersByTime(119_000);
  expect(await latest.current()).toBe(1);
  expect(state.made).toBe(1);
});

it('derived data are not computed before the first call, and are computed again after a failure', async () => {
  const { state, latest } = source();
  expect(await latest.ready()).toBeUndefined();
  state.fails = true;
  await expect(latest.current()).rejects.toThrow('the store is closed');
  state.fails = false;
  expect(await latest.current()).toBe(2);
});

it('derived data are current on request, even if the computation is slow and recent', async () => {
  const { state, latest } = source(150);
  await latest.current();
  state.generation = 2;
  expect(await latest.current()).toBe(1);
  expect(await Promise.all([latest.renewed(), latest.renewed()])).toEqual([2, 2]);
  expect(await latest.current()).toBe(2);
  await latest.renewed();
  expect(state.made).toBe(2);
});

it('derived data are current on request, even after a write during the computation', async () => {
  const { state, latest } = source(150);
  const before = latest.current();
  await Promise.resolve();
  await Promise.resolve();
  state.generation = 2;
  expect(await Promise.all([before, latest.renewed()])).toEqual([1, 2]);
});
