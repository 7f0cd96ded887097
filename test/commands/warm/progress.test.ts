/** The stored progress of a run, with which the next run continues. */
import { describe, expect, test } from 'vitest';
import { openProgress } from '../../../src/commands/warm/progress.js';
import { createMemoryStore } from '../../../src/store/memory-store.js';
import type { Store } from '../../../src/store/store.js';

const subject = ['https://pms.example/v1', '1', '2'];
const day = 24 * 3_600_000;

describe('the stored progress of the command `warm`', () => {
  test('is used only by a later run with the same arguments', async () => {
    const store = createMemoryStore();
    const first = await openProgress({ store, subject, restart: false });
    expect(await first.isDone('1')).toBe(false);
    expect(await first.done('1')).toBe(true);
    const next = await openProgress({ store, subject, restart: false });
    expect([await next.isDone('1'), await next.isDone('2')]).toEqual([true, false]);
    const other = await openProgress({ store, subject: [...subject, '3'], restart: false });
    expect(await other.isDone('1')).toBe(false);
  });

  test('is shared by all simultaneous runs with the same arguments', async () => {
    const store = createMemoryStore();
    const [one, other] = await Promise.all(
      [1, 2].map(() => openProgress({ store, subject, restart: false })),
    );
    await one?.done('1');
    expect(await other?.isDone('1')).toBe(true);
  });

  test('ends when a run clears it or starts anew, or after a day', async () => {
    let now = 0;
    const store = createMemoryStore({ now: () => now });
    const first = await openProgress({ store, subject, restart: false });
    await first.done('1');
    const anew = await openProgress({ store, subject, restart: true });
    expect(await anew.isDone('1')).toBe(false);
    await anew.done('1');
    await anew.clear();
    const cleared = await openProgress({ store, subject, restart: false });
    expect(await cleared.isDone('1')).toBe(false);
    await cleared.done('1');
    now += day;
    expect(await (await openProgress({ store, subject, restart: false })).isDone('1')).toBe(false);
  });

  test('is reported as not stored if the shared store fails', async () => {
    const full: Store = { ...createMemoryStore(), set: async () => undefined };
    expect(await (await openProgress({ store: full, subject, restart: false })).done('1')).toBe(false);
  });

  test('has keys that do not contain the arguments', async () => {
    const store = createMemoryStore();
    const names: string[] = [];
    const watched: Store = {
      ...store,
      set: (key, ...rest) => {
        names.push(key);
        return store.set(key, ...rest);
      },
      add: (key, ...rest) => {
        names.push(key);
        return store.add(key, ...rest);
      },
    };
    const progress = await openProgress({
      store: watched,
      subject: ['https://pms.example/v1', 'a name'],
      restart: false,
    });
    await progress.done('600000000001');
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^pms-graphql:warm:\{[0-9a-f]{32}\}:(run|done)$/);
  });
});
