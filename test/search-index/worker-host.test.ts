import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { PmsError } from '../../src/errors.js';
import { IndexError } from '../../src/search-index/store/index-error.js';
import type { IndexStore } from '../../src/search-index/store/index-store.js';
import { callWorker, noLoad, type CallOptions } from '../../src/search-index/worker-host.js';
import { bytes, noise, productRows } from './store/rows.js';

const built = (file: string): string => JSON.stringify(pathToFileURL(join('dist', file)).href);

/** Starts a worker whose methods are the properties of an object, given as source text. */
function start<Methods extends object>(methods: string, options?: CallOptions): [Methods, Worker] {
  const source = `
    import { serveFromWorker } from ${built('search-index/worker-host.js')};
    import { openSqliteStore } from ${built('search-index/store/open-sqlite-store.js')};
    import { IndexError } from ${built('search-index/store/index-error.js')};
    import { PmsError } from ${built('errors.js')};
    serveFromWorker(${methods});`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  onTestFinished(async () => void (await worker.terminate()));
  return [callWorker<Methods>(worker, options)(undefined), worker];
}

interface Sums {
  add(a: number, b: number): Promise<number>;
  later(value: unknown): Promise<unknown>;
  never(): Promise<void>;
  missing(): Promise<void>;
}

const sums = `{
  add: async (a, b) => a + b,
  later: (value) => new Promise((resolve) => setTimeout(() => resolve(value), 50)),
  never: () => new Promise(() => {}),
}`;

it('a worker thread answers a short call before an earlier long call', async () => {
  const [worker] = start<Sums>(sums);
  const order: string[] = [];
  const calls = [
    worker.later('long').then(() => order.push('long')),
    worker.add(1, 2).then((sum) => order.push(`${sum}`)),
  ];
  await Promise.all(calls);
  expect(order).toEqual(['3', 'long']);
});

it('a worker object can be returned from an async function', async () => {
  const [worker] = start<Sums>(sums);
  expect(await (await Promise.resolve(worker)).add(2, 3)).toBe(5);
});

it('a worker thread receives and returns bytes, lists and maps unchanged', async () => {
  const [worker] = start<Sums>(sums);
  const value = {
    small: Buffer.from('pooled'),
    part: noise(100, 1).subarray(10, 20),
    whole: noise(100_000, 2),
    numbers: Int32Array.of(1, -1),
    map: new Map([['a', { own: bytes('own'), rest: undefined }]]),
    nothing: null,
    list: [1, 'a', null, new Uint8Array()],
  };
  const got = (await worker.later(value)) as typeof value;
  expect({ ...got, small: Buffer.from(got.small) }).toEqual(value);
  // The caller still has its buffer.
  expect(value.whole.length).toBe(100_000);
});

it('a worker thread receives a buffer that occurs twice in the arguments', async () => {
  const [worker] = start<{ twice(): Promise<readonly Uint8Array[]> }>(
    '{ twice: async () => { const one = new Uint8Array([1, 2]); return [one, one, null, [one]]; } }',
  );
  expect(await worker.twice()).toEqual([
    Uint8Array.of(1, 2),
    Uint8Array.of(1, 2),
    null,
    [Uint8Array.of(1, 2)],
  ]);
});

it('a call to a worker thread is rejected with the error that the method throws', async () => {
  interface Failing {
    pms(): Promise<void>;
    index(): Promise<void>;
    other(): Promise<void>;
    thing(): Promise<void>;
    strange(): Promise<void>;
    toString(): Promise<string>;
    missing(): Promise<void>;
  }
  const [worker] = start<Failing>(`{
    pms: async () => { throw new PmsError('INDEX_UNAVAILABLE', 'There is no room.', { cause: new Error('secret') }); },
    index: async () => { throw new IndexError('newer', 'It is newer.'); },
    other: async () => { throw new TypeError('A mistake.'); },
    thing: async () => { throw 'a word'; },
    strange: async () => () => 'what cannot be copied',
  }`);
  const pms: unknown = await worker.pms().catch((error: unknown) => error);
  expect(pms).toBeInstanceOf(PmsError);
  expect(pms).toMatchObject({ code: 'INDEX_UNAVAILABLE', message: 'There is no room.' });
  const index: unknown = await worker.index().catch((error: unknown) => error);
  expect(index).toBeInstanceOf(IndexError);
  expect(index).toMatchObject({ kind: 'newer', exitCode: 78, message: 'It is newer.' });
  await expect(worker.other()).rejects.toMatchObject({ message: 'A mistake.' });
  await expect(worker.thing()).rejects.toMatchObject({ message: 'a word' });
  await expect(worker.strange()).rejects.toMatchObject({
    message: expect.stringMatching(/cloned/) as unknown,
  });
  await expect(worker.missing()).rejects.toMatchObject({ message: 'The worker has no method missing.' });
  await expect(worker.toString()).rejects.toMatchObject({ message: 'The worker has no method toString.' });
});

