/** The rate rule over a virtual clock: never above the limit in any window, and never a long gap. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGrants, learnDownwards, pace } from '../../src/governor/pace.js';

const windowMs = 60_000;

/** Returns the times of the permits for a caller that retries exactly when it is told to. */
function play(limit: number, demand: (at: number) => number, untilMs: number, stepMs = 1): readonly number[] {
  const grants = createGrants(windowMs);
  const given: number[] = [];
  for (let at = 0; at < untilMs;) {
    const { granted, waitMs } = pace(demand(at), { limit, windowMs }, grants.usage(at));
    grants.add(granted, at);
    for (let one = 0; one < granted; one += 1) given.push(at);
    at += Math.max(stepMs, Math.ceil(waitMs));
  }
  return given;
}

function mostInAnyWindow(moments: readonly number[]): number {
  return Math.max(
    0,
    ...moments.map((from) => moments.filter((at) => at >= from && at < from + windowMs).length),
  );
}

describe('the rate limit of requests in a minute', () => {
  test('permits no more requests than the limit in any minute, however they arrive', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.record({ pause: fc.nat(90_000), wanted: fc.integer({ min: 1, max: 80 }) }), {
          maxLength: 40,
        }),
        (limit, asked) => {
          const grants = createGrants(windowMs);
          const given: number[] = [];
          let at = 0;
          for (const { pause, wanted } of asked) {
            at += pause;
            const { granted } = pace(wanted, { limit, windowMs }, grants.usage(at));
            grants.add(granted, at);
            for (let one = 0; one < granted; one += 1) given.push(at);
          }
          expect(mostInAnyWindow(given)).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  test.each([1, 2, 7, 60, 500])('permits nearly %i requests in each minute of constant demand', (limit) => {
    const given = play(limit, () => 1_000, 10 * windowMs);
    expect(mostInAnyWindow(given)).toBeLessThanOrEqual(limit);
    expect(given.length).toBeGreaterThanOrEqual(Math.floor(limit * 9.5));
  });

  test('permits half of its number at once, and the others in even distances', () => {
    const given = play(500, () => 1_000, 3 * windowMs);
    expect(given.filter((at) => at === 0)).toHaveLength(250);
    const gaps = given.slice(1).map((at, before) => at - (given[before] ?? 0));
    // A gap of at most twice the average, and a millisecond for rounding up.
    expect(Math.max(...gaps)).toBeLessThanOrEqual((2 * windowMs) / 500 + 1);
  });

  test('permits a request after the wait that it announced', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.nat(5_000), { maxLength: 200 }),
        (limit, pauses) => {
          const grants = createGrants(windowMs);
          let at = 0;
          for (const pause of pauses) {
            at += pause;
            const { granted, waitMs } = pace(1, { limit, windowMs }, grants.usage(at));
            grants.add(granted, at);
            if (granted === 0) {
              const later = at + Math.ceil(waitMs);
              expect(pace(1, { limit, windowMs }, grants.usage(later)).granted).toBe(1);
            }
          }
        },
      ),
    );
  });

  test('permits no request while more requests were sent than a lowered limit allows', () => {
    const grants = createGrants(windowMs);
    grants.add(50, 0);
    expect(pace(1, { limit: 40, windowMs }, grants.usage(1_000))).toEqual({ granted: 0, waitMs: 59_000 });
  });
});

test.each([
  [{ limit: 500, used: 300, configured: 500 }, 270],
  [{ limit: 500, used: 3, configured: 500 }, 250],
  [{ limit: 60, used: 60, configured: 500 }, 54],
  [{ limit: 52, used: 1, configured: 500 }, 50],
  [{ limit: 1, used: 1, configured: 1 }, 1],
])('after a response 429, with the figures %j, the rate limit becomes %i', (seen, learnt) => {
  expect(learnDownwards(seen)).toBe(learnt);
});
