/** Comparison of dates of every precision. */
import { describe, expect, it } from 'vitest';
import {
  checkAskedDate,
  faultIn,
  hasBegun,
  isBefore,
  isCertainlyLater,
  isOver,
  isSince,
  oldestOf,
} from '../../../src/facts/authorizations/dates.js';
import { inWords, titled } from '../../support/titles.js';

describe('a date in a record, compared with a date in a filter:', () => {
  it.each(
    titled(
      [
        // A year, compared with dates of each precision.
        ['2017', '2017', true],
        ['2018', '2017', true],
        ['2016', '2017', false],
        ['2017', '2017-01', true],
        ['2017', '2017-05', undefined],
        ['2016', '2017-05', false],
        ['2018', '2017-05', true],
        ['2017', '2017-01-01', true],
        ['2017', '2017-05-04', undefined],
        ['2017', '2017-12-31T23:59:59Z', undefined],
        // A month, compared with dates of each precision.
        ['2017-05', '2017', true],
        ['2017-05', '2017-05', true],
        ['2017-05', '2017-06', false],
        ['2017-05', '2017-05-01', true],
        ['2017-05', '2017-05-04', undefined],
        ['2017-04', '2017-05-04', false],
        ['2017-06', '2017-05-04', true],
        // A day, compared with dates of each precision.
        ['2017-05-04', '2017', true],
        ['2017-05-04', '2017-05', true],
        ['2017-05-04', '2017-05-04', true],
        ['2017-05-03', '2017-05-04', false],
        ['2017-05-04', '2017-05-04T12:00', undefined],
        ['2017-05-04', '2017-05-04T00:00:00', true],
        ['2017-05-04', '2017-05-05T00:00:00', false],
        ['2016-02-29', '2016-02-28', true],
        // A time of day, compared with dates of each precision.
        ['2017-05-04T12:00', '2017-05-04T12:00', true],
        ['2017-05-04T12:00', '2017-05-04T12:00:30', undefined],
        ['2017-05-04T12:00:30', '2017-05-04T12:00:30.5', undefined],
        ['2017-05-04T12:00:30.5', '2017-05-04T12:00:30.5', true],
        ['2017-05-04T12:00:30.499', '2017-05-04T12:00:30.5', false],
        // Time zones count if both dates have one. Compared with a day, a time has the day of its own time zone.
        ['2017-05-04T00:30:00+02:00', '2017-05-03T22:30:00Z', true],
        ['2017-05-04T00:30:00+02:00', '2017-05-03T22:30:01Z', false],
        ['2017-05-03T23:30:00-05:00', '2017-05-04T04:30:00Z', true],
        ['2017-05-04T00:30:00+02:00', '2017-05-04', true],
        ['2017-05-03T23:30:00-05:00', '2017-05-04', false],
      ],
      (date, asked, verdict) =>
        `${date} ${inWords(verdict, 'is not before', 'is before', 'may be before or after')} ${asked}`,
    ),
  )('%s', (_title, date, asked, verdict) => {
    expect(isSince(date, asked)).toBe(verdict);
    expect(isBefore(date, asked)).toBe(verdict === undefined ? undefined : !verdict);
  });

  it.each([undefined, null])('the value %s matches neither "since 2017" nor "before 2017"', (date) => {
    expect([isSince(date, '2017'), isBefore(date, '2017')]).toEqual([false, false]);
  });

  it.each(['', 'soon', '2017-13', '2017-02-29', '17', 2017, {}, '2017-05-04T12', ' 2017'])(
    'the JSON value %j is unreadable and leaves "since 2017" and "before 2017" undecided',
    (date) => {
      expect([isSince(date, '2017'), isBefore(date, '2017')]).toEqual([undefined, undefined]);
    },
  );
});

describe('a date in a filter', () => {
  it.each(['2017', '2017-05', '2017-05-04', '2016-02-29', '2017-05-04T12:00:00Z', '2016-12-31T23:59:60Z'])(
    'with the value %s is accepted',
    (date) => {
      expect(checkAskedDate(date, 'filter.authorizedSince')).toBe(date);
    },
  );

  it.each([
    ['2026-13', 'its month is not between 01 and 12'],
    ['2026-00', 'its month is not between 01 and 12'],
    ['2026-02-30', 'its day is not between 01 and 28'],
    ['2026-04-00', 'its day is not between 01 and 30'],
    ['2026-04-01T24:00:00Z', 'its hour is not between 00 and 23'],
    ['2026-04-01T12:60:00Z', 'its time of day does not exist'],
    ['2026-04-01T12:00:00+15:00', 'its time zone is more than 14 hours from UTC'],
    ['0000', 'its year is not 0100 or later'],
    ['', 'it has another format'],
    ['04.05.2017', 'it has another format'],
    ['2017-5-4', 'it has another format'],
  ])('%j is refused: %s', (date, fault) => {
    expect(faultIn(date)).toBe(fault);
    expect(() => checkAskedDate(date, 'filter.authorizedSince')).toThrow(
      expect.objectContaining({
        code: 'BAD_USER_INPUT',
        message: `"filter.authorizedSince" must be a date such as 2017, 2017-05 or 2017-05-04: ${fault}.`,
      }),
    );
  });
});

describe('on 2026-06-15', () => {
  const today = new Date('2026-06-15T09:30:00Z');

  it.each(
    titled(
      [
        ['2025', true, true],
        ['2026', false, undefined],
        ['2027', false, false],
        ['2026-05', true, true],
        ['2026-06', false, undefined],
        ['2026-07', false, false],
        ['2026-06-14', true, true],
        ['2026-06-15', false, true],
        ['2026-06-16', false, false],
        ['2026-06-15T23:00:00Z', false, true],
        [undefined, false, true],
        ['soon', undefined, undefined],
      ],
      (date, over, begun) =>
        `a period until ${date ?? 'no date'} ${inWords(over, 'is over', 'is not over', 'may be over')}, and a period from ${date ?? 'no date'} ${inWords(begun, 'has begun', 'has not begun', 'may have begun')}`,
    ),
  )('%s', (_title, date, over, begun) => {
    expect(isOver(date, today)).toBe(over);
    expect(hasBegun(date, today)).toBe(begun);
  });
});

describe('dates of several precisions', () => {
  it.each([
    [['2018', '2017-05-04'], '2017-05-04'],
    [['2017-05-04', '2017'], '2017'],
    [['2017', '2017-01-01'], '2017-01-01'],
    [['2017-01-01', '2017-01'], '2017-01-01'],
    [['2017-05-04T00:30:00+02:00', '2017-05-03T23:00:00Z'], '2017-05-04T00:30:00+02:00'],
    [[undefined, '2017', null], '2017'],
    [[undefined], null],
    [[], null],
    [['2017', 'soon'], undefined],
  ])('of %j the earliest is %j', (dates, oldest) => {
    expect(oldestOf(dates)).toBe(oldest);
  });

  it.each(
    titled(
      [
        ['2018', '2017', true],
        ['2017-05', '2017', false],
        ['2017', '2017', false],
        ['2017', undefined, true],
        [undefined, '2017', false],
        ['2018', 'soon', false],
      ],
      (date, other, verdict) =>
        `${date ?? 'no date'} ${verdict ? 'is' : 'is not'} certainly later than ${other ?? 'no date'}`,
    ),
  )('%s', (_title, date, other, verdict) => {
    expect(isCertainlyLater(date, other)).toBe(verdict);
  });
});
