/** Decides whether a product or a package is on the market. */
import type { CodeableConcept, MarketingStatus } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { MarketingState, marketingStateNamed, marketingStateOf } from '../../terms/statuses.js';
import { eachValue, valuesOf } from '../../terms/contradictions.js';
import { areaNamed, wordsOf } from '../../terms/languages.js';
import { isCountryAmong } from './countries.js';
import { hasBegun, isBefore, isCertainlyLater, isGiven, isOver } from './dates.js';
import { allOf, anyOf, not, type Verdict } from '../verdict.js';

export interface MarketedAsked {
  /** Countries by EMA's term, ISO code or English name; one match suffices. @default all countries */
  readonly country?: readonly string[] | undefined;
  /** Statuses by EMA's term, its text, or the name of a `MarketingState`; one match suffices. */
  readonly status: readonly string[];
  /** A valid date. The filter matches if the product is expected to return to the market before this date. */
  readonly restoreBefore?: string | undefined;
}

/** A marketing status of a product or a package, as a state and as words of the record. */
export interface WordedState {
  /** The state; null if the status is unknown. */
  readonly state: MarketingState | null;
  /** The codes and texts of the status, in lower case. */
  readonly words: readonly string[];
}

/** The data of one `marketingStatus` element that filters use. */
export interface MarketingRecord {
  /** The words for the country; if the record has no country, those for the jurisdiction. */
  readonly place: readonly string[];
  /**
   * The states. There are several if the status has different codes from one list, and none if the record has no
   * status.
   */
  readonly states: readonly WordedState[];
  /** The dates as the record writes them. They may be invalid. */
  readonly start?: unknown;
  readonly end?: unknown;
  readonly restore?: unknown;
}

/** Returns the marketing statuses of a package or a product. (`marketingStatus`) */
export function marketingToldBy(
  statuses: readonly MarketingStatus[] | undefined,
): readonly MarketingRecord[] {
  return elements(statuses)
    .flatMap((each) => eachValue(each, 'country', 'jurisdiction'))
    .map(({ country, jurisdiction, status, dateRange, restoreDate }) => ({
      place: wordsOf(country ?? jurisdiction),
      // A record without a status has no state.
      states: isGiven(status) ? valuesOf(status).map(wordedState) : [],
      start: dateRange?.start,
      end: dateRange?.end,
      restore: restoreDate,
    }));
}

function wordedState(status: CodeableConcept): WordedState {
  return { state: marketingStateOf(status), words: wordsOf(status) };
}

/** A marketing status that is in force today, or may be. */
interface Current {
  readonly status: MarketingRecord;
  readonly isCertain: boolean;
}

/**
 * Whether a package or a product has the marketing status of the filter on the day of `now` (UTC). Statuses that have
 * ended or not yet begun are ignored. For each country, only the latest status counts. If the status is "No data
 * provided", the result is undefined, unless the filter names this status. A status for the Union does not count for
 * a single country.
 */
export function isMarketed(
  statuses: readonly MarketingRecord[],
  { country, status: names, restoreBefore }: MarketedAsked,
  now: Date,
): Verdict {
  const hasState = stateTest(names);
  const holds = (status: MarketingRecord): Verdict =>
    allOf([
      hasState(status),
      ...(restoreBefore === undefined ? [] : [isBefore(status.restore, restoreBefore)]),
    ]);
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

function current(statuses: readonly MarketingRecord[], now: Date): readonly Current[] {
  return statuses.flatMap((status) => {
    const counts = allOf([hasBegun(status.start, now), not(isOver(status.end, now))]);
    return counts === false ? [] : [{ status, isCertain: counts === true }];
  });
}

/** Tests those marketing statuses of one country that may be the latest. Undefined if their results differ. */
function latestOf(group: readonly Current[], holds: (status: MarketingRecord) => Verdict): Verdict {
  const certain = group.filter(({ isCertain }) => isCertain);
  const latest = group.filter(
    ({ status }) => !certain.some((other) => isCertainlyLater(other.status.start, status.start)),
  );
  const verdicts = latest.map(({ status }) => holds(status));
  if (verdicts.every((verdict) => verdict === false)) return false;
  const isTold = verdicts.every((verdict) => verdict === true) && latest.some(({ isCertain }) => isCertain);
  return isTold ? true : undefined;
}

/**
 * Returns the country of a status; if it has no country, its jurisdiction. A later status replaces an earlier one for
 * the same country.
 */
function placeOf({ place }: MarketingRecord): string {
  return place.flatMap((word) => areaNamed(word) ?? [])[0] ?? place[0] ?? '';
}

function isThere({ place }: MarketingRecord, asked: readonly string[] | undefined): Verdict {
  return asked === undefined || isCountryAmong(place, asked);
}

/** Returns a test for the marketing states that the filter names. */
function stateTest(names: readonly string[]): (status: MarketingRecord) => Verdict {
  const states = new Set(names.map(marketingStateNamed));
  const words = new Set(names.map((name) => name.trim().toLowerCase()));
  return ({ states: told }) =>
    anyOf(
      told.map(({ state, words: said }) => {
        if (said.some((word) => words.has(word)) || (state !== null && states.has(state))) return true;
        return state === null || state === MarketingState.NO_DATA_PROVIDED ? undefined : false;
      }),
    );
}
