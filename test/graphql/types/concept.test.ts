/** Concepts and ATC classes: texts from the terms known here, else from the record, never invented. */
import { describe, expect, it } from 'vitest';
import { Atc, Concept } from '../../../src/graphql/types/concept.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../support/published.js';
import { contextIn, emaList, inEnglish } from '../../support/views.js';

const oral = { system: emaList('100000073345'), code: '100000073619' };

describe('a concept', () => {
  it('has the text of the term where the record sends none', () => {
    const concept = Concept.of({ coding: [oral] });
    expect(concept).toMatchObject({ code: '100000073619', list: '100000073345', display: null });
    expect(concept?.text({}, inEnglish)).toBe('Oral use');
    expect(concept?.label({}, inEnglish)).toMatchObject({
      text: 'Oral use',
      language: 'en',
      fallback: false,
    });
    expect(concept?.label({}, contextIn('en-GB'))?.fallback).toBe(false);
  });

  it('prefers the term to the record’s own words', () => {
    expect(Concept.of({ coding: [{ ...oral, display: 'per os' }] })?.text({}, inEnglish)).toBe('Oral use');
  });

  it('falls back to English and says so', () => {
    expect(Concept.of({ coding: [oral] })?.label({ language: 'de' }, inEnglish)).toMatchObject({
      text: 'Oral use',
      language: 'en',
      fallback: true,
    });
    expect(Concept.of({ coding: [oral] })?.label({}, contextIn('fi'))?.fallback).toBe(true);
    expect(Concept.of({ coding: [oral] })?.label({ language: null as never }, inEnglish)?.fallback).toBe(
      false,
    );
  });

  it('falls back to what the record says, in a language that nobody told', () => {
    const unknown = {
      coding: [{ system: emaList('100000073345'), code: '999999999999', display: 'suun kautta' }],
    };
    expect(Concept.of(unknown)?.label({}, inEnglish)).toMatchObject({
      text: 'suun kautta',
      language: null,
      fallback: true,
    });
    expect(Concept.of({ text: 'by mouth' })?.text({}, inEnglish)).toBe('by mouth');
  });

  it('names the language or country of a tag that came without words, and of no other', () => {
    const text = (system: string, code: string) =>
      Concept.of({ coding: [{ system, code }] })?.text({}, inEnglish);
    expect(text('urn:ietf:bcp:47', 'fr')).toBe('French');
    expect(text('urn:iso:std:iso:3166', 'DK')).toBe('Denmark');
    expect(text('urn:iso:std:iso:3166', 'FIN')).toBe('Finland');
    expect(text('urn:ietf:bcp:47', 'ja-JP')).toBeNull();
    expect(text('http://x.example', 'fr')).toBeNull();
    const greek = { system: 'urn:ietf:bcp:47', code: 'el', display: 'Modern Greek (1453-)' };
    expect(Concept.of({ coding: [greek] })?.text({}, inEnglish)).toBe('Modern Greek (1453-)');
    const tag = Concept.of({ coding: [{ system: 'urn:ietf:bcp:47', code: 'fr' }] });
    expect(tag?.label({}, contextIn('fr'))).toMatchObject({ language: 'en', fallback: true });
  });

  it('has no text where there is none, and does not exist where there is nothing', () => {
    expect(
      Concept.of({ coding: [{ system: 'http://x.example', code: '1' }] })?.label({}, inEnglish),
    ).toBeNull();
    expect(Concept.of({})).toBeNull();
    expect(Concept.of({ coding: [] })).toBeNull();
    expect(Concept.of(undefined)).toBeNull();
    expect(Concept.all([undefined, {}, { text: 'a' }])).toHaveLength(1);
  });

  it('reads a code without a system, and not one of another system that looks like EMA’s', () => {
    expect(Concept.of({ coding: [{ code: '220000000002' }] })?.text({}, inEnglish)).toBe(
      'Invented name part',
    );
    expect(
      Concept.of({
        coding: [{ system: 'https://spor.ema.europa.eu/v2/SubstanceDefinition', code: '100000073619' }],
      })?.text({}, inEnglish),
    ).toBeNull();
    expect(
      Concept.of({
        coding: [
          { system: 'https://spor.ema.europa.eu/rmswi', code: '100000073681', display: 'Hard capsules' },
        ],
      })?.text({}, inEnglish),
    ).toBe('Hard capsules');
  });

  it('gives every coding, and takes code and display from the first', () => {
    const concept = Concept.of({ coding: [{ system: 'http://x.example', code: 'a', display: 'A' }, oral] });
    expect(concept).toMatchObject({ code: 'a', display: 'A', system: 'http://x.example', list: null });
    expect(concept?.codings.map(({ system, code, display }) => [system, code, display])).toEqual([
      ['http://x.example', 'a', 'A'],
      [oral.system, oral.code, null],
    ]);
    expect(concept?.text({}, inEnglish)).toBe('Oral use');
  });
});

describe('the ATC classes of a product', () => {
  const ema = (code: string, display?: string) => ({
    coding: [{ system: emaList('100000093533'), code, ...(display === undefined ? {} : { display }) }],
  });
  const who = (code: string, display?: string) => ({
    coding: [{ system: 'http://www.whocc.no/atc', code, ...(display === undefined ? {} : { display }) }],
  });
  const told = (...classes: object[]) => Atc.all(classes).map(({ code, termCode }) => [code, termCode]);

  it('have the WHO code that EMA’s term stands for', () => {
    expect(told(ema('100000097705'))).toEqual([['N06AX12', '100000097705']]);
    expect(told({ coding: [...ema('100000095065').coding, ...who('C08CA01').coding] })).toEqual([
      ['C08CA01', '100000095065'],
    ]);
    expect(told(ema('999999999999'))).toEqual([[null, '999999999999']]);
  });

  it('are one where two entries give one class, by the table or by their text', () => {
    expect(told(ema('100000095065', 'amlodipine'), who('C08CA01'))).toEqual([['C08CA01', '100000095065']]);
    expect(told(who('C08CA01'), who('C08CA01'))).toEqual([['C08CA01', null]]);
    expect(told(ema('999999999999', 'Novelmab'), who('L01XX99', 'novelmab'))).toEqual([
      ['L01XX99', '999999999999'],
    ]);
  });

  it('stay apart where nothing tells that they are one', () => {
    expect(told(ema('999999999999', 'x'), who('L01XX99', 'y'))).toHaveLength(2);
    expect(told(ema('999999999999'), who('L01XX99'))).toHaveLength(2);
    expect(
      told(ema('999999999999', 'diclofenac'), who('M01AB05', 'diclofenac'), who('M02AA15', 'diclofenac')),
    ).toHaveLength(3);
    expect(
      told(
        who('M01AB05', 'diclofenac'),
        ema('999999999998', 'diclofenac'),
        ema('999999999999', 'diclofenac'),
      ),
    ).toHaveLength(3);
  });

  it('are not the other classes of a product', () => {
    expect(
      told({ coding: [{ system: emaList('100000155526'), code: '100000155527' }] }, { text: 'C08CA01' }, {}),
    ).toEqual([]);
    expect(Atc.all(undefined)).toEqual([]);
  });

  it.skipIf(!isPublishedHere)(`are one for each class in published records${unlessPublished}`, () => {
    const products = publishedOf('MedicinalProductDefinition').filter(
      ({ classification }) => classification?.length === 2,
    );
    expect(products.length).toBeGreaterThan(0);
    for (const { classification } of products) expect(Atc.all(classification)).toHaveLength(1);
  });
});
