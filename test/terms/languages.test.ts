/** Languages and countries, in the different forms that records use. */
import { describe, expect, it } from 'vitest';
import { countryMatches, isLanguage, isoOf, languageTagsOf } from '../../src/terms/languages.js';

const coded = (code: string, display?: string) => ({
  coding: [{ code, ...(display === undefined ? {} : { display }) }],
});

describe('the languages of a coded value', () => {
  it.each([
    [coded('100000072288'), ['sv']],
    [coded('sv', 'Swedish'), ['sv']],
    [coded('sv', 'Svenska'), ['sv']],
    [coded('el', 'Modern Greek (1453-)'), ['el']],
    [coded('ja-JP'), ['ja-jp']],
    [{ text: 'Spanish' }, ['es']],
    [coded('ES', 'Spanish'), ['es']],
    [coded('estonian'), ['et']],
    [coded('100000072213'), ['nb']],
    [{ text: 'Klingonish' }, []],
    [undefined, []],
    [{}, []],
  ])('are, for %j, %j', (concept, tags) => {
    expect(languageTagsOf(concept)).toEqual(tags);
  });
});

describe('a language tag', () => {
  it.each(['de', 'pt-BR', 'zh-Hant-TW', 'EN', 'iw', 'vro', 'de-DE-1996'])('"%s" is valid', (tag) => {
    expect(isLanguage(tag)).toBe(true);
  });

  it.each(['xx', 'qq-DE', 'en_US', 'C', '', ' de', 'english', '../de', 'x'.repeat(5_000)])(
    '$0 is invalid',
    (tag) => {
      expect(isLanguage(tag)).toBe(false);
    },
  );
});

describe('a coded country', () => {
  it.each([
    [coded('100000000535'), 'SE'],
    [coded('100000000535'), '100000000535'],
    [coded('100000000535'), 'Sweden'],
    [{ text: 'Spain' }, 'es'],
    [{ text: 'Kingdom of Spain' }, 'ESP'],
    [coded('GBR', 'United Kingdom'), 'UK'],
    [coded('100000000406'), 'EL'],
    [coded('100000000396'), 'FR'],
    [coded('JP'), 'jp'],
    [coded('JOR', 'Jordan'), 'Jordan'],
  ])('%j matches the filter "%s"', (concept, country) => {
    expect(countryMatches(concept, country)).toBe(true);
  });

  it.each([
    [coded('100000000535'), 'FI'],
    [undefined, 'SE'],
    [{ text: '' }, ''],
  ])('%j does not match the filter "%s"', (concept, country) => {
    expect(countryMatches(concept, country)).toBe(false);
  });
});

describe('the ISO code of a country or language', () => {
  const countryList = 'https://spor.ema.europa.eu/v1/lists/100000000002';
  const languageList = 'http://spor.ema.europa.eu/v1/lists/100000072057';

  it.each([
    [{ system: countryList, code: '100000000535' }, 'SE'],
    [{ code: '100000000535' }, 'SE'],
    [{ system: countryList, code: '100000000390' }, 'EU'],
    [{ system: countryList, code: '100000000396' }, 'FR'],
    [{ system: languageList, code: '100000072288' }, 'sv'],
    [{ system: 'urn:iso:std:iso:3166', code: 'SE' }, 'SE'],
    [{ system: 'urn:iso:std:iso:3166', code: 'swe' }, 'SE'],
    [{ system: 'urn:iso:std:iso:3166', code: 'UK' }, 'GB'],
    [{ system: 'urn:ietf:bcp:47', code: 'sv' }, 'sv'],
    [{ system: 'urn:ietf:bcp:47', code: 'PT-br' }, 'pt-BR'],
    // ISO codes for private use, areas without an ISO code, and languages without a tag.
    [{ system: countryList, code: '240000000000' }, undefined],
    [{ system: countryList, code: '100000110973' }, undefined],
    [{ system: countryList, code: '100000000355' }, undefined],
    [{ system: languageList, code: '100000072137' }, undefined],
    [{ system: 'urn:iso:std:iso:3166', code: '100000000355' }, undefined],
    [{ system: 'urn:iso:std:iso:3166', code: 'QQ' }, undefined],
    [{ system: 'urn:ietf:bcp:47', code: 'xx' }, undefined],
    // `mg` is a unit here, neither Madagascar nor Malagasy.
    [{ code: 'mg' }, undefined],
    [{ system: 'http://unitsofmeasure.org', code: 'mg' }, undefined],
    [{ display: 'Sweden' }, undefined],
    [{ code: 7, system: null }, undefined],
  ])('for the coding %j is %s', (coding, iso) => {
    expect(isoOf(coding as Parameters<typeof isoOf>[0])).toBe(iso);
  });
});
