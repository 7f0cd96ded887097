/** Whether a product or a package is on the market. */
import type { CodeableConcept, MarketingStatus } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { MarketingState, marketingStateNamed, marketingStateOf } from '../../terms/statuses.js';
import { eachValue, valuesOf } from '../../terms/contradictions.js';
import { areaNamed, wordsOf } from '../../terms/languages.js';
import { isCountryAmong } from './countries.js';
import { hasBegun, isBefore, isCertainlyLater, isGiven, isOver } from './dates.js';
import { allOf, anyOf, not, type Verdict } from '../verdict.js';

export interface MarketedAsked {
  /** EMA's terms, ISO codes or English names; one match suffices. Without any, every place counts. */
  readonly country?: readonly string[] | undefined;
  /** EMA's terms, their texts, or the names of `MarketingState`; one match suffices. */
  readonly status: readonly string[];
  /** A date that `checkAskedDate` has passed. The product must be expected back before it. */
  readonly restoreBefore?: string | undefined;
}

/** One marketing state of a product or a package. */
export interface WordedState {
  /** Null where it is unknown. */
  readonly state: MarketingState | null;
  /** Words for it. */
  readonly words: readonly string[];
}

/** All of one marketing status that filters read. */
export interface MarketingRecord {
  /** Words for its country, or for its jurisdiction where there is no country. */
  readonly place: readonly string[];
  /** Several where codes of one list differ; none where the record has no status. */
  readonly states: readonly WordedState[];
  /** Its dates, which may have values that are no dates. */
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
      // A missing status is no state.
      states: isGiven(status) ? valuesOf(status).map(wordedState) : [],
      start: dateRange?.start,
      end: dateRange?.end,
      restore: restoreDate,
    }));
}

function wordedState(status: CodeableConcept): WordedState {
  return { state: marketingStateOf(status), words: wordsOf(status) };
}

/** A status that counts today, or may count. */
interface Current {
  readonly status: MarketingRecord;
  readonly isCertain: boolean;
}

/**
 * Whether a package or a product has the marketing status asked for, on the day of `now` (UTC). Statuses that are over
 * or have not begun do not count. Of several for one country, the latest counts. "No data provided" leaves it open,
 * unless it is asked for. A status for the Union counts for no single country.
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

/** Judges the statuses that may be the latest. Undefined unless all agree. */
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
 * Returns the country of a status, or its jurisdiction where there is no country. Statuses of one place replace each
 * other.
 */
function placeOf({ place }: MarketingRecord): string {
  return place.flatMap((word) => areaNamed(word) ?? [])[0] ?? place[0] ?? '';
}

function isThere({ place }: MarketingRecord, asked: readonly string[] | undefined): Verdict {
  return asked === undefined || isCountryAmong(place, asked);
}

/** Whether a status is one of those asked for. */
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
