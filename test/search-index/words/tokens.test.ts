/** Splitting of texts into words: stored and typed words must agree. */
import { describe, expect, it } from 'vitest';
import { typedWords, wordsIn } from '../../../src/search-index/words/tokens.js';

const typed = (text: string): readonly string[] => typedWords(text).map((word) => word.text);

describe('the search words of a text', () => {
  it.each([
    ['Ácido  acetilsalicílico', 'ACIDO ACETILSALICILICO'],
    ['Ħobż Straße œstrogène', 'HOBZ STRASSE OESTROGENE'],
    ['Amlodipine/Valsartan 5/160 mg', 'AMLODIPINE VALSARTAN 5 5MG 160 160MG MG'],
    ['10 mg/5 ml', '10 10MG MG 5 5ML ML'],
    ['film-coated', 'FILM COATED FILMCOATED'],
    ['Co-amoxi-clav', 'CO AMOXI CLAV COAMOXI COAMOXICLAV AMOXICLAV'],
    ['B12', 'B 12 B12'],
    ['COVID-19', 'COVID 19 COVID19'],
    ['N02BE01', 'N02BE01'],
    ['interferon β-1a', 'INTERFERON BETA 1 A BETA1A'],
    ['soft\u00ADhyphen and\u200Bnone', 'SOFTHYPHEN ANDNONE'],
    ["St John's wort, l'aspirine", 'ST JOHNS WORT L ASPIRINE'],
    ['Αμλοδιπίνη Парацетамол', 'ΑΜΛΟΔΙΠΙΝΗ ПАРАЦЕТАМОЛ'],
    ['EU/1/97/049/001', 'EU 1 97 049 001'],
    ['2x5ml', '2 X 5 5ML ML'],
    ['®™ – …', 'TM'],
    ['', ''],
  ])('for %j are "%s"', (text, words) => {
    expect(wordsIn(text).join(' ')).toBe(words);
  });
});

describe('a very long word', () => {
  it.each(['x', 'ß', '1', 'x1', '1.'])(
    'of 200,000 letters of %j is cut off equally in the stored text and in the search text',
    (letters) => {
      const text = letters.repeat(200_000 / letters.length);
      const words = wordsIn(text);
      expect(Math.max(...words.map((word) => word.length))).toBeLessThanOrEqual(100);
      expect(words.length).toBeLessThan(5);
      expect(words).toContain(typed(text)[0]);
    },
  );
});

describe('a typed search text', () => {
  it.each([
    ['5mg', '5 mg'],
    ['5-mg', '5 mg'],
    ['2,5', '2.5'],
    ['2.50 mg', '2,5mg'],
    ['5.0', '5'],
    ['.5 mg', '0,5 mg'],
    ['½ mg', '0.5 mg'],
    ['1½ mg', '1.5 mg'],
    ['10 000 IE', '10000 IU'],
    ['1.000.000 IU', '1,000,000 UI'],
    ['10\u202F000 UI', '10.000 ie'],
    ['50 µg', '50 mcg'],
    ['50 μg', '50ug'],
    ['50 ΜG', '50 micrograms'],
    ['10 мг', '10 mg'],
    ['5/160 mg', '5 mg / 160 mg'],
    ['interferon β', 'interferon beta'],
    ['AMLODIPINE', 'amlodipine'],
  ])('%j matches %j in a record', (one, other) => {
    expect(typed(one)).toEqual(typed(other));
  });

  it.each([
    ['50 µg', '50 mg'],
    ['50 μg', '50 mg'],
    ['.5 mg', '5 mg'],
    ['½ mg', '2 mg'],
    ['2.500', '2.5'],
    ['2.500', '2500'],
    ['0.5', '5'],
    ['10 000', '10'],
    ['12.5', '125'],
    ['049', '49'],
  ])('%j does not match %j in a record', (one, other) => {
    expect(typed(one)).not.toEqual(typed(other));
  });

  it('is split into words, with the parts of codes and hyphenated words', () => {
    expect(typedWords('B12 covid-19 co-amoxi-clav N02BE01')).toEqual([
      { text: 'B12', parts: ['B', '12'], isHyphenated: false },
      { text: 'COVID19', parts: ['COVID', '19'], isHyphenated: true },
      { text: 'COAMOXICLAV', parts: ['CO', 'AMOXI', 'CLAV'], isHyphenated: true },
      { text: 'N02BE01', parts: [], isHyphenated: false },
    ]);
  });

  it('has each of its words once, however often they are repeated', () => {
    expect(typed('mg 5mg MG 5 mg')).toEqual(['MG', '5MG']);
  });

  it('has only words that a record with the same text has', () => {
    const held = 'Amlodipin-Valsartan Teva 5 mg/160 mg, Vitamin B12 µg 2,5 Covid-19';
    const words = typedWords(held).flatMap(({ text, parts }) => (parts.length > 0 ? parts : [text]));
    expect(words.filter((word) => !wordsIn(held).includes(word))).toEqual([]);
  });
});
