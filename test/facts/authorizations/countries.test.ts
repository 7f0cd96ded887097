/** The countries of authorizations: each kind of authorization, each form of a region, and the Union. */
import type { CodeableConcept } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import {
  countsIn,
  isAuthorizedIn,
  isCountryAmong,
  regionsToSearch,
} from '../../../src/facts/authorizations/countries.js';
import { countryCodesOf, wordsOf } from '../../../src/terms/languages.js';
import { holdsUnionAuthorizations, otherEeaStates, unionMembers } from '../../../src/terms/union.js';
import { authorization, country, kinds, term } from '../records.js';
import { brief, inWords, titled } from '../../support/titles.js';

const [sweden, germany, britain, theUnion] = [
  '100000000535',
  '100000000403',
  '100000000556',
  '100000000390',
].map(country) as [CodeableConcept, CodeableConcept, CodeableConcept, CodeableConcept];
const eea: CodeableConcept = { text: 'European Economic Area' };
const union = [theUnion, eea, { coding: [{ code: 'EU' }] }, { coding: [{ display: 'EEA' }] }];
const centralNumber = [{ value: ' EU / 1/17/1201/001 ' }];
const marketing = (content: object) => authorization({ type: kinds.marketing, ...content });

describe('an authorization', () => {
  it.each(
    titled(
      [
        [[sweden], ['SE'], true],
        [[sweden], ['100000000535'], true],
        [[sweden], ['SWE'], true],
        [[sweden], ['sweden'], true],
        [[sweden], ['Kingdom of Sweden'], true],
        [[sweden], countryCodesOf('se'), true],
        [[sweden], ['DE'], false],
        [[sweden], ['DE', 'SE'], true],
        [[germany, sweden], ['SE'], true],
        [[sweden], ['EU'], false],
        [[{ coding: [{ system: 'urn:iso:std:iso:3166', code: 'SE' }] }], ['100000000535'], true],
        [[{ coding: [{ code: 'SWE' }] }], ['SE'], true],
        [[{ text: 'Sweden' }], ['SE'], true],
        [[{ coding: [{ code: 'EL' }] }], ['GR'], true],
        // A region that is not a known country leaves the match undecided, unless its code equals the requested code.
        [[{ text: 'Nordics' }], ['SE'], undefined],
        [[{ coding: [{ code: '100000999999' }] }], ['SE'], undefined],
        [[{ coding: [{ code: '100000999999' }] }], ['100000999999'], true],
        [[{ text: 'Nordics' }, sweden], ['SE'], true],
        [[{ text: 'Nordics' }, germany], ['SE'], undefined],
        // An area that is not a country does not match.
        [[country('100000000359')], ['ES'], false],
        [[country('100000000396')], ['FR'], true],
        [undefined, ['SE'], undefined],
        [[], ['SE'], undefined],
        [[{}], ['SE'], undefined],
        [[null, 7, { coding: 'SE', text: 5 }], ['SE'], undefined],
      ],
      (region, asked, verdict) =>
        `${inWords(verdict, 'is valid', 'is not valid', 'may be valid')} in ${brief(asked)} if its region is ${brief(region)}`,
    ),
  )('%s', (_title, region, asked, verdict) => {
    expect(isAuthorizedIn(marketing({ region }), asked)).toBe(verdict);
  });

  it.each(
    titled(
      [
        ['marketing', true],
        ['parallel', true],
        ['orphan', false],
        ['manufacturing', false],
        ['other', false],
      ] as const,
      (kind, verdict) =>
        `of kind ${kind} ${inWords(verdict, 'is valid', 'is not valid', 'may be valid')} in the country of its region`,
    ),
  )('%s', (_title, kind, verdict) => {
    const given = authorization({ type: kinds[kind], region: [sweden], status: { text: 'Revoked' } });
    expect(isAuthorizedIn(given, ['SE'])).toBe(verdict);
    expect(isAuthorizedIn(authorization({ type: kinds[kind] }), ['SE'])).toBe(verdict && undefined);
  });

  it('of unknown kind may be valid in the country of its region, and is not valid in another', () => {
    const given = authorization({ type: { text: 'Notice' }, region: [sweden] });
    expect(isAuthorizedIn(given, ['SE'])).toBeUndefined();
    expect(isAuthorizedIn(given, ['DE'])).toBe(false);
  });
});

