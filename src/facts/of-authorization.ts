/** Facts that the authorizations of a product and of its packages state. */
import type { RegulatedAuthorization } from 'fhir/r5.js';
import { type AuthorizationType, authorizationType, Lifecycle } from '../terms/ema-codes.js';
import { ofType } from '../fhir/resources.js';
import { foldNumber, foldProcedure } from '../terms/numbers.js';
import { byNumber, codingsOrText, identifiersOf, isCoded } from './concepts.js';
import { isAuthorizedIn } from './authorizations/countries.js';
import {
  isAuthorizedBefore,
  isAuthorizedSince,
  isAuthorizing,
  ofAuthorizing,
} from './authorizations/authorizing.js';
import { isGiven, isSince } from './authorizations/dates.js';
import { notTold, valueFact, type RecordFact } from './fact.js';
import { isVoid, lifecycleAmong, lifecycleOfAuthorization } from './authorizations/lifecycle.js';
import { isOrganization } from './organizations.js';
import type { Verdict } from './verdict.js';

const type = 'RegulatedAuthorization';
const of = 'authorization';
const group = 'authorization';

export const ofAuthorization = {
  authorizationNumber: valueFact({
    of,
    group,
    type,
    elements: ['identifier'],
    values: ({ identifier }) => identifiersOf(identifier).map(({ value }) => value),
    ...byNumber(foldNumber),
  }),
  procedureNumber: valueFact({
    of,
    group,
    type,
    elements: ['case'],
    values: (authorization) => identifiersOf(authorization.case?.identifier).map(({ value }) => value),
    ...byNumber(foldProcedure),
  }),
  authorizationStatus: valueFact({
    of,
    group,
    type,
    elements: ['status'],
    values: ({ status }) => codingsOrText(status),
    meets: isCoded,
  }),
  statusSince: valueFact({
    of,
    group,
    type,
    elements: ['statusDate'],
    values: ({ statusDate }) => (isGiven(statusDate) ? [statusDate] : []),
    meets: (asked: string) => (date) => isSince(date, asked),
  }),
  authorizationKind: valueFact({
    of,
    group,
    type,
    elements: ['type', 'identifier'],
    values: (authorization) => [authorizationType(authorization) ?? notTold],
    meets: (asked: readonly AuthorizationType[]) => (kind: AuthorizationType) => asked.includes(kind),
  }),
  country: valueFact({
    of,
    group,
    type,
    elements: ['type', 'identifier', 'region'],
    values: (authorization) => [authorization],
    meets: (asked: readonly string[]) => (authorization) => isAuthorizedIn(authorization, asked),
  }),
  authorizedSince: dated(isAuthorizedSince),
  authorizedBefore: dated(isAuthorizedBefore),
  lifecycle: {
    of,
    group,
    reads: [
      ['MedicinalProductDefinition', ['status']],
      [type, ['status', 'type', 'identifier', 'validityPeriod']],
    ],
    test: (asked: readonly Lifecycle[]) => (resource, _key, product) => {
      if (resource?.resourceType !== type || product?.resourceType !== 'MedicinalProductDefinition')
        return undefined;
      return asked.includes(lifecycleOfAuthorization(resource, product, new Date()));
    },
    // If no other part of its group is in the filter, this part means the same as `Product.lifecycle`.
    alone: {
      with: ['standing'],
      reads: [],
      wholeTest: (asked: readonly Lifecycle[]) => (product, records) => {
        if (isVoid(product)) return asked.includes(Lifecycle.VOID);
        const { records: all, isWhole } = records('standing');
        const authorizations = ofType(type, all);
        return isWhole ? asked.includes(lifecycleAmong(product, authorizations, new Date())) : undefined;
      },
    },
  },
  holder: {
    of,
    group,
    at: 'holder',
    where: (resource) => (resource?.resourceType === type ? isAuthorizing(resource) : undefined),
    reads: [
      [type, ['type', 'identifier', 'holder']],
      ['Organization', ['name', 'identifier', 'alias']],
    ],
    test: isOrganization,
  },
} satisfies Readonly<Record<string, RecordFact>>;

/** Creates a fact about the date of the first authorization. */
function dated(compare: (all: readonly RegulatedAuthorization[], asked: string) => Verdict): RecordFact {
  return {
    of,
    group,
    reads: [[type, ['type', 'identifier', 'validityPeriod', 'case']]],
    test: (asked: string) => (resource) =>
      resource?.resourceType === type ? compare([resource], asked) : undefined,
    event: 'firstAuthorized',
    // If no other part of its group is in the filter, this part means the same as `Product.firstAuthorized`.
    alone: {
      with: ['authorization'],
      reads: [],
      wholeTest: (asked: string) => (_product, records) => {
        const { records: all, isWhole } = records('authorization');
        const authorizations = ofType(type, all);
        const told = ofAuthorizing(authorizations, (some) => compare(some, asked));
        return isWhole ? told : undefined;
      },
    },
  };
}
