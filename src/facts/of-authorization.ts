/** The facts that authorizations tell, of the product and of its packages. */
import { AuthorizationType, authorizationType } from '../terms/ema-codes.js';
import { countryCodesOf } from '../terms/languages.js';
import { foldNumber, foldProcedure } from '../terms/numbers.js';
import { codingsOfAll, codingsOrText, hasCode, identifiersOf } from './concepts.js';
import { notTold, told, type RecordFact } from './fact.js';
import { isOrganization } from './organizations.js';

const type = 'RegulatedAuthorization';
const of = 'authorization';
const group = 'authorization';

export const ofAuthorization = {
  authorizationNumber: told({
    of,
    group,
    type,
    elements: ['identifier'],
    values: ({ identifier }) => identifiersOf(identifier).map(({ value }) => foldNumber(value)),
    meets: among(foldNumber),
  }),
  procedureNumber: told({
    of,
    group,
    type,
    elements: ['case'],
    values: (authorization) =>
      identifiersOf(authorization.case?.identifier).map(({ value }) => foldProcedure(value)),
    meets: among(foldProcedure),
  }),
  authorizationStatus: told({
    of,
    group,
    type,
    elements: ['status'],
    values: ({ status }) => codingsOrText(status),
    meets: hasCode,
  }),
  authorizationKind: told({
    of,
    group,
    type,
    elements: ['type', 'identifier'],
    values: (authorization) => [authorizationType(authorization) ?? notTold],
    meets: (asked: readonly AuthorizationType[]) => (kind: AuthorizationType) => asked.includes(kind),
  }),
  country: told({
    of,
    group,
    type,
    elements: ['region'],
    values: ({ region }) => codingsOfAll(region),
    meets: (asked: readonly string[]) => hasCode(asked.flatMap(countryCodesOf)),
  }),
  holder: {
    of,
    group,
    at: 'holder',
    where: (resource) => (resource?.resourceType === type ? isTrade(authorizationType(resource)) : undefined),
    reads: [
      [type, ['type', 'identifier', 'holder']],
      ['Organization', ['name', 'identifier', 'alias']],
    ],
    test: isOrganization,
  },
} satisfies Readonly<Record<string, RecordFact>>;

/** Who may sell a medicine: an orphan designation and a factory’s permission are no such thing. */
function isTrade(kind: AuthorizationType | null): boolean | undefined {
  if (kind === null) return undefined;
  return kind === AuthorizationType.MARKETING || kind === AuthorizationType.PARALLEL_TRADE;
}

function among(fold: (number: string) => string) {
  return (asked: readonly string[]) => {
    const wanted = new Set(asked.map(fold));
    return (number: string) => wanted.has(number);
  };
}
