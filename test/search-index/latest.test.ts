/** What is worked out of all rows: made once for all who ask, anew after a write, and seldom where it takes long. */
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

it('is made once, however many ask at the same time', async () => {
  const { latest } = source();
  expect(await Promise.all([latest.current(), latest.current(), latest.current()])).toEqual([1, 1, 1]);
});

it('is made anew after a write', async () => {
  const { state, latest } = source();
  await latest.current();
  state.generation = 2;
  expect(await latest.ready()).toBeUndefined();
  expect(await latest.current()).toBe(2);
  expect(await latest.ready()).toBe(2);
});

it('is good for a minute where it took long', async () => {
  const { state, latest } = source(150);
  await latest.current();
  state.generation = 2;
  expect(await latest.current()).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(await latest.current()).toBe(2);
});

it('is not there before it was asked for, and asked for again after a failure', async () => {
  const { state, latest } = source();
  expect(await latest.ready()).toBeUndefined();
  state.fails = true;
  await expect(latest.current()).rejects.toThrow('the store is closed');
  state.fails = false;
  expect(await latest.current()).toBe(2);
});
