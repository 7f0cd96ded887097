/** Where a product stands in its life, by its own record and its authorizations. */
import type { MedicinalProductDefinition, RegulatedAuthorization } from 'fhir/r5.js';
import { AuthorizationType, authorizationType, Lifecycle } from '../../terms/ema-codes.js';
import { authorizationStatusOf, isVoidStatus } from '../../terms/statuses.js';
import { isAuthorizing } from './authorizing.js';
import { isOver } from './dates.js';

/** Of several authorizations, the one whose state comes first here counts. */
const precedence: readonly Lifecycle[] = [
  Lifecycle.AUTHORIZED,
  Lifecycle.SUSPENDED,
  Lifecycle.PENDING,
  Lifecycle.UNKNOWN,
  Lifecycle.ENDED,
];

/** A product's record, with the status that is read. */
export type StatusBearer = Pick<MedicinalProductDefinition, 'status'>;

/** Whether a product's record was nullified, or is no longer current. Nothing else counts then. */
export function isVoid({ status }: StatusBearer): boolean {
  return isVoidStatus(status);
}

/**
 * Returns the state of one authorization of any kind, on the day of `now` (UTC).
 * @param product its product, whose record may be void
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

/** The authorizations that decide a product's state. */
export interface ProductAuthorizations {
  readonly own: readonly RegulatedAuthorization[];
  readonly ofPackages: readonly RegulatedAuthorization[];
}

/**
 * Returns the state of a product on the day of `now` (UTC): by its own marketing authorizations; where it has none, by
 * those of its packages; where these have none either, by parallel trade, the product's first and its packages' last.
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
 * Returns the state of a product by its relevant authorizations. One of unknown kind decides nothing. It makes the
 * product UNKNOWN where it would come before the others if it were relevant.
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
