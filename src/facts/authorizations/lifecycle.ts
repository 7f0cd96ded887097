/** Where a product stands in its life, by its own record and its authorizations. */
import type { MedicinalProductDefinition, RegulatedAuthorization } from 'fhir/r5.js';
import { AuthorizationType, authorizationType, Lifecycle } from '../../terms/ema-codes.js';
import { authorizationStatusOf, isVoidStatus } from '../../terms/statuses.js';
import { isAuthorizing } from './authorizing.js';
import { isOver } from './dates.js';

/** Of several authorizations the first of these counts. */
const precedence: readonly Lifecycle[] = [
  Lifecycle.AUTHORIZED,
  Lifecycle.SUSPENDED,
  Lifecycle.PENDING,
  Lifecycle.UNKNOWN,
  Lifecycle.ENDED,
];

/** The record of a product whose status is read. */
export type StatusBearer = Pick<MedicinalProductDefinition, 'status'>;

/** Whether a product's record was nullified, or is no longer current: nothing else counts then. */
export function isVoid({ status }: StatusBearer): boolean {
  return isVoidStatus(status);
}

/**
 * Where one authorization stands on the day of `now` (UTC), whatever its kind.
 * @param product the one that it is for, whose record may be void
 */
export function lifecycleOfAuthorization(
  { status, validityPeriod }: Pick<RegulatedAuthorization, 'status' | 'validityPeriod'>,
  product: StatusBearer,
  now: Date,
): Lifecycle {
  if (isVoid(product)) return Lifecycle.VOID;
  const stands = authorizationStatusOf(status);
  if (stands === Lifecycle.SUSPENDED || stands === Lifecycle.ENDED) return stands;
  const over = isOver(validityPeriod?.end, now);
  if (over === undefined) return Lifecycle.UNKNOWN;
  return over ? Lifecycle.ENDED : stands;
}

/** The authorizations that tell of a product. */
export interface ProductAuthorizations {
  readonly own: readonly RegulatedAuthorization[];
  readonly ofPackages: readonly RegulatedAuthorization[];
}

/**
 * Where a product stands on the day of `now` (UTC): by its own marketing authorizations; where it has none by those of
 * its packages; where there are none either by its parallel trade, its packages' last.
 */
export function lifecycleOf(
  product: StatusBearer,
  { own, ofPackages }: ProductAuthorizations,
  now: Date,
): Lifecycle {
  const [marketing, ...others] = [
    own.filter(isOf(AuthorizationType.MARKETING)),
    ofPackages.filter(isOf(AuthorizationType.MARKETING)),
    own.filter(isOf(AuthorizationType.PARALLEL_TRADE)),
    ofPackages.filter(isOf(AuthorizationType.PARALLEL_TRADE)),
  ];
  const isOwn = marketing !== undefined && marketing.length > 0;
  const told = isOwn ? marketing : (others.find((each) => each.length > 0) ?? []);
  const open = (isOwn ? own : [...own, ...ofPackages]).filter((each) => isAuthorizing(each) === undefined);
  return lifecycleAmong(product, [...told, ...open], now);
}

/**
 * Where a product stands by those authorizations that count for it. One of unknown kind settles nothing; it makes the
 * product UNKNOWN where it would count before the others if it were one of them.
 */
export function lifecycleAmong(
  product: StatusBearer,
  authorizations: readonly RegulatedAuthorization[],
  now: Date,
): Lifecycle {
  if (isVoid(product)) return Lifecycle.VOID;
  const best = (isTold: boolean): Lifecycle | undefined => {
    const counted = authorizations.filter((each) => (isAuthorizing(each) !== undefined) === isTold);
    const standing = new Set(counted.map((each) => lifecycleOfAuthorization(each, product, now)));
    return precedence.find((each) => standing.has(each));
  };
  const [told, open] = [best(true), best(false)];
  if (told === undefined) return Lifecycle.UNKNOWN;
  const isOutranked = open !== undefined && precedence.indexOf(open) < precedence.indexOf(told);
  return isOutranked ? Lifecycle.UNKNOWN : told;
}

function isOf(kind: AuthorizationType): (authorization: RegulatedAuthorization) => boolean {
  return (authorization) => authorizationType(authorization) === kind;
}
