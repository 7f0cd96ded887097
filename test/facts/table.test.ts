/**
 * The table of filter parts: each part with records that match, records that do not match, and records that leave it
 * undecided.
 */
import { describe, expect, it } from 'vitest';
import type { FilterPart, ProductFilter } from '../../src/facts/filter.js';
import type { RecordFact } from '../../src/facts/fact.js';
import { facts } from '../../src/facts/table.js';
import type { Verdict } from '../../src/facts/verdict.js';
import type { FhirResource } from '../../src/fhir/resources.js';
import { emaList } from '../support/views.js';
import { record, role } from './ingredient-records.js';
import { brief, inWords, titled } from '../support/titles.js';

type Case = readonly [part: FilterPart, asked: unknown, record: FhirResource | undefined, is: Verdict];

const product = (content: object): FhirResource => record('MedicinalProductDefinition', '1', content);
const pack = (content: object): FhirResource => record('PackagedProductDefinition', '2', content);
const authorization = (content: object): FhirResource => record('RegulatedAuthorization', '3', content);
const ingredient = (content: object): FhirResource => record('Ingredient', '4', content);
const concept = (code: string) => ({ coding: [{ code }] });
const marketing = {
  type: { coding: [{ system: emaList('220000000060'), code: '220000000061' }] },
};
const named = (text: string) => product({ name: [{ productName: text }] });
const substance = (strength?: object) => ({
  code: { concept: { coding: [{ code: '100000092222', display: 'Amlodipine' }] } },
  ...(strength && { strength: [strength] }),
});
const amlodipine = [{ codes: [], names: ['amlodipine'] }];

function verdict(part: FilterPart, asked: unknown, given: FhirResource | undefined): Verdict {
  const fact = facts[part];
  if (!('test' in fact)) throw new TypeError(`${part} is told by several records`);
  return fact.test(asked as never, filterWith(part, asked))(given, 'Type/1', given);
}

/**
 * Returns a filter whose proxy allows a fact to read only its declared parts, because verdicts are cached by these parts.
 */
function filterWith(part: FilterPart, asked: unknown): ProductFilter {
  const { looksAt = [] } = facts[part] as RecordFact;
  const readable: ReadonlySet<string | symbol> = new Set([part, ...looksAt]);
  return new Proxy({ [part]: asked } as ProductFilter, {
    get(filter, each) {
      if (!readable.has(each)) throw new Error(`${part} looks at ${String(each)}, and does not say so`);
      return filter[each as FilterPart];
    },
  });
}

