/** The table of EMA's terms: every row is checked. */
import { describe, expect, it } from 'vitest';
import { createBuiltInTerms } from '../../src/terms/built-in.js';
import { atcCodeOf, emaTerms } from '../../src/terms/ema-terms.js';
import { createTerms, listOf } from '../../src/terms/terms.js';
import { isPublishedHere, publishedCodeSystems, unlessPublished } from '../support/published.js';

const terms = createTerms([createBuiltInTerms()]);

/** Codes whose text is spelled correctly here, because a published list has lost a letter. */
const spelledOtherwise = new Set([
  '100000072213',
  '100000072303',
  '100000000316',
  '100000000372',
  '100000000504',
  '100000000515',
  '200000016424',
]);

describe('the built-in table of EMA’s RMS terms', () => {
  it('has more than 25 lists, with a text for each code of 12 digits', () => {
    expect(Object.keys(emaTerms).length).toBeGreaterThan(25);
    for (const list of Object.values(emaTerms)) {
      for (const [code, text] of Object.entries(list)) {
        expect(code).toMatch(/^\d{12}$/);
        expect(text.trim()).toMatch(/\S/);
      }
    }
  });

  it('has one text for every code', () => {
    const texts = new Map<string, string>();
    for (const [code, text] of Object.values(emaTerms).flatMap((list) => Object.entries(list))) {
      expect(texts.get(code) ?? text).toBe(text);
      texts.set(code, text);
    }
  });

  it.skipIf(!isPublishedHere)(`has the texts of the published lists${unlessPublished}`, () => {
    const compared = publishedCodeSystems.flatMap(({ url, concept = [] }) => {
      const ours = emaTerms[listOf(url) ?? ''] ?? {};
      return concept
        .filter(({ code }) => Object.hasOwn(ours, code) && !spelledOtherwise.has(code))
        .map(({ code, display }) => [code, ours[code], display]);
    });
    expect(compared.length).toBeGreaterThan(500);
    expect(compared.filter(([, ours, theirs]) => ours !== theirs)).toEqual([]);
  });

  it.skipIf(!isPublishedHere)(`has the WHO codes of the published lists${unlessPublished}`, () => {
    const classes = publishedCodeSystems.find(({ url }) => url?.endsWith('/100000093533'))?.concept ?? [];
    const compared = classes.filter(({ code }) => atcCodeOf(code) !== undefined);
    expect(compared.length).toBeGreaterThan(80);
    for (const { code, definition } of compared) expect(atcCodeOf(code)).toBe(definition);
  });

  it('has no WHO code for a code without a term', () => {
    expect(atcCodeOf('100000000000')).toBeUndefined();
    expect(atcCodeOf('constructor')).toBeUndefined();
    expect(atcCodeOf(undefined)).toBeUndefined();
  });
});

describe('built-in RMS terms', () => {
  it('are found by their list, by merged lists and without a list', () => {
    const tablet = { text: 'Tablet', language: 'en' };
    expect(terms.find('200000000004', '100000073664', 'en')).toEqual(tablet);
    expect(terms.find('200000000004~200000000006~200000000007~200000000008', '100000073664', 'en')).toEqual(
      tablet,
    );
    expect(terms.find('100000110633~200000000014', '200000002152', 'en')).toEqual(tablet);
    expect(terms.find(undefined, '220000000002', 'en')?.text).toBe('Invented name part');
  });

  it('have an English text, marked as a fallback, if the requested language is missing', () => {
    expect(terms.find('100000073345', '100000073619', 'de')).toEqual({ text: 'Oral use', language: 'en' });
  });

  it('do not exist for unknown codes', () => {
    expect(terms.find('100000073345', '999999999999', 'en')).toBeUndefined();
    expect(terms.find('constructor', 'constructor', 'en')).toBeUndefined();
    expect(terms.find('__proto__', '__proto__', 'en')).toBeUndefined();
  });
});

describe('the RMS list in the system of a coding', () => {
  it.each([
    ['http://spor.ema.europa.eu/v1/lists/100000073345', '100000073345'],
    ['https://spor.ema.europa.eu/v1/lists/100000073345', '100000073345'],
    ['https://spor.ema.europa.eu/lists/220000000000', '220000000000'],
    ['http://spor.ema.europa.eu/v1/lists/100000000009/terms/100000075665', '100000000009'],
    ['https://spor.ema.europa.eu/v1/lists/100000110633~200000000014', '100000110633~200000000014'],
    ['https://spor.ema.europa.eu/rmswi', null],
    ['http://unitsofmeasure.org', null],
    [undefined, null],
  ])('is, for the system %s, %s', (system, list) => {
    expect(listOf(system)).toBe(list);
  });
});
