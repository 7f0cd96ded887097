/** The progress of a run, as text. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { show } from '../../../src/commands/warm/show.js';
import { bar, duration, line, summary, type Tally } from '../../../src/commands/warm/tally.js';

const tally: Tally = {
  all: 500,
  isFinding: false,
  warmed: 100,
  before: 24,
  failed: 1,
  failures: [{ what: '600000000009', code: 'UPSTREAM_TIMEOUT' }],
  requests: 120,
  cacheHits: 3,
};

const nothing = { ms: 0, products: 0, requests: 0 };

describe('the printed progress of the command `warm`', () => {
  test('is a progress bar on a terminal', () => {
    expect(bar(tally, { ms: 15_000, products: 50, requests: 60 })).toBe(
      '[######------------------] 125 of 500 products · 120 requests, 240/min · 1 failed · 1 min 53 s left',
    );
  });

  test('shows no remaining time before the first result', () => {
    const fresh = { ...tally, warmed: 0, failed: 0, failures: [], requests: 0 };
    expect(line(fresh, nothing)).toBe('24 of 500 products · 0 requests, 0/min');
    expect(line({ ...fresh, isFinding: true }, nothing)).toBe('500 products found so far');
    expect(bar({ ...fresh, all: 0, before: 0 }, nothing)).toMatch(/^\[-{24}\] 0 of 0 products/);
  });

  test('ends with a summary that lists each failure with its error code', () => {
    expect(summary(tally, 125_000)).toBe(
      '100 of 500 products warmed in 2 min 5 s: 120 requests, 3 cache hits; an earlier run warmed 24 (--restart starts again with the first product)\n' +
        '1 failed; run the same command again to retry them:\n  600000000009 UPSTREAM_TIMEOUT\n',
    );
  });

  test.each([
    [400, '0 s'],
    [59_600, '1 min 0 s'],
    [3_600_000, '1 h 0 min'],
    [93_784_000, '26 h 3 min'],
  ])('prints a duration of %i ms as "%s"', (ms, told) => expect(duration(ms)).toBe(told));
});

describe('the progress bar of the command `warm`', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('uses one line of the terminal, and is cleared at the end', () => {
    const written: string[] = [];
    const hide = show(() => tally, { isTTY: true, columns: 40, write: (text) => written.push(text) });
    vi.advanceTimersByTime(1_000);
    hide();
    expect(written).toHaveLength(7);
    expect(written.at(-1)).toBe('\r\u001B[K');
    for (const text of written.slice(0, -1)) {
      expect(text.startsWith('\r\u001B[K[#')).toBe(true);
      expect(text).toHaveLength('\r\u001B[K'.length + 39);
    }
  });

  test('is not shortened on a terminal of unknown width', () => {
    const written: string[] = [];
    show(() => ({ ...tally, isFinding: true }), {
      isTTY: true,
      columns: 0,
      write: (text) => written.push(text),
    })();
    expect(written[0]).toMatch(/500 products found so far$/);
  });

  test('estimates the remaining time from the last 15 seconds', () => {
    const written: string[] = [];
    let [warmed, requests] = [0, 0];
    const now = (): Tally => ({ ...tally, before: 0, failed: 0, failures: [], warmed, requests });
    const hide = show(now, { write: (text) => written.push(text) });
    [warmed, requests] = [200, 200];
    for (let round = 0; round < 6; round += 1) {
      vi.advanceTimersByTime(5_000);
      warmed += 10;
      requests += 10;
    }
    hide();
    expect(written.at(0)).toBe('200 of 500 products · 200 requests, 2400/min · 8 s left\n');
    expect(written.at(-1)).toBe('250 of 500 products · 250 requests, 120/min · 2 min 5 s left\n');
  });

  test('is replaced by a line every few seconds if the output is not a terminal', () => {
    const written: string[] = [];
    const hide = show(() => tally, { write: (text) => written.push(text) });
    vi.advanceTimersByTime(11_000);
    hide();
    expect(written).toHaveLength(2);
    for (const text of written) expect(text).toMatch(/^125 of 500 products · .*\n$/);
  });
});