describe('the filter part', () => {
  it.each(
    titled<Case>(
      [
        ['ids', ['Type/1'], undefined, true],
        ['ids', ['Type/2'], undefined, false],
        ['identifier', ['prd 1'], product({ identifier: [{ value: 'PRD1' }] }), true],
        ['identifier', ['https://a|x'], product({ identifier: [{ value: 'x', system: 'http://B' }] }), false],
        ['name', 'lanta', named('Avelänta'), true],
        ['nameStartsWith', 'lanta', named('Avelanta'), false],
        ['nameEquals', 'avelanta', named('Avelanta'), true],
        ['status', ['200000005004'], product({ status: concept('200000005004') }), true],
        ['status', ['200000005004'], product({}), false],
        ['domain', ['1'], product({ domain: concept('2') }), false],
        ['doseForm', ['1'], product({ combinedPharmaceuticalDoseForm: concept('1') }), true],
        ['classification', ['1'], product({ classification: [concept('2'), concept('1')] }), true],
        [
          'atc',
          ['C08'],
          product({ classification: [{ coding: [{ system: 'http://www.whocc.no/atc', code: 'C08CA01' }] }] }),
          true,
        ],
        ['pediatricUse', ['1'], product({ pediatricUseIndicator: concept('1') }), true],
        ['additionalMonitoring', true, product({}), false],
        ['additionalMonitoring', false, product({}), undefined],
        ['additionalMonitoring', false, product({ additionalMonitoringIndicator: { text: 'No' } }), true],
        [
          'additionalMonitoring',
          true,
          product({ additionalMonitoringIndicator: { text: 'Perhaps' } }),
          undefined,
        ],
        ['updatedSince', '2026-01-01', product({ meta: { lastUpdated: '2026-02-01T00:00:00Z' } }), true],
        ['updatedSince', '2026-01-01', product({}), undefined],
        ['route', ['1'], product({ route: [concept('1')] }), true],
        ['authorizationNumber', ['eu/1/24/1'], authorization({ identifier: [{ value: 'EU/1/24/1' }] }), true],
        [
          'procedureNumber',
          ['EMEA/H/C/1'],
          authorization({ case: { identifier: { value: 'EMEA/H/C/2' } } }),
          false,
        ],
        ['authorizationStatus', ['1'], authorization({ status: concept('1') }), true],
        ['statusSince', '2026-05', authorization({ statusDate: '2026-05-04' }), true],
        ['statusSince', '2026-05-05', authorization({ statusDate: '2026-05-04' }), false],
        ['statusSince', '2026-05-05', authorization({ statusDate: '2026-05' }), undefined],
        ['statusSince', '2026-05-05', authorization({}), false],
        ['authorizationKind', ['MARKETING'], authorization(marketing), true],
        ['authorizationKind', ['MARKETING'], authorization({}), undefined],
        ['country', ['SE'], authorization({ ...marketing, region: [concept('100000000535')] }), true],
        ['country', ['SE'], authorization(marketing), undefined],
        ['authorizedSince', '2020', authorization({ validityPeriod: { start: '2021-05' } }), true],
        [
          'authorizedBefore',
          '2021-05-04',
          authorization({ validityPeriod: { start: '2021-05' } }),
          undefined,
        ],
        ['packSize', { min: 28 }, pack({ containedItemQuantity: [{ value: 28, unit: 'tablet' }] }), true],
        ['packSize', { max: 27 }, pack({ containedItemQuantity: [{ value: 28, unit: 'tablet' }] }), false],
        ['packSize', { min: 1 }, pack({ containedItemQuantity: [{ unit: 'tablet' }] }), undefined],
        ['marketed', { status: ['MARKETED'] }, pack({ marketingStatus: [] }), undefined],
        ['legalStatusOfSupply', ['1'], pack({ legalStatusOfSupply: [{ code: concept('1') }] }), true],
        [
          'dataCarrier',
          ['9520000001001'],
          pack({ packaging: { identifier: [{ value: '09520000001001' }] } }),
          true,
        ],
        ['substance', amlodipine, ingredient({ substance: substance() }), true],
        ['substanceRole', 'ACTIVE', ingredient(role('active')), true],
        ['substanceRole', 'ACTIVE', ingredient({}), undefined],
        [
          'strength',
          ['5 mg'],
          ingredient({
            ...role('active'),
            substance: substance({ presentationQuantity: { value: 5, unit: 'mg' } }),
          }),
          true,
        ],
        [
          'indication',
          ['high blood'],
          record('ClinicalUseDefinition', '5', {
            type: 'indication',
            indication: { diseaseSymptomProcedure: { concept: { text: 'High blood-pressure' } } },
          }),
          true,
        ],
        [
          'indication',
          ['blood press'],
          record('ClinicalUseDefinition', '5', {
            type: 'indication',
            indication: { diseaseSymptomProcedure: { concept: { text: 'High blood pressure' } } },
          }),
          false,
        ],
        ['manufacturer', ['Acme'], record('Organization', '6', { name: 'ACME' }), true],
        ['holder', ['ORG-1'], record('Organization', '6', { identifier: [{ value: 'LOC-1' }] }), undefined],
      ],
      (part, asked, given, is) =>
        `${part} ${brief(asked)} ${inWords(is, 'matches', 'does not match', 'is undecided for')} the record ${brief(given)}`,
    ),
  )('%s', (_title, part, asked, given, is) => {
    expect(verdict(part, asked, given)).toBe(is);
  });

  const lists = (Object.keys(facts) as FilterPart[]).filter(
    (part) => 'test' in facts[part] && part !== 'ids',
  );
  it.each(lists)('%s is undecided without a record, or with a record of another type', (part) => {
    const asked: Readonly<Partial<Record<FilterPart, unknown>>> = {
      additionalMonitoring: true,
      authorizedSince: '2020',
      authorizedBefore: '2020',
      statusSince: '2020',
      marketed: { status: ['MARKETED'] },
      name: 'x',
      nameStartsWith: 'x',
      nameEquals: 'x',
      packSize: {},
      strength: ['5 mg'],
      substance: amlodipine,
      updatedSince: '2020',
    };
    for (const given of [undefined, record('Substance' as never, '1')])
      expect(verdict(part, asked[part] ?? ['Acme'], given)).toBeUndefined();
  });
});
