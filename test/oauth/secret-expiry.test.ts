/** The countdown to the expiry of a secret, on a simulated clock. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { secretExpiry, watchSecretExpiry } from '../../src/oauth/secret-expiry.js';
import { titled } from '../support/titles.js';

const day = 86_400_000;
const at = new Date('2027-08-15T11:29:14Z');
const before = (days: number): number => at.getTime() - days * day;

describe('the expiry of the client secret', () => {
  test.each(
    titled(
      [
        [90.01, 90, undefined],
        [90, 90, 90],
        [89.99, 89, 90],
        [60, 60, 60],
        [7.5, 7, 14],
        [7, 7, 7],
        [1, 1, 1],
        [0.5, 0, 1],
        [0, 0, 0],
        [-3, -3, 0],
      ],
      (days, daysLeft, warning) =>
        `in ${days} days counts as ${daysLeft} days, and ${warning === undefined ? 'no warning' : `the warning for ${warning} days`} applies`,
    ),
  )('%s', (_title, days, daysLeft, warning) => {
    expect(secretExpiry(at, before(days))).toEqual({ at, daysLeft, warning });
  });
});

describe('the timer for warnings about the client secret', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function warningsFrom(days: number): { readonly warnings: number[]; readonly stop: () => void } {
    vi.setSystemTime(before(days));
    const warnings: number[] = [];
    const stop = watchSecretExpiry(at, ({ daysLeft }) => void warnings.push(daysLeft));
    return { warnings, stop };
  }

  test('logs one warning at 90, 60, 30, 14, 7, 3 and 1 days before the expiry, and one at the expiry', () => {
    const { warnings, stop } = warningsFrom(120);
    expect(warnings).toEqual([]);
    vi.advanceTimersByTime(130 * day);
    expect(warnings).toEqual([90, 60, 30, 14, 7, 3, 1, 0]);
    stop();
  });

  test('logs a warning at the start of the process if one applies', () => {
    expect(warningsFrom(20).warnings).toEqual([20]);
    expect(warningsFrom(-5).warnings).toEqual([-5]);
  });

  test('logs nothing after it was stopped', () => {
    const { warnings, stop } = warningsFrom(100);
    stop();
    vi.advanceTimersByTime(200 * day);
    expect(warnings).toEqual([]);
  });
});
