/** Compares FHIR dates. A FHIR date may state only a year, so each date is treated as a span of time. */
import { PmsError } from '../../errors.js';
import { not, type Verdict } from '../verdict.js';

/** A span of time: from its first millisecond to the millisecond after its last one, in the time zone of the date. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** Milliseconds by which the time zone is ahead of UTC; undefined for a date without a time zone. */
  readonly ahead: number | undefined;
}

const written =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** Returns the span of time that a date covers: `2017` is a whole year. Undefined if the date is invalid. */
function spanOf(date: unknown): Span | undefined {
  if (typeof date !== 'string' || faultIn(date) !== undefined) return undefined;
  const [, year, month, dayOf, hour, minutes, seconds, fraction, zone] = written.exec(date) ?? [];
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(dayOf ?? 1)];
  const ahead = zone === undefined ? undefined : aheadOf(zone);
  if (month === undefined) return { from: Date.UTC(y, 0), to: Date.UTC(y + 1, 0), ahead };
  if (dayOf === undefined) return { from: Date.UTC(y, m - 1), to: Date.UTC(y, m), ahead };
  const midnight = Date.UTC(y, m - 1, d);
  if (hour === undefined) return { from: midnight, to: midnight + day, ahead };
  const at = Date.UTC(y, m - 1, d, Number(hour), Number(minutes), Number(seconds ?? 0));
  if (seconds === undefined) return { from: at, to: at + minute, ahead };
  if (fraction === undefined) return { from: at, to: at + second, ahead };
  const from = at + Math.floor(Number(`0.${fraction}`) * second);
  return { from, to: from + 1, ahead };
}

/** Returns the first millisecond of a date, for sorting; undefined if the date is invalid. */
export function beginOf(date: string): number | undefined {
  const span = spanOf(date);
  return span && span.from - (span.ahead ?? 0);
}

function aheadOf(zone: string): number {
  if (zone === 'Z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minute;
}

/** Returns why a date is invalid, as the end of a sentence: "its month is …". Undefined if the date is valid. */
export function faultIn(date: string): string | undefined {
  const parts = written.exec(date);
  if (!parts) return 'it has another format';
  const [, year, month, dayOf, hour, minutes, seconds, , zone] = parts;
  // FHIR allows years from 0001 on, but JavaScript reads years below 100 as 19xx.
  if (Number(year) < 100) return 'its year is not 0100 or later';
  if (month === undefined) return undefined;
  if (Number(month) < 1 || Number(month) > 12) return 'its month is not between 01 and 12';
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (dayOf !== undefined && (Number(dayOf) < 1 || Number(dayOf) > days))
    return `its day is not between 01 and ${days}`;
  if (Number(hour ?? 0) > 23) return 'its hour is not between 00 and 23';
  // Second 60 is a leap second.
  if (Number(minutes ?? 0) > 59 || Number(seconds ?? 0) > 60) return 'its time of day does not exist';
  if (zone !== undefined && Math.abs(aheadOf(zone)) > 14 * 60 * minute)
    return 'its time zone is more than 14 hours from UTC';
  return undefined;
}

/**
 * Returns a date given as an argument if it is valid.
 * @param place the name of the argument: `filter.authorizedSince`
 * @throws BAD_USER_INPUT for a text that is no date, or for a date outside the calendar, such as `2026-13`
 */
export function checkAskedDate(date: string, place: string): string {
  const fault = faultIn(date);
  if (fault === undefined) return date;
  throw new PmsError(
    'BAD_USER_INPUT',
    `"${place}" must be a date such as 2017, 2017-05 or 2017-05-04: ${fault}.`,
  );
}

/**
 * Converts two dates to UTC if both state a time zone. Otherwise both are compared as local times, as people read
 * dates.
 */
function onOneClock(date: Span, asked: Span): readonly [Span, Span] {
  if (date.ahead === undefined || asked.ahead === undefined) return [date, asked];
  return [inUtc(date), inUtc(asked)];
}

function inUtc({ from, to, ahead = 0 }: Span): Span {
  return { from: from - ahead, to: to - ahead, ahead: 0 };
}

/**
 * Whether the date of a record is the same as or later than the date of the filter: 2017-05-04 is since 2017.
 * Undefined if the record's date is too imprecise: 2017 may or may not be since 2017-05. False if the date is
 * missing; undefined if it is invalid.
 * @param asked the date of the filter, which `checkAskedDate` has accepted
 */
export function isSince(date: unknown, asked: string): Verdict {
  return compare(date, asked, (given, since) => {
    if (given.from >= since.from) return true;
    return given.to <= since.from ? false : undefined;
  });
}

/**
 * Whether the date of a record is before the date of the filter: 2016-12-31 is before 2017. For imprecise, missing
 * and invalid dates, the result is the same as in `isSince`.
 */
export function isBefore(date: unknown, asked: string): Verdict {
  return compare(date, asked, (given, before) => {
    if (given.to <= before.from) return true;
    return given.from >= before.from ? false : undefined;
  });
}

function compare(date: unknown, asked: string, judge: (date: Span, asked: Span) => Verdict): Verdict {
  if (!isGiven(date)) return false;
  const [given, wanted] = [spanOf(date), spanOf(asked)];
  return given && wanted ? judge(...onOneClock(given, wanted)) : undefined;
}

/**
 * Whether a period has ended by the day of `now` (UTC). In FHIR the end date is part of the period: a period that
 * ends in 2026 has ended in 2027. False if the period has no end; undefined if the end is invalid.
 */
export function isOver(end: unknown, now: Date): Verdict {
  if (!isGiven(end)) return false;
  const [span, today] = [spanOf(end), spanOf(dayOf(now))];
  return span && today && span.to <= today.from;
}

/** Whether a period has begun by the end of the day of `now` (UTC). True if the period has no start. */
export function hasBegun(start: unknown, now: Date): Verdict {
  if (!isGiven(start)) return true;
  return not(isSince(start, dayOf(new Date(now.getTime() + day))));
}

/** Whether one date is certainly later than another. A valid date counts as later than a missing one. */
export function isCertainlyLater(date: unknown, other: unknown): boolean {
  const given = spanOf(date);
  if (!given) return false;
  if (!isGiven(other)) return true;
  const earlier = spanOf(other);
  if (!earlier) return false;
  const [one, two] = onOneClock(given, earlier);
  return one.from >= two.to;
}

/** Returns the earliest date, as written. Null if the list is empty; undefined if one of the dates is invalid. */
export function oldestOf(dates: readonly unknown[]): string | null | undefined {
  const given = dates.filter(isGiven);
  const spans = given.flatMap((date) => {
    const span = spanOf(date);
    return span ? [{ date: date as string, ...inUtc(span) }] : [];
  });
  if (spans.length < given.length) return undefined;
  // Among dates with the same first millisecond, the more precise one comes first.
  const [oldest] = spans.toSorted((one, other) => one.from - other.from || one.to - other.to);
  return oldest?.date ?? null;
}

export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}
