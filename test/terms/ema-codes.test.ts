/** Codes that become enums: by the meaning of EMA's codes, and OTHER for unknown codes. */
import type { ClinicalUseDefinition, Ingredient, RegulatedAuthorization } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import {
  authorizationNumber,
  authorizationType,
  clinicalUseType,
  ingredientRole,
  riskOfSupplyShortage,
} from '../../src/terms/ema-codes.js';
import { brief, titled } from '../support/titles.js';

const role = (concept: object | undefined) => ingredientRole({ role: concept } as Ingredient);
const authorization = (content: object) => content as RegulatedAuthorization;
const use = (content: object) => content as ClinicalUseDefinition;
const coded = (code: string) => ({ coding: [{ code }] });

describe('the role of an ingredient', () => {
  it.each([
    ['100000072072', 'ACTIVE'],
    ['100000072073', 'ADJUVANT'],
    ['100000072082', 'EXCIPIENT'],
    ['100000136066', 'SOLVENT'],
    ['100000072099', 'OTHER'],
    ['72072', null],
    ['constructor', null],
  ])('with the EMA code %s is %s', (code, kind) => {
    expect(role(coded(code))).toBe(kind);
  });

  const ema = 'http://spor.ema.europa.eu/v1/lists/100000072050';
  const national = 'http://example.org/role';
  it.each([
    [{ text: 'active' }, 'ACTIVE'],
    [{ coding: [{ display: 'Active' }] }, 'ACTIVE'],
    [{ coding: [{ system: national, code: '1', display: 'Wirkstoff' }] }, 'ACTIVE'],
    [{ coding: [{ system: national, code: 'excipient' }] }, 'EXCIPIENT'],
    [{ coding: [{ system: national, code: '2', display: 'Lösungsmittel' }], text: 'solvent' }, 'SOLVENT'],
    [
      {
        coding: [
          { system: national, code: 'x' },
          { system: ema, code: '100000072082' },
        ],
      },
      'EXCIPIENT',
    ],
    // EMA's own code decides, whatever other text there is.
    [{ coding: [{ system: ema, code: '100000072099', display: 'Active' }] }, 'OTHER'],
    // The text is unknown or contradictory.
    [{ coding: [{ system: national, code: '3', display: 'Base' }] }, null],
    [{ coding: [{ system: national, code: '4', display: 'Not active' }] }, null],
    [{ coding: [{ display: 'Active' }], text: 'Excipient' }, null],
    [{ coding: [null, 5, { code: 7, display: 8 }], text: 9 }, null],
    [{}, null],
    [undefined, null],
  ])('with the element %j is %s', (concept, kind) => {
    expect(role(concept)).toBe(kind);
  });
});

describe('the type of an authorization', () => {
  const identified = (system: string, value: string) => ({ identifier: [{ system, value }] });

  it.each([
    ['220000000061', 'MARKETING'],
    ['220000000062', 'ORPHAN'],
    ['220000000063', 'PARALLEL_TRADE'],
    ['220000000099', 'MANUFACTURING'],
    ['220000000096', 'OTHER'],
  ])('with the EMA code %s is %s', (code, type) => {
    expect(authorizationType(authorization({ type: coded(code) }))).toBe(type);
  });

  it('with a code of another list is read from its text, or else from the authorization number', () => {
    const type = { coding: [{ system: 'http://example.org/type', code: '7', display: 'Zulassung' }] };
    const unknown = { coding: [{ system: 'http://example.org/type', code: '8', display: 'Notice' }] };
    expect(authorizationType(authorization({ type }))).toBe('MARKETING');
    expect(authorizationType(authorization({ type: unknown }))).toBeNull();
    const numbered = identified('http://ema.europa.eu/fhir/marketingAuthorizationNumber', 'X 1');
    expect(authorizationType(authorization({ type: unknown, ...numbered }))).toBe('MARKETING');
  });

  it('is read from the authorization number if the record has no type', () => {
    const system = 'http://ema.europa.eu/fhir/MarketingAuthorizationNumber';
    expect(authorizationType(authorization(identified(system, ' EU/3/12/998')))).toBe('ORPHAN');
    expect(authorizationType(authorization(identified(system, 'EU/1/17/1201')))).toBe('MARKETING');
    expect(
      authorizationType(
        authorization(identified('http://ema.europa.eu/fhir/manufacturingAuthorizationNumber', 'MIA 1')),
      ),
    ).toBe('MANUFACTURING');
    expect(authorizationType(authorization({}))).toBeNull();
  });

  it('is read from the marketing authorization number if the record has several numbers', () => {
    const identifier = [
      { system: 'http://national.example', value: 'N-1' },
      { system: 'http://ema.europa.eu/fhir/marketingAuthorizationNumber', value: ' EU/ 1/17 /1201 ' },
    ];
    expect(authorizationNumber(authorization({ identifier }))).toBe('EU/1/17/1201');
    expect(authorizationNumber(authorization({ identifier: [identifier[0]] }))).toBe('N-1');
    expect(authorizationNumber(authorization({}))).toBeNull();
  });
});

