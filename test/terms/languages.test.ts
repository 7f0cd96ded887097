/** Languages and countries, in the many ways that records name them. */
import { describe, expect, it } from 'vitest';
import { countryMatches, isLanguage, languageTagsOf } from '../../src/terms/languages.js';

const coded = (code: string, display?: string) => ({
  coding: [{ code, ...(display === undefined ? {} : { display }) }],
});

describe('the languages that a concept names', () => {
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
  ])('of %j are %j', (concept, tags) => {
    expect(languageTagsOf(concept)).toEqual(tags);
  });
});

describe('a tag', () => {
  it.each(['de', 'pt-BR', 'zh-Hant-TW', 'EN', 'iw', 'vro', 'de-DE-1996'])('%s names a language', (tag) => {
    expect(isLanguage(tag)).toBe(true);
  });

  it.each(['xx', 'qq-DE', 'en_US', 'C', '', ' de', 'english', '../de', 'x'.repeat(5_000)])(
    '%s names none',
    (tag) => {
      expect(isLanguage(tag)).toBe(false);
    },
  );
});

describe('a country', () => {
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
  ])('%j is what %s asks for', (concept, country) => {
    expect(countryMatches(concept, country)).toBe(true);
  });

  it.each([
    [coded('100000000535'), 'FI'],
    [undefined, 'SE'],
    [{ text: '' }, ''],
  ])('%j is not what "%s" asks for', (concept, country) => {
    expect(countryMatches(concept, country)).toBe(false);
  });
});
