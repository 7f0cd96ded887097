/** Clients take turns in the thread of the index: however many calls one client sends, it delays others by one call only. */
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLatest } from '../../src/search-index/latest.js';
import { eachInTurn } from '../../src/search-index/turns.js';
import { checkTime, withinTime } from '../../src/search-index/time-limit.js';
import { callWorker, noLoad } from '../../src/search-index/worker-host.js';

interface Call {
  readonly id: number;
  readonly values: readonly unknown[];
}

/** Starts a simulated thread that answers on command and records its calls. */
function startThread(mostWaiting?: number) {
  const events = new EventEmitter();
  const underWay: Call[] = [];
  const thread = {
    on: events.on.bind(events),
    postMessage: (call: Call) => void underWay.push(structuredClone(call)),
  } as unknown as Worker;
  const load = noLoad();
  const methodsFor = callWorker<{ ask(what: unknown): Promise<unknown> }>(thread, {
    load,
    ...(mostWaiting !== undefined && { mostWaiting }),
  });
  return {
    load,
    ask: (client: string | undefined, what: unknown) => methodsFor(client).ask(what),
    underWay: () => underWay.map(({ values }) => values[0]),
    /** Answers the oldest call. */
    async answer() {
      const call = underWay.shift();
      events.emit('message', { id: call?.id, value: call?.values[0] });
      await setImmediate();
      return call?.values[0];
    },
    end: () => events.emit('exit', 1),
  };
}

it('a client with 90 waiting index calls delays other clients by at most one call', async () => {
  const { ask, answer, underWay } = startThread();
  const many = Array.from({ length: 90 }, (_, at) => ask('greedy', `greedy ${at}`));
  const others = ['b', 'c'].flatMap((client) => [1, 2].map((at) => ask(client, `${client} ${at}`)));
  expect(underWay()).toEqual(['greedy 0', 'b 1', 'c 1']);
  const order: unknown[] = [];
  while (underWay().length > 0) order.push(await answer());
  expect(order.slice(0, 6)).toEqual(['greedy 0', 'b 1', 'c 1', 'greedy 1', 'b 2', 'c 2']);
  expect(await Promise.all(many)).toEqual(order.filter((each) => String(each).startsWith('greedy')));
  expect(await Promise.all(others)).toEqual(['b 1', 'b 2', 'c 1', 'c 2']);
});

it('index calls of the service itself do not wait for calls of clients', () => {
  const { ask, underWay } = startThread();
  void ask('a', 'a 1');
  void ask('a', 'a 2');
  void ask(undefined, 'own 1');
  void ask(undefined, 'own 2');
  expect(underWay()).toEqual(['a 1', 'own 1', 'own 2']);
});

it('when the queue of index calls is full, the latest call of the client with most calls is refused', async () => {
  const { ask, answer, load, underWay } = startThread(4);
  const greedy = [1, 2, 3, 4].map((at) => ask('greedy', `greedy ${at}`));
  const settled = Promise.allSettled(greedy);
  const other = ask('other', 'other');
  const own = ask(undefined, 'own');
  await expect(ask('greedy', 'one more')).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(load).toMatchObject({ waiting: 4, calls: 7, refused: 3 });
  while (underWay().length > 0) await answer();
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  expect(await Promise.all([other, own])).toEqual(['other', 'own']);
  expect(load.waiting).toBe(0);
});

it('when every client has one index call in the queue, one more call is refused', async () => {
  const { ask, load } = startThread(2);
  void ask('a', 1);
  void ask('b', 2);
  await expect(ask('c', 3)).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(load).toMatchObject({ waiting: 2, refused: 1 });
});

it('an index call that cannot be sent does not delay later calls', async () => {
  const { ask, answer, underWay } = startThread();
  const first = ask('a', 1);
  const bad = ask('a', () => 'no');
  const last = ask('a', 3);
  const settled = Promise.allSettled([bad]);
  await answer();
  expect(await settled).toMatchObject([{ status: 'rejected', reason: { name: 'DataCloneError' } }]);
  expect(underWay()).toEqual([3]);
  await answer();
  expect(await Promise.all([first, last])).toEqual([1, 3]);
});

it('all waiting index calls fail with INDEX_UNAVAILABLE when the worker thread ends', async () => {
  const { ask, end } = startThread();
  const all = Promise.allSettled([1, 2, 3].map((at) => ask('a', at)));
  end();
  for (const each of await all)
    expect(each).toMatchObject({ status: 'rejected', reason: { code: 'INDEX_UNAVAILABLE' } });
});

/** A simulated clock: on a busy machine the real clock would advance between the steps of a test. */
let now = 0;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Advances the clock, as if the thread were busy. */
function busyFor(milliseconds: number): void {
  now += milliseconds;
}

it('an index query ends soon after its time limit, and other queries continue', async () => {
  let steps = 0;
  const long = withinTime(30, () =>
    eachInTurn(Array.from({ length: 1_000 }), () => {
      steps += 1;
      busyFor(11);
    }),
  );
  await expect(long).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(steps).toBe(3);
  expect(await withinTime(1_000, () => eachInTurn([1], () => undefined))).toBe(true);
  // Work outside of clients' queries has no time limit.
  busyFor(40);
  expect(() => checkTime()).not.toThrow();
});

it('the time limit of an index query is extended for each other running query', async () => {
  const own = { limitMs: 300, steps: 4, stepMs: 50 };
  const query = () =>
    withinTime(own.limitMs, () => eachInTurn(Array.from({ length: own.steps }), () => busyFor(own.stepMs)));
  expect(await Promise.all([query(), query()])).toEqual([true, true]);
});

it('the computation of shared data has no time limit, and is not charged to a client’s query', async () => {
  let made = 0;
  const latest = createLatest({ generation: async () => 1 }, async () => {
    for (let step = 0; step < 3; step += 1) {
      busyFor(30);
      await setImmediate();
      checkTime();
    }
    return (made += 1);
  });
  const query = () =>
    withinTime(40, async () => {
      const found = await latest.current();
      checkTime();
      return found;
    });
  expect(await Promise.all([query(), query()])).toEqual([1, 1]);
  expect(await query()).toBe(1);
});