it.each([[{ value: 'EU/3/12/998' }], [[null, { value: 'EU/3/12/998' }]], [{}], ['x'], [[null]]])(
  'malformed identifiers of an authorization, %j, cause no error',
  (identifier) => {
    const malformed = authorization({ identifier: identifier as never });
    const isTold = JSON.stringify(identifier).includes('EU/3');
    expect(authorizationType(malformed)).toBe(isTold ? 'ORPHAN' : null);
    expect(authorizationNumber(malformed)).toBe(isTold ? 'EU/3/12/998' : null);
  },
);

describe('the kind of a clinical use', () => {
  it.each([
    [{ type: 'indication' }, 'INDICATION'],
    [{ type: 'undesirable-effect' }, 'UNDESIRABLE_EFFECT'],
    [{ type: 'warning', indication: {} }, 'WARNING'],
    [{ interaction: { interactant: [] } }, 'INTERACTION'],
    [{ type: 'dosage', indication: {} }, 'OTHER'],
    [{}, 'OTHER'],
  ])('is, for the record %j, %s', (content, kind) => {
    expect(clinicalUseType(use(content))).toBe(kind);
  });
});

describe('the risk of a supply shortage', () => {
  const url = 'http://ema.europa.eu/fhir/extension/riskOfSupplyShortage';
  const risk = { system: 'https://ema.europa.eu/fhir/riskOfSupplyShortage', code: 'False', display: 'False' };

  it.each(
    titled(
      [
        [[{ url, valueCoding: risk }], risk],
        [
          [
            { url: 'http://ema.europa.eu/fhir/extension/other', valueCoding: {} },
            { url, valueCoding: risk },
          ],
          risk,
        ],
        [[{ url, valueCodeableConcept: { coding: [risk] } }], risk],
        [[{ url, valueBoolean: true }], undefined],
        [[null, { url: 7 }], undefined],
        [undefined, undefined],
      ],
      (extension, coding) =>
        `is ${coding === undefined ? 'undefined' : 'read from EMA’s extension'} if the extensions are ${brief(extension).replaceAll('http://ema.europa.eu/fhir/extension/', '…/')}`,
    ),
  )('%s', (_title, extension, coding) => {
    expect(riskOfSupplyShortage({ extension: extension as never })).toEqual(coding && { coding: [coding] });
  });

  it('has the codings of all extensions with EMA’s URL', () => {
    const [yes, no] = [{ ...risk, code: 'True' }, risk];
    const extension = [
      { url, valueCoding: yes },
      { url, valueCodeableConcept: { text: 'maybe', coding: [no] } },
    ];
    expect(riskOfSupplyShortage({ extension })).toMatchObject({ coding: [yes, no] });
    expect(riskOfSupplyShortage({ extension: extension.slice(1) })).toEqual({ text: 'maybe', coding: [no] });
  });
});
