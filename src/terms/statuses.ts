/** Maps the statuses of records, authorizations and marketing to their meanings. */
import type { CodeableConcept } from 'fhir/r5.js';
import { Lifecycle, meaningOf, wordsFor, type Meanings } from './ema-codes.js';
import { fhirLists, namedLists } from './lists.js';

/**
 * Regulatory entitlement status. The terms are those of RMS list 100000072049 as hl7-eu/unicom-ig publishes it (CC0
 * 1.0). Their meanings for a medicine are this service's interpretation. Words of other lists have no meaning here,
 * because "valid" may mean something else to another authority.
 */
const authorizationStatuses: Meanings<Lifecycle> = {
  list: namedLists.AUTHORIZATION_STATUS[0],
  codes: {
    '100000072099': Lifecycle.AUTHORIZED, // Valid
    '200000017708': Lifecycle.AUTHORIZED, // Valid - Renewed/Varied
    '200000017707': Lifecycle.AUTHORIZED, // Valid - Transferred marketing authorisation
    '100000072122': Lifecycle.SUSPENDED, // Suspended
    '100000072100': Lifecycle.ENDED, // Expired
    '100000072112': Lifecycle.ENDED, // Not renewed
    '100000072113': Lifecycle.ENDED, // Withdrawn
    '100000072114': Lifecycle.ENDED, // Withdrawn, unspecified
    '100000072121': Lifecycle.ENDED, // Revoked
    '100000072123': Lifecycle.ENDED, // Expired due to Sunset Clause
    '200000010409': Lifecycle.ENDED, // Surrendered
    '220000000067': Lifecycle.ENDED, // Rejected
    '200000026056': Lifecycle.PENDING, // Presubmission
    '220000000066': Lifecycle.PENDING, // Pending
    '200000029967': Lifecycle.UNKNOWN, // Harmonised
  },
  words: {
    ...wordsFor(Lifecycle.AUTHORIZED, [
      'Valid',
      'Valid - Renewed/Varied',
      'Valid - Renewed',
      'Valid - Transferred marketing authorisation',
      'Valid - Transferred',
      'Renewed',
      'Transferred',
      'Authorised',
      'Authorized',
    ]),
    ...wordsFor(Lifecycle.SUSPENDED, ['Suspended']),
    ...wordsFor(Lifecycle.ENDED, [
      'Expired',
      'Not renewed',
      'Withdrawn',
      'Withdrawn, unspecified',
      'Revoked',
      'Expired due to Sunset Clause',
      'Sunset Clause',
      'Surrendered',
      'Rejected',
    ]),
    ...wordsFor(Lifecycle.PENDING, ['Pending', 'Presubmission', 'Pre-submission']),
    ...wordsFor(Lifecycle.UNKNOWN, ['Harmonised', 'Harmonized']),
  },
  other: Lifecycle.UNKNOWN,
  systems: [],
};

/**
 * Returns the meaning of an authorization's status, regardless of its dates; UNKNOWN if the status is missing or
 * unknown.
 */
export function authorizationStatusOf(status: CodeableConcept | undefined): Lifecycle {
  return meaningOf(status, authorizationStatuses) ?? Lifecycle.UNKNOWN;
}

/**
 * Record status: whether the record is void. The terms are those of RMS list 200000005003 as hl7-eu/unicom-ig publishes
 * it (CC0 1.0); FHIR's own list for the same element is `publication-status`.
 */
const voidRecords: Meanings<boolean> = {
  list: namedLists.STATUS[0],
  codes: {
    '200000005004': false, // Current
    '200000005005': false, // Provisional
    '200000005006': true, // Non-current
    '200000005007': true, // Nullified
  },
  words: {
    ...wordsFor(false, ['Current', 'Provisional', 'active', 'draft']),
    ...wordsFor(true, ['Non-current', 'Non current', 'Nullified', 'retired']),
  },
  other: false,
  systems: [fhirLists.STATUS],
};

/** Whether a record with this status is void. */
export function isVoidStatus(status: CodeableConcept | undefined): boolean {
  return meaningOf(status, voidRecords) ?? false;
}

/** Marketing statuses by the names that filters use. */
export enum MarketingState {
  MARKETED = 'MARKETED',
  NOT_MARKETED = 'NOT_MARKETED',
  NEVER_MARKETED = 'NEVER_MARKETED',
  TEMPORARILY_UNAVAILABLE = 'TEMPORARILY_UNAVAILABLE',
  NO_DATA_PROVIDED = 'NO_DATA_PROVIDED',
  OTHER = 'OTHER',
}

/** The terms are those of RMS list 100000072052 as hl7-eu/unicom-ig publishes it (CC0 1.0). */
const marketingStates: Meanings<MarketingState> = {
  list: namedLists.MARKETING_STATUS[0],
  codes: {
    '100000072083': MarketingState.MARKETED,
    '100000072074': MarketingState.NOT_MARKETED,
    '200000026055': MarketingState.NEVER_MARKETED,
    '230000000000': MarketingState.TEMPORARILY_UNAVAILABLE,
    '100000072075': MarketingState.NO_DATA_PROVIDED,
  },
  words: {
    ...wordsFor(MarketingState.MARKETED, ['Marketed']),
    ...wordsFor(MarketingState.NOT_MARKETED, ['Not marketed']),
    ...wordsFor(MarketingState.NEVER_MARKETED, ['Never marketed']),
    ...wordsFor(MarketingState.TEMPORARILY_UNAVAILABLE, ['Temporarily unavailable']),
    ...wordsFor(MarketingState.NO_DATA_PROVIDED, ['No data provided']),
  },
  other: MarketingState.OTHER,
};

/**
 * Returns a marketing status as an enum. OTHER for another term of EMA's list; null if the status is missing or
 * unknown.
 */
export function marketingStateOf(status: CodeableConcept | undefined): MarketingState | null {
  return meaningOf(status, marketingStates);
}

/**
 * Returns the marketing status that a filter names by EMA's term, its text, or the name in the enum
 * (`TEMPORARILY_UNAVAILABLE`).
 */
export function marketingStateNamed(value: string): MarketingState | null {
  const text = value.trim().replaceAll('_', ' ');
  const named = marketingStateOf({ coding: [{ code: value.trim() }], text });
  return named === MarketingState.OTHER ? null : named;
}

/** Returns the code of EMA's term for a marketing status; undefined for OTHER. */
export function marketingTermOf(state: MarketingState): string | undefined {
  return Object.entries(marketingStates.codes).find(([, each]) => each === state)?.[0];
}
