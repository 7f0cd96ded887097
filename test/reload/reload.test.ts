/** Files that are read again while the service runs: when they change, and on demand. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExitError } from '../../src/errors.js';
import { createLog, type Log, type LogEvent, type LogFields } from '../../src/log.js';
import { fileStamp } from '../../src/reload/file-stamp.js';
import { startReload, type Reload } from '../../src/reload/reload.js';
import type { Reloadable } from '../../src/reload/reloadable.js';
import { testFolder } from '../support/folder.js';

let told: (readonly [LogEvent, LogFields['reloaded']])[] = [];
let reload: Reload | undefined;
const note = (event: LogEvent, fields?: LogFields): void => void told.push([event, fields?.reloaded]);
const log: Log = { debug: note, info: note, warn: note, error: note };

beforeEach(() => {
  told = [];
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  reload?.stop();
  vi.useRealTimers();
});

/** A file that tests change, with the number of times that it was read. */
function part(name: Reloadable['name']) {
  const state = { text: 'first', isBad: false, loads: 0 };
  const reloadable: Reloadable = {
    name,
    stamp: () => state.text,
    async load() {
      state.loads += 1;
      if (state.isBad) throw new ExitError('config', 'The file is wrong.');
    },
  };
  return { state, reloadable };
}

/** Lets the next check run, with everything that it starts. */
async function check(): Promise<void> {
  vi.advanceTimersByTime(1_000);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('the reload', () => {
  it('reads only what has changed, once for each change', async () => {
    const [documents, terms] = [part('documents'), part('terms')];
    reload = startReload([documents.reloadable, terms.reloadable], log);
    await check();
    expect(told).toEqual([]);
    terms.state.text = 'second';
    await check();
    await check();
    expect([documents.state.loads, terms.state.loads]).toEqual([0, 1]);
    expect(told).toEqual([['reload.done', 'terms']]);
  });

  it('reads everything on demand, changed or not, and goes on after a fault', async () => {
    const [documents, terms, secrets] = [part('documents'), part('terms'), part('secrets')];
    reload = startReload(
      [documents, terms, secrets].map(({ reloadable }) => reloadable),
      log,
    );
    terms.state.isBad = true;
    await reload.now();
    await reload.now();
    const once = [
      ['reload.done', 'documents'],
      ['reload.failed', 'terms'],
      ['reload.done', 'secrets'],
    ];
    expect(told).toEqual([...once, ...once]);
  });

  it('tells a fault once for each change, until the file is right', async () => {
    const { state, reloadable } = part('documents');
    reload = startReload([reloadable], log);
    state.isBad = true;
    for (const text of ['bad', 'bad', 'worse', 'worse']) {
      state.text = text;
      await check();
    }
    state.isBad = false;
    state.text = 'right';
    await check();
    expect(told.map(([event]) => event)).toEqual(['reload.failed', 'reload.failed', 'reload.done']);
  });

  it('runs one reload after the other', async () => {
    const order: string[] = [];
    let goOn: () => void = () => undefined;
    const slow: Reloadable = {
      name: 'documents',
      stamp: () => 'x',
      async load() {
        order.push('begins');
        await new Promise<void>((resolve) => (goOn = resolve));
        order.push('ends');
      },
    };
    reload = startReload([slow], log);
    const both = [reload.now(), reload.now()];
    await check();
    expect(order).toEqual(['begins']);
    goOn();
    await both[0];
    await check();
    goOn();
    await both[1];
    expect(order).toEqual(['begins', 'ends', 'begins', 'ends']);
  });

  it('notices that a file was written, replaced or deleted', () => {
    const folder = testFolder();
    const file = folder.write('a', 'one');
    const stamps = [fileStamp(file)];
    folder.write('a', 'other');
    stamps.push(fileStamp(file), fileStamp(`${file}/below`), fileStamp(`${file}-none`));
    expect(new Set(stamps).size).toBe(4);
    expect(stamps.at(-1)).toBe('none');
  });
});

it('the log says what could not be read again, in one line', async () => {
  const lines: string[] = [];
  const { state, reloadable } = part('secrets');
  state.isBad = true;
  reload = startReload([reloadable], createLog('info', { write: (line: string) => void lines.push(line) }));
  await reload.now();
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'error',
    event: 'reload.failed',
    reloaded: 'secrets',
    error: { message: 'The file is wrong.' },
    advice: expect.stringMatching(/stays in use/),
  });
});
