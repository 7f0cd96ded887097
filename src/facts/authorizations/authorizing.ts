/** Which authorizations allow a medicine to be sold, and since when. */
import type { RegulatedAuthorization, RegulatedAuthorizationCase } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { AuthorizationType, authorizationType } from '../../terms/ema-codes.js';
import { isBefore, isGiven, isSince, oldestOf } from './dates.js';
import type { Verdict } from '../verdict.js';

/** Whether it allows a medicine to be sold: an orphan designation does not. Undefined where its kind is not known. */
export function isAuthorizing(authorization: RegulatedAuthorization): Verdict {
  const kind = authorizationType(authorization);
  if (kind === null) return undefined;
  return kind === AuthorizationType.MARKETING || kind === AuthorizationType.PARALLEL_TRADE;
}

/**
 * Since when there is any of some authorizations, as the record writes it: the oldest `validityPeriod.start`; where none
 * has one, the oldest date of a case. `statusDate` tells when something changed, and is never it. Null where no date is
 * given, undefined where one that counts cannot be read.
 */
export function firstAuthorized(
  authorizations: readonly RegulatedAuthorization[],
): string | null | undefined {
  const starts = authorizations.map(({ validityPeriod }) => validityPeriod?.start).filter(isGiven);
  if (starts.length > 0) return oldestOf(starts);
  return oldestOf(authorizations.flatMap((authorization) => caseDates(authorization.case)));
}

/** Whether some authorizations, or one, are there since a date; not told where `firstAuthorized` is not. */
export function isAuthorizedSince(authorizations: readonly RegulatedAuthorization[], asked: string): Verdict {
  const first = firstAuthorized(authorizations);
  return first === undefined ? undefined : isSince(first, asked);
}

/** Whether they were there before a date; not told where `firstAuthorized` is not. */
export function isAuthorizedBefore(
  authorizations: readonly RegulatedAuthorization[],
  asked: string,
): Verdict {
  const first = firstAuthorized(authorizations);
  return first === undefined ? undefined : isBefore(first, asked);
}

/**
 * Since when a product may be sold, by all authorizations of it and of its packages: those of other kinds left out. One
 * of unknown kind that may be older makes it not told, which is undefined; null where no date is given.
 */
export function productFirstAuthorized(
  authorizations: readonly RegulatedAuthorization[],
): string | null | undefined {
  return ofAuthorizing(authorizations, firstAuthorized);
}

/**
 * What holds of those authorizations that allow a product to be sold; not told where one of unknown kind would make a
 * difference.
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

/** When a case was decided; where it does not say, the dates of the applications in it. */
function caseDates(given: RegulatedAuthorizationCase | undefined): readonly unknown[] {
  // One object as a rule; some upstreams send a list.
  return elements(given as unknown as readonly RegulatedAuthorizationCase[]).flatMap((each) => {
    const own = each.dateDateTime ?? each.datePeriod?.start ?? each.datePeriod?.end;
    return isGiven(own) ? [own] : elements(each.application).flatMap(caseDates);
  });
}
