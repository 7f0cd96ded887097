/** Whether a product or a package is on the market. */
import type { MarketingStatus } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { MarketingState, marketingStateNamed, marketingStateOf } from '../../terms/statuses.js';
import { areaNamed, wordsOf } from '../../terms/languages.js';
import { isCountryAmong } from './countries.js';
import { hasBegun, isBefore, isCertainlyLater, isOver } from './dates.js';
import { allOf, anyOf, not, type Verdict } from '../verdict.js';

export interface MarketedAsked {
  /** EMA's terms, ISO codes or English names, any of which will do; everywhere where there are none. */
  readonly country?: readonly string[] | undefined;
  /** EMA's terms, their texts, or the names of `MarketingState`, any of which will do. */
  readonly status: readonly string[];
  /** A date that `checkAskedDate` has passed: expected back before it. */
  readonly restoreBefore?: string | undefined;
}

/** A status that counts today, or may count. */
interface Current {
  readonly status: MarketingStatus;
  readonly isCertain: boolean;
}

/**
 * Whether a package, or a product, has the marketing status asked for, on the day of `now` (UTC). What is over or has not
 * begun does not count; of several for one country the one that began last does. "No data provided" is not told, unless
 * it is asked for. What is said of the Union is said of no single country.
 */
export function isMarketed(
  statuses: readonly MarketingStatus[] | undefined,
  { country, status: names, restoreBefore }: MarketedAsked,
  now: Date,
): Verdict {
  const hasState = stateTest(names);
  const holds = ({ status, restoreDate }: MarketingStatus): Verdict =>
    allOf([hasState(status), ...(restoreBefore === undefined ? [] : [isBefore(restoreDate, restoreBefore)])]);
  return anyOf(
    byCountry(current(statuses, now)).map((group) => {
      const where = group.map(({ status }) => isThere(status, country));
      return allOf([anyOf(where), latestOf(group, holds)]);
    }),
  );
}

function byCountry(all: readonly Current[]): readonly (readonly Current[])[] {
  const groups = new Map<string, Current[]>();
  for (const each of all) {
    const place = placeOf(each.status);
    groups.set(place, [...(groups.get(place) ?? []), each]);
  }
  return [...groups.values()];
}

function current(statuses: readonly MarketingStatus[] | undefined, now: Date): readonly Current[] {
  return elements(statuses).flatMap((status) => {
    const counts = allOf([hasBegun(status.dateRange?.start, now), not(isOver(status.dateRange?.end, now))]);
    return counts === false ? [] : [{ status, isCertain: counts === true }];
  });
}

/** What those say that may be the latest: all the same, or nothing that can be told. */
function latestOf(group: readonly Current[], holds: (status: MarketingStatus) => Verdict): Verdict {
  const certain = group.filter(({ isCertain }) => isCertain);
  const latest = group.filter(
    ({ status }) =>
      !certain.some((other) => isCertainlyLater(other.status.dateRange?.start, status.dateRange?.start)),
  );
  const verdicts = latest.map(({ status }) => holds(status));
  if (verdicts.every((verdict) => verdict === false)) return false;
  const isTold = verdicts.every((verdict) => verdict === true) && latest.some(({ isCertain }) => isCertain);
  return isTold ? true : undefined;
}

/** Statuses of one country, or of one jurisdiction where no country is said, are about the same. */
function placeOf({ country, jurisdiction }: MarketingStatus): string {
  const words = wordsOf(country ?? jurisdiction);
  return words.flatMap((word) => areaNamed(word) ?? [])[0] ?? words[0] ?? '';
}

function isThere({ country, jurisdiction }: MarketingStatus, asked: readonly string[] | undefined): Verdict {
  return asked === undefined || isCountryAmong(country ?? jurisdiction, asked);
}

/** Whether a status is one of those asked for. */
function stateTest(names: readonly string[]): (status: MarketingStatus['status']) => Verdict {
  const states = new Set(names.map(marketingStateNamed));
  const words = new Set(names.map((name) => name.trim().toLowerCase()));
  return (status) => {
    // A status that is not there is none.
    if (status === undefined || status === null) return false;
    const state = marketingStateOf(status);
    if (wordsOf(status).some((word) => words.has(word)) || (state !== null && states.has(state))) return true;
    return state === null || state === MarketingState.NO_DATA_PROVIDED ? undefined : false;
  };
}
