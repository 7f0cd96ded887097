/** A clock that is wrong is detected by the Date headers of responses, and reported once. */
import { describe, expect, it } from 'vitest';
import { createClocks, inWords, type ClockDifference } from '../../src/network/clock.js';

const now = Date.UTC(2027, 7, 15, 12, 0, 0);

function watching(headers: Readonly<Record<string, string>>, tookMs = 0) {
  const told: ClockDifference[] = [];
  let at = now;
  const clocks = createClocks({ onOff: (difference) => void told.push(difference), now: () => at });
  const ask = clocks.watch('PMS_TOKEN_URL', async () => {
    at += tookMs;
    return { headers: new Headers(headers) };
  });
  return { ask: () => ask(undefined), clocks, told };
}

const dated = (ms: number) => ({ date: new Date(now + ms).toUTCString() });

describe('the clock of this machine', () => {
  it.each<[string, Readonly<Record<string, string>>, number, number, boolean]>([
    ['that agrees with the Date header of a response is right', dated(0), 0, 0, false],
    ['that is a minute behind is right', dated(60_000), 0, -60, false],
    ['that is 61 seconds behind is wrong', dated(61_000), 0, -61, true],
    ['that is 61 seconds ahead is wrong', dated(-61_000), 0, 61, true],
    ['that agreed when a slow response was sent is right', dated(90_000), 90_000, 0, false],
    [
      'that agrees with a cached response, by its Date and Age headers, is right',
      { ...dated(-600_000), age: '600' },
      0,
      0,
      false,
    ],
  ])('%s', async (_title, headers, tookMs, seconds, isTold) => {
    const { ask, clocks, told } = watching(headers, tookMs);
    await ask();
    expect(clocks.differences).toEqual([{ place: 'PMS_TOKEN_URL', seconds }]);
    expect(told).toEqual(isTold ? [{ place: 'PMS_TOKEN_URL', seconds }] : []);
  });

  it('is logged once if it is wrong', async () => {
    const { ask, told } = watching(dated(-3_600_000));
    for (let asked = 0; asked < 3; asked += 1) await ask();
    expect(told).toHaveLength(1);
  });

  it.each([{}, { date: 'yesterday' }, { ...dated(-600_000), age: 'old' }])(
    'is not compared if the response has the headers %j',
    async (headers) => {
      const { ask, clocks } = watching(headers);
      await ask();
      expect(clocks.differences).toEqual([]);
    },
  );

  it.each([
    [61, '1 min 1 s ahead of'],
    [-3_720, '1 h 2 min behind'],
    [90_061, '1 d 1 h ahead of'],
    [-75, '1 min 15 s behind'],
    [3_630, '1 h ahead of'],
  ])('that is %i seconds wrong is reported as "%s"', (seconds, words) => {
    expect(inWords({ place: 'PMS_BASE_URL', seconds })).toBe(words);
  });
});
