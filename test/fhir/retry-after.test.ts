/** Both forms of Retry-After. */
import { expect, test } from 'vitest';
import { parseRetryAfter } from '../../src/fhir/retry-after.js';

const now = Date.parse('2026-09-01T12:00:00Z');

test.each<[string | null, number | undefined]>([
  ['0', 0],
  ['120', 120],
  [' 7 ', 7],
  ['Tue, 01 Sep 2026 12:00:30 GMT', 30],
  ['Tue, 01 Sep 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  ['-5', undefined],
  ['1e9', undefined],
  [null, undefined],
  // A pause is at most an hour, whatever the header says.
  ['3601', 3_600],
  ['999999999', 3_600],
  ['9'.repeat(40), 3_600],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600],
])('the header Retry-After with %j is read as %j seconds', (header, seconds) => {
  expect(parseRetryAfter(header, now)).toBe(seconds);
});

test('the header Retry-After with a date is read as a number of seconds that is rounded up', () => {
  expect(parseRetryAfter('Tue, 01 Sep 2026 12:00:01 GMT', now + 1)).toBe(1);
});