it('a call to a worker thread is refused if the maximum number of calls is waiting', async () => {
  const [worker] = start<Sums>(sums, { mostWaiting: 3 });
  const waiting = [worker.later(1), worker.later(2), worker.later(3)];
  await expect(worker.add(1, 1)).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
  expect(await worker.add(1, 1)).toBe(2);
});

it('a call to a worker thread is refused if its arguments cannot be copied', async () => {
  const [worker] = start<Sums>(sums, { mostWaiting: 1 });
  await expect(worker.later(() => 1)).rejects.toMatchObject({ name: 'DataCloneError' });
  expect(await worker.add(1, 1)).toBe(2);
});

const ended = { code: 'INDEX_UNAVAILABLE', message: 'The index has been shut down.' };

it.each([
  ['ends', 'process.exit(3)'],
  ['throws an error', `throw new Error('on its own')`],
])(
  'waiting and later calls are rejected with INDEX_UNAVAILABLE once the worker thread %s',
  async (_, act) => {
    const [worker] = start<Sums>(`{
    never: () => new Promise(() => {}),
    add: async () => { setTimeout(() => { ${act}; }, 20); return 0; },
  }`);
    // On a busy machine the worker may have ended before the next call is answered.
    const settled = Promise.allSettled([worker.never(), worker.never()]);
    await worker.add(1, 1);
    for (const each of await settled) expect(each).toMatchObject({ status: 'rejected', reason: ended });
    await expect(worker.add(1, 1)).rejects.toMatchObject(ended);
  },
);

it('calls are rejected if the worker thread cannot start', async () => {
  const worker = new Worker(new URL('data:text/javascript,import "./nowhere.js"'));
  const calls = callWorker<Sums>(worker)(undefined);
  await expect(calls.add(1, 1)).rejects.toMatchObject(ended);
  if (worker.threadId !== -1) await once(worker, 'exit');
});

it('a worker thread can run the store of the index', async () => {
  const [store, worker] = start<IndexStore>(`await openSqliteStore({ file: undefined, identity: 'test' })`);
  await store.write([
    productRows({ rest: noise(50_000, 1), rows: [{ part: 'name', record: 1, shape: 'a' }] }),
    productRows({ id: '2' }),
  ]);
  const [shape] = await store.shapes('name', 0);
  expect(await store.postings('name', [shape?.number ?? 0])).toEqual(Int32Array.of(1, 1));
  const details = await store.details(['600000000001', '2']);
  expect(details.get('600000000001')?.rest).toEqual(noise(50_000, 1));
  expect(await store.status()).toMatchObject({ products: 2, place: 'memory' });
  const exit = once(worker, 'exit');
  await store.close();
  await worker.terminate();
  expect(await exit).toEqual([1]);
});

it('a worker thread reports its waiting, answered and refused calls, and its busy seconds', async () => {
  const load = noLoad();
  const [worker] = start<Sums>(sums, { load, mostWaiting: 1 });
  const later = worker.later('x');
  expect(load).toMatchObject({ waiting: 1, calls: 1, refused: 0 });
  await expect(worker.add(1, 1)).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(await later).toBe('x');
  expect(load).toMatchObject({ waiting: 0, calls: 2, refused: 1 });
  expect(load.seconds).toBeGreaterThan(0);
});
