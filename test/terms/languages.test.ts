/** Languages and countries, in the many ways that records name them. */
import { describe, expect, it } from 'vitest';
import { countryMatches, languageMatches, languageServes } from '../../src/terms/languages.js';

const coded = (code: string, display?: string) => ({
  coding: [{ code, ...(display === undefined ? {} : { display }) }],
});

describe('a language', () => {
  it.each([
    [coded('100000072288'), 'sv'],
    [coded('sv', 'Swedish'), 'sv'],
    [coded('el', 'Modern Greek (1453-)'), 'el'],
    [coded('ja-JP'), 'ja'],
    [{ text: 'Spanish' }, 'es'],
    [coded('ES', 'Spanish'), 'ES'],
    [coded('100000072178'), 'de-AT'],
    [coded('100000072213'), 'no'],
  ])('%j is what %s asks for', (concept, tag) => {
    expect(languageMatches(concept, tag)).toBe(true);
  });

  it.each([
    [coded('100000072288'), 'de'],
    [coded('pt-BR'), 'pt-PT'],
    [coded('estonian'), 'es'],
    [{ text: 'Klingon' }, 'en'],
    [undefined, 'en'],
    [{}, 'en'],
  ])('%j is not what %s asks for', (concept, tag) => {
    expect(languageMatches(concept, tag)).toBe(false);
  });

  it('serves who asked for its region, or for the language at large', () => {
    expect(languageServes('en', 'en-GB')).toBe(true);
    expect(languageServes('pt-PT', 'pt')).toBe(true);
    expect(languageServes('en', 'de')).toBe(false);
    expect(languageServes('es', 'est')).toBe(false);
  });
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
