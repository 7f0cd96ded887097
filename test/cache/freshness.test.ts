/** The states of a cached response by age: fresh, stale, usable in an outage, expired. */
import { describe, expect, test } from 'vitest';
import { createFreshness, meaningOf } from '../../src/cache/freshness.js';

const [minute, hour] = [60_000, 3_600_000];

describe('a cached response', () => {
  const freshness = createFreshness(5 * minute);
  test.each([
    ['just read is fresh', 0, true, true, true],
    ['1 ms before its time to live ends is fresh', 5 * minute - 1, true, true, true],
    [
      'at the end of its time to live is used while it is refreshed in the background',
      5 * minute,
      false,
      true,
      true,
    ],
    ['an hour after its time to live is used only in an outage', hour + 5 * minute, false, false, true],
    [
      '1 ms less than a day after its time to live is used only in an outage',
      24 * hour + 5 * minute - 1,
      false,
      false,
      true,
    ],
    ['a day after its time to live is not used', 24 * hour + 5 * minute, false, false, false],
  ])('%s', (_what, age, ...rungs) => {
    expect([freshness.isFresh(age), freshness.isRenewedBehind(age), freshness.mayStandIn(age)]).toEqual(
      rungs,
    );
  });

  test.each([
    ['a minute with a time to live of 300 s', 300, minute],
    ['10 s with a time to live of 10 s', 10, 10_000],
  ])('about a missing record is used for %s', (_what, seconds, end) => {
    const { isAbsenceFresh } = createFreshness(seconds * 1_000);
    expect([isAbsenceFresh(end - 1), isAbsenceFresh(end)]).toEqual([true, false]);
  });
});

test.each([
  [[401, 408, 429, 500, 502, 503, 504, 599], 'a passing failure', 'outage'],
  [[404, 410], 'the absence of the record', 'absent'],
  [[301, 400, 403, 405, 413, 414, 422, 501], 'a permanent refusal', 'final'],
])('the response statuses %j mean %s (“%s”) to the cache', (statuses, _what, meaning) => {
  expect(statuses.map(meaningOf)).toEqual(statuses.map(() => meaning));
});
