/** Which authorizations allow a medicine to be sold, and since when. */
import type { RegulatedAuthorization, RegulatedAuthorizationCase } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { AuthorizationType, authorizationType } from '../../terms/ema-codes.js';
import { isBefore, isGiven, isSince, oldestOf } from './dates.js';
import type { Verdict } from '../verdict.js';

/**
 * Whether an authorization allows a medicine to be sold: an orphan designation does not. Undefined where its kind is
 * unknown.
 */
export function isAuthorizing(authorization: RegulatedAuthorization): Verdict {
  const kind = authorizationType(authorization);
  if (kind === null) return undefined;
  return kind === AuthorizationType.MARKETING || kind === AuthorizationType.PARALLEL_TRADE;
}

/**
 * Returns the date of the first of some authorizations, as the record writes it: the oldest `validityPeriod.start`, or
 * where there is none, the oldest date of a case. `statusDate` is the date of a change, and never counts. Null where
 * there is no date, undefined where a relevant one cannot be read.
 */
export function firstAuthorized(
  authorizations: readonly RegulatedAuthorization[],
): string | null | undefined {
  const starts = authorizations.map(({ validityPeriod }) => validityPeriod?.start).filter(isGiven);
  if (starts.length > 0) return oldestOf(starts);
  return oldestOf(authorizations.flatMap((authorization) => caseDates(authorization.case)));
}

/** Whether any of some authorizations exists since a date; undefined where `firstAuthorized` is. */
export function isAuthorizedSince(authorizations: readonly RegulatedAuthorization[], asked: string): Verdict {
  const first = firstAuthorized(authorizations);
  return first === undefined ? undefined : isSince(first, asked);
}

/** Whether one of them existed before a date; undefined where `firstAuthorized` is. */
export function isAuthorizedBefore(
  authorizations: readonly RegulatedAuthorization[],
  asked: string,
): Verdict {
  const first = firstAuthorized(authorizations);
  return first === undefined ? undefined : isBefore(first, asked);
}

/**
 * Returns since when a product may be sold, by its authorizations and those of its packages that allow it. Undefined
 * where an authorization of unknown kind may be older; null where there is no date.
 */
export function productFirstAuthorized(
  authorizations: readonly RegulatedAuthorization[],
): string | null | undefined {
  return ofAuthorizing(authorizations, firstAuthorized);
}

/**
 * Returns the answer for the authorizations that allow a product to be sold; undefined where those of unknown kind
 * would change it.
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

/** Returns when a case was decided; where it has no date, the dates of the applications in it. */
function caseDates(given: RegulatedAuthorizationCase | undefined): readonly unknown[] {
  // Usually one object; some upstreams send a list.
  return elements(given as unknown as readonly RegulatedAuthorizationCase[]).flatMap((each) => {
    const own = each.dateDateTime ?? each.datePeriod?.start ?? each.datePeriod?.end;
    return isGiven(own) ? [own] : elements(each.application).flatMap(caseDates);
  });
}
