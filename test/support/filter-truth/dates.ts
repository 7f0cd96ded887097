/** FHIR dates of any precision, as the spans of time that they may stand for. */
import { every, some, type Told } from './told.js';

interface Span {
  /** Start in milliseconds since 1970. Start and end belong to the span. */
  readonly from: number;
  readonly to: number;
}

/** Returns the span of a date; undefined for an invalid date. */
export function spanOf(text: unknown): Span | undefined {
  if (typeof text !== 'string') return undefined;
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T.*)?)?)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  if (text.includes('T')) {
    const moment = Date.parse(text);
    return Number.isNaN(moment) ? undefined : { from: moment, to: moment };
  }
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)];
  const from = Date.UTC(y, m - 1, d);
  if (new Date(from).getUTCMonth() !== m - 1 || m < 1) return undefined;
  let next = Date.UTC(y + 1, 0, 1);
  if (day !== undefined) next = from + 86_400_000;
  else if (month !== undefined) next = Date.UTC(y, m, 1);
  return { from, to: next - 1 };
}

/** Whether the date is the given day or later. */
export function isSince(date: unknown, asked: string): Told {
  const [span, since] = [spanOf(date), spanOf(asked)];
  if (!span || !since) return undefined;
  if (span.from >= since.from) return true;
  return span.to < since.from ? false : undefined;
}

export function isBefore(date: unknown, asked: string): Told {
  const since = isSince(date, asked);
  return since === undefined ? undefined : !since;
}

/** Whether the oldest of the dates is the given day or later. False without a date. */
export function oldestIsSince(dates: readonly unknown[], asked: string): Told {
  return dates.length > 0 && every(dates.map((date) => isSince(date, asked)));
}

export function oldestIsBefore(dates: readonly unknown[], asked: string): Told {
  return some(dates.map((date) => isBefore(date, asked)));
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Whether a period has ended today. Its last day belongs to the period. */
export function isOver(end: unknown): Told {
  return end === undefined ? false : isBefore(end, today());
}

/** Whether a period has begun today. */
export function hasBegun(start: unknown): Told {
  if (start === undefined) return true;
  const tomorrow = new Date(Date.parse(today()) + 86_400_000).toISOString().slice(0, 10);
  return isBefore(start, tomorrow);
}
