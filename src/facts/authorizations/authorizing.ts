/** Decides which authorizations allow a medicine to be sold, and from which date. */
import type { RegulatedAuthorization, RegulatedAuthorizationCase } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { AuthorizationType, authorizationType } from '../../terms/ema-codes.js';
import { isBefore, isGiven, isSince, oldestOf } from './dates.js';
import type { Verdict } from '../verdict.js';

/**
 * Whether an authorization allows a medicine to be sold. An orphan designation, for example, does not. Undefined if
 * the type of the authorization is unknown.
 */
export function isAuthorizing(authorization: RegulatedAuthorization): Verdict {
  const kind = authorizationType(authorization);
  if (kind === null) return undefined;
  return kind === AuthorizationType.MARKETING || kind === AuthorizationType.PARALLEL_TRADE;
}

/**
 * Returns the earliest date of the authorizations, as the record writes it. This is the earliest
 * `validityPeriod.start`; if there is none, the earliest date of a case. `statusDate` is never used, because it is
 * the date of a change. Null if the records state no date; undefined if one of the dates cannot be read.
 */
export function firstAuthorized(
  authorizations: readonly RegulatedAuthorization[],
): string | null | undefined {
  const starts = authorizations.map(({ validityPeriod }) => validityPeriod?.start).filter(isGiven);
  if (starts.length > 0) return oldestOf(starts);
  return oldestOf(authorizations.flatMap((authorization) => caseDates(authorization.case)));
}

/**
 * Whether the first of the authorizations was granted on or after a date; undefined if `firstAuthorized` returns
 * undefined.
 */
export function isAuthorizedSince(authorizations: readonly RegulatedAuthorization[], asked: string): Verdict {
  const first = firstAuthorized(authorizations);
  return first === undefined ? undefined : isSince(first, asked);
}

/**
 * Whether the first of the authorizations was granted before a date; undefined if `firstAuthorized` returns
 * undefined.
 */
export function isAuthorizedBefore(
  authorizations: readonly RegulatedAuthorization[],
  asked: string,
): Verdict {
  const first = firstAuthorized(authorizations);
  return first === undefined ? undefined : isBefore(first, asked);
}

/**
 * Returns the date from which a product may be sold, according to its own authorizations and those of its packages.
 * Null if the records state no date; undefined if an authorization of unknown type may be older.
 */
export function productFirstAuthorized(
  authorizations: readonly RegulatedAuthorization[],
): string | null | undefined {
  return ofAuthorizing(authorizations, firstAuthorized);
}

/**
 * Applies `judge` to the authorizations that allow a product to be sold. Undefined if authorizations of unknown type
 * could change the result.
 */
export function ofAuthorizing<Answer>(
  authorizations: readonly RegulatedAuthorization[],
  judge: (authorizing: readonly RegulatedAuthorization[]) => Answer,
): Answer | undefined {
  const sure = authorizations.filter((each) => isAuthorizing(each) === true);
  const open = authorizations.filter((each) => isAuthorizing(each) === undefined);
  const verdict = judge(sure);
  const others = [...open.map((each) => judge([...sure, each])), judge([...sure, ...open])];
  return others.every((each) => each === verdict) ? verdict : undefined;
}

/**
 * Returns the date of the decision on a case. If the case has no such date, returns the dates of the applications in
 * it.
 */
function caseDates(given: RegulatedAuthorizationCase | undefined): readonly unknown[] {
  // In FHIR, `case` is a single object. Some upstreams send a list.
  return elements(given as unknown as readonly RegulatedAuthorizationCase[]).flatMap((each) => {
    const own = each.dateDateTime ?? each.datePeriod?.start ?? each.datePeriod?.end;
    return isGiven(own) ? [own] : elements(each.application).flatMap(caseDates);
  });
}
