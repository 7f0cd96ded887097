/** Determines the lifecycle state of a product from its record and its authorizations. */
import type { MedicinalProductDefinition, RegulatedAuthorization } from 'fhir/r5.js';
import { AuthorizationType, authorizationType, Lifecycle } from '../../terms/ema-codes.js';
import { authorizationStatusOf, isVoidStatus } from '../../terms/statuses.js';
import { isAuthorizing } from './authorizing.js';
import { isOver } from './dates.js';

/**
 * The precedence of states. If the authorizations of a product have several states, the product has the state that
 * comes first in this list.
 */
const precedence: readonly Lifecycle[] = [
  Lifecycle.AUTHORIZED,
  Lifecycle.SUSPENDED,
  Lifecycle.PENDING,
  Lifecycle.UNKNOWN,
  Lifecycle.ENDED,
];

/** The elements of a product's record that show whether the record is void. */
export type StatusBearer = Pick<MedicinalProductDefinition, 'status'>;

/** Whether a product's record was nullified, or is no longer current. If so, its authorizations are ignored. */
export function isVoid({ status }: StatusBearer): boolean {
  return isVoidStatus(status);
}

/**
 * Returns the lifecycle state of one authorization of any type on the day of `now` (UTC).
 * @param product the authorization's product, whose record may be void
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

/** The authorizations that determine the lifecycle state of a product. */
export interface ProductAuthorizations {
  readonly own: readonly RegulatedAuthorization[];
  readonly ofPackages: readonly RegulatedAuthorization[];
}

/**
 * Returns the lifecycle state of a product on the day of `now` (UTC). It is determined by the first of these groups
 * that contains an authorization: the product's marketing authorizations, the packages' marketing authorizations, the
 * product's parallel trade permissions, the packages' parallel trade permissions.
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
 * Returns the lifecycle state that the given authorizations give a product. An authorization of unknown type gives no
 * state. But if such an authorization has a state of higher precedence, the result is UNKNOWN.
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
