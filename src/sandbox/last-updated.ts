/** `_lastUpdated`: compares a time with a FHIR date of any precision. */

import { Refusal } from './refusal.js';

/** The period that a date stands for: a year, month, day, minute, second or millisecond. `to` is the first moment after it. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

type Comparison = (moment: number, stretch: Stretch) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  eq: (moment, { from, to }) => moment >= from && moment < to,
  ne: (moment, { from, to }) => moment < from || moment >= to,
  ge: (moment, { from }) => moment >= from,
  gt: (moment, { to }) => moment >= to,
  le: (moment, { to }) => moment < to,
  lt: (moment, { from }) => moment < from,
};

const WRITTEN = /^(?<prefix>[a-z]{2})?(?<date>\d{4}.*)$/;

/** Reads `[prefix]date`. Throws a {@link Refusal} with status 400 if the value is invalid. */
export function parseMoment(value: string): (moment: number) => boolean {
  const { prefix = 'eq', date = '' } = WRITTEN.exec(value)?.groups ?? {};
  const compare = comparisons[prefix];
  const stretch = stretchOf(date);
  if (compare === undefined || stretch === undefined)
    throw new Refusal(400, 'value', `"${value}" is no date with a prefix that is known`);
  return (moment) => compare(moment, stretch);
}

const DATE = /^\d{4}(?<month>-\d\d(?<day>-\d\d)?)?$/;
const TIME =
  /^(?<minute>\d{4}-\d\d-\d\dT\d\d:\d\d)(?<second>:\d\d(?<fraction>\.\d+)?)?(?<zone>Z|[+-]\d\d:\d\d)?$/;

function stretchOf(date: string): Stretch | undefined {
  const time = TIME.exec(date)?.groups;
  // For a date without a time zone, R5 lets the server choose the zone. This server uses UTC.
  const from = Date.parse(time !== undefined && time['zone'] === undefined ? `${date}Z` : date);
  if (Number.isNaN(from)) return undefined;
  if (time !== undefined) return { from, to: from + lengthOf(time) };
  const day = DATE.exec(date)?.groups;
  return day === undefined ? undefined : { from, to: endOf(new Date(from), day) };
}

type Groups = Readonly<Record<string, string | undefined>>;

function lengthOf({ second, fraction }: Groups): number {
  if (fraction !== undefined) return 1;
  return second === undefined ? 60_000 : 1_000;
}

function endOf(start: Date, { month, day }: Groups): number {
  const [years, months, date] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()];
  if (month === undefined) return Date.UTC(years + 1, 0);
  return day === undefined ? Date.UTC(years, months + 1) : Date.UTC(years, months, date + 1);
}
