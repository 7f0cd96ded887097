/** The states of a cached response by age: fresh, stale, usable in an outage, expired. */
import { describe, expect, test } from 'vitest';
import { createFreshness, meaningOf } from '../../src/cache/freshness.js';

const [minute, hour] = [60_000, 3_600_000];

describe('a cached response', () => {
  const freshness = createFreshness(5 * minute);
  test.each([
    [0, true, true, true],
    [5 * minute - 1, true, true, true],
    [5 * minute, false, true, true],
    [hour + 5 * minute, false, false, true],
    [24 * hour + 5 * minute - 1, false, false, true],
    [24 * hour + 5 * minute, false, false, false],
  ])(
    'of age %d ms is fresh: %s, refreshed in the background: %s, usable in an outage: %s',
    (age, ...rungs) => {
      expect([freshness.isFresh(age), freshness.isRenewedBehind(age), freshness.mayStandIn(age)]).toEqual(
        rungs,
      );
    },
  );

  test.each([
    [300, minute],
    [10, 10_000],
  ])('about a missing record is used for a minute, and for at most %d s', (seconds, end) => {
    const { isAbsenceFresh } = createFreshness(seconds * 1_000);
    expect([isAbsenceFresh(end - 1), isAbsenceFresh(end)]).toEqual([true, false]);
  });
});

test.each([
  ['outage', [401, 408, 429, 500, 502, 503, 504, 599]],
  ['absent', [404, 410]],
  ['final', [301, 400, 403, 405, 413, 414, 422, 501]],
])('“%s” is the meaning of the response statuses %j', (meaning, statuses) => {
  expect(statuses.map(meaningOf)).toEqual(statuses.map(() => meaning));
});