describe('an authorization of the European Union', () => {
  const ofUnion = [
    ...union.map((region) => marketing({ region: [region] })),
    marketing({ identifier: centralNumber }),
  ];

  it('is valid in all member states and in the other countries of the European Economic Area', () => {
    expect(unionMembers.length).toBe(27);
    expect(otherEeaStates.length).toBe(3);
    for (const given of ofUnion)
      for (const each of [...unionMembers, ...otherEeaStates, 'EU'])
        expect(isAuthorizedIn(given, [each])).toBe(true);
  });

  it.each(['GB', 'XI', 'CH', 'US', 'TR', 'UA'])('is not valid in %s', (each) => {
    expect(holdsUnionAuthorizations(each)).toBe(false);
    for (const given of ofUnion) expect(isAuthorizedIn(given, [each])).toBe(false);
  });

  it('matches the filter value EU, and authorizations of all member states do not', () => {
    for (const given of ofUnion) expect(isAuthorizedIn(given, ['EU'])).toBe(true);
    expect(isAuthorizedIn(ofUnion[0]!, countryCodesOf('european union'))).toBe(true);
    expect(
      isAuthorizedIn(marketing({ region: unionMembers.map((code) => ({ coding: [{ code }] })) }), ['EU']),
    ).toBe(false);
  });

  it.each(
    titled(
      [
        ['EU/1/17/1201', true],
        ['eu/1/17/1201', true],
        ['EU/3/17/1201', undefined],
        ['EU/10/17', undefined],
        ['BE/EU/1/17', undefined],
        [7, undefined],
      ],
      (value, verdict) =>
        `${inWords(verdict, 'is recognized', 'is excluded', 'is not recognized')} by the number ${value}`,
    ),
  )('%s', (_title, value, verdict) => {
    expect(isAuthorizedIn(marketing({ identifier: [{ value }] }), ['SE'])).toBe(verdict);
  });

  it('is recognized by its number even if its region is one country', () => {
    expect(isAuthorizedIn(marketing({ identifier: centralNumber, region: [germany] }), ['SE'])).toBe(true);
    expect(isAuthorizedIn(marketing({ identifier: centralNumber, region: [britain] }), ['GB'])).toBe(true);
    expect(isAuthorizedIn(marketing({ identifier: centralNumber, region: [britain] }), ['CH'])).toBe(false);
  });
});

describe('the jurisdiction of a record', () => {
  it.each(
    titled(
      [
        [undefined, true],
        [{}, true],
        [sweden, true],
        [theUnion, true],
        [germany, false],
        [{ text: 'Nordics' }, undefined],
      ],
      (jurisdiction, verdict) =>
        `${inWords(verdict, 'includes', 'does not include', 'may include')} Sweden if it is ${brief(jurisdiction)}`,
    ),
  )('%s', (_title, jurisdiction, verdict) => {
    expect(countsIn(jurisdiction, ['SE'])).toBe(verdict);
  });

  it('that is the Union is not the same country as a member state', () => {
    expect(isCountryAmong(wordsOf(theUnion), ['SE'])).toBe(false);
    expect(isCountryAmong(wordsOf(eea), ['EU'])).toBe(true);
    expect(isCountryAmong(wordsOf(sweden), ['EU'])).toBe(false);
    expect(isCountryAmong(wordsOf(undefined), ['SE'])).toBeUndefined();
  });
});

describe('the regions of an upstream search by country', () => {
  it.each([
    [['SE'], ['100000000535', 'SE', 'SWE', '100000000390', 'EU', 'EEA']],
    [['GB'], ['100000000556', 'GB', 'GBR', 'UK']],
    [['norway'], ['100000000489', 'NO', 'NOR', '100000000390', 'EU', 'EEA']],
    [['EU'], ['100000000390', 'EU', 'EEA']],
    [['100000999999'], ['100000999999']],
  ])('for the filter value %j are %j', (asked, codes) => {
    expect(regionsToSearch(asked)).toEqual(codes);
  });

  it('include every code that the country filter accepts', () => {
    const found = regionsToSearch(['GR']).filter((code) =>
      isAuthorizedIn(marketing({ region: [{ coding: [{ code }] }] }), ['GR']),
    );
    expect(found).toEqual(regionsToSearch(['GR']));
    expect(isAuthorizedIn(marketing({ region: [term('100000000002', '100000000390')] }), ['GR'])).toBe(true);
  });
});
