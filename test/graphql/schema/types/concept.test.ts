/** Concepts and ATC classes: their texts come from the imported and built-in terms, or else from the record. */
import { describe, expect, it } from 'vitest';
import { Atc, Concept } from '../../../../src/graphql/schema/types/concept.js';
import { isPublishedHere, published, publishedOf, unlessPublished } from '../../../support/published.js';
import { contextIn, contextOf, emaList, inEnglish } from '../../../support/views.js';

const oral = { system: emaList('100000073345'), code: '100000073619' };

describe('a coded value', () => {
  it('has the text of its RMS term if the record has no text', () => {
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

  it('has the text of its RMS term rather than the record’s own text', () => {
    expect(Concept.of({ coding: [{ ...oral, display: 'per os' }] })?.text({}, inEnglish)).toBe('Oral use');
  });

  it('has the English text if there is none in an accepted language, and states its language', () => {
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

  it('has the record’s text, with an unknown language, if its code has no term', () => {
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

  it('has a text if its code is the tag of a language or country', () => {
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

  it('has a text if its code is from a code system of FHIR itself', () => {
    const system = 'http://hl7.org/fhir/publication-status';
    expect(Concept.of({ coding: [{ system, code: 'active' }] })?.text({}, inEnglish)).toBe('Active');
    expect(Concept.of({ coding: [{ system, code: '100000073619' }] })?.text({}, inEnglish)).toBeNull();
  });

  it('has no text if neither record nor terms have one, and is null if its element is empty', () => {
    expect(
      Concept.of({ coding: [{ system: 'http://x.example', code: '1' }] })?.label({}, inEnglish),
    ).toBeNull();
    expect(Concept.of({})).toBeNull();
    expect(Concept.of({ coding: [] })).toBeNull();
    expect(Concept.of(undefined)).toBeNull();
    expect(Concept.all([undefined, {}, { text: 'a' }])).toHaveLength(1);
  });

  it('has the term of a code without a system, but no term if the system is no RMS list of EMA', () => {
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

  it('has all codings, and the code and display of the first coding', () => {
    const concept = Concept.of({ coding: [{ system: 'http://x.example', code: 'a', display: 'A' }, oral] });
    expect(concept).toMatchObject({ code: 'a', display: 'A', system: 'http://x.example', list: null });
    expect(concept?.codings.map(({ system, code, display }) => [system, code, display])).toEqual([
      ['http://x.example', 'a', 'A'],
      [oral.system, oral.code, null],
    ]);
    expect(concept?.text({}, inEnglish)).toBe('Oral use');
  });
});

const translated = (language: string, content: string) => ({
  url: 'http://hl7.org/fhir/StructureDefinition/translation',
  extension: [
    { url: 'lang', valueCode: language },
    { url: 'content', valueString: content },
  ],
});

describe('a coded value with translations in the record', () => {
  const concept = Concept.of({
    coding: [
      {
        system: 'http://x.example',
        code: 'T',
        display: 'tablet',
        _display: { extension: [translated('pt-PT', 'comprimido'), translated('de', 'Tablette')] },
      } as never,
    ],
  });
  const textFor = (languages: readonly string[], language?: string) =>
    concept?.label(language === undefined ? {} : { language }, contextOf(languages));

  it('has the text in the most preferred available language', () => {
    expect(textFor(['de-AT', 'pt'])).toMatchObject({ text: 'Tablette', language: 'de', fallback: false });
    expect(textFor(['pt-BR', 'pt', 'en'])).toMatchObject({
      text: 'comprimido',
      language: 'pt-PT',
      fallback: false,
    });
    expect(textFor(['fi', 'pt'])).toMatchObject({ text: 'comprimido', fallback: true });
    expect(textFor(['fi', 'pt'], 'de')).toMatchObject({ text: 'Tablette', fallback: false });
    expect(textFor(['pt'], 'fi')).toMatchObject({ text: 'comprimido', fallback: true });
    expect(textFor(['fi'])).toMatchObject({ text: 'tablet', language: null, fallback: true });
  });

  it('has a translation from the record rather than an English term', () => {
    const route = { ...oral, _display: { extension: [translated('de', 'zum Einnehmen')] } } as never;
    expect(Concept.of({ coding: [route] })?.label({ language: 'de' }, inEnglish)).toMatchObject({
      text: 'zum Einnehmen',
      language: 'de',
      fallback: false,
    });
    expect(Concept.of({ coding: [route] })?.text({}, inEnglish)).toBe('Oral use');
  });

  it('lists the languages of its texts', () => {
    const noted = new Set<string>();
    concept?.text({ language: 'pt' }, contextOf([], noted));
    concept?.text({ language: 'fi' }, contextOf([], noted));
    expect([...noted]).toEqual(['pt-PT']);
  });
});

describe('a coded value whose codings or text contradict each other', () => {
  const cutaneous = '100000073566';
  const amoxicillin = { system: emaList('100000093533'), code: '100000096122' };
  const ciclosporin = { system: 'http://www.whocc.no/atc', code: 'L04AD01' };
  const label = (...coding: object[]) => Concept.of({ coding })?.label({}, inEnglish);

  it('has the record’s text if its codings name different terms', () => {
    const display = 'ciclosporin';
    expect(label({ ...amoxicillin, display }, { ...ciclosporin, display })).toMatchObject({
      text: 'ciclosporin',
      language: null,
      fallback: true,
      conflict: true,
    });
    expect(label(oral, { ...oral, code: cutaneous, display: 'Cutaneous use' })).toMatchObject({
      text: 'Cutaneous use',
      conflict: true,
    });
    const both = [
      { ...oral, display: 'Oral use' },
      { ...oral, code: cutaneous, display: 'Cutaneous use' },
    ];
    expect(label(...both, { ...oral, display: 'oral use' })).toMatchObject({
      text: 'Oral use / Cutaneous use',
      language: null,
      fallback: true,
      conflict: true,
    });
    expect(Concept.of({ coding: both, text: 'by mouth' })?.label({}, inEnglish)).toMatchObject({
      text: 'by mouth',
      conflict: true,
    });
  });

  it('has the record’s text if this text is the name of another term', () => {
    expect(label({ ...oral, display: 'Cutaneous use' })).toMatchObject({
      text: 'Cutaneous use',
      conflict: true,
    });
    expect(label({ ...oral, display: ' CUTANEOUS USE' })?.conflict).toBe(true);
    expect(label({ ...ciclosporin, display: 'amoxicillin' })).toMatchObject({
      text: 'amoxicillin',
      conflict: true,
    });
  });

  it('has the texts of both terms if the record has no text', () => {
    expect(label(amoxicillin, ciclosporin)).toMatchObject({
      text: 'amoxicillin / ciclosporin',
      language: 'en',
      conflict: true,
    });
  });

  it('is not a value that repeats a code, or that has a synonym of its term as text', () => {
    for (const coding of [
      [oral, { ...oral, system: oral.system.replace('http:', 'https:') }],
      [{ ...oral, display: 'oral use' }],
      [{ ...oral, display: 'per os' }],
      [oral, { system: 'http://snomed.info/sct', code: '26643006', display: 'Oral route' }],
      [{ system: emaList('100000073345'), code: '999999999999', display: 'Oral use' }],
      [{ system: emaList('100000093533'), code: '100000096879', display: 'ciclosporin' }, ciclosporin],
      [
        { system: emaList('100000093533'), code: '100000096879' },
        { ...ciclosporin, code: 'L04A' },
      ],
      [
        { system: emaList('100000000002'), code: '100000000403' },
        { system: 'urn:iso:std:iso:3166', code: 'DEU', display: 'Germany' },
      ],
      [
        { system: emaList('100000072057'), code: '100000072178' },
        { system: 'urn:ietf:bcp:47', code: 'de', display: 'Deutsch' },
      ],
    ])
      expect([coding, label(...coding)?.conflict]).toEqual([coding, false]);
  });

  it('may have codes of two countries or of two languages', () => {
    expect(
      label(
        { system: emaList('100000000002'), code: '100000000403' },
        { system: 'urn:iso:std:iso:3166', code: 'FR' },
      )?.conflict,
    ).toBe(true);
    expect(
      label(
        { system: emaList('100000072057'), code: '100000072178' },
        { system: 'urn:ietf:bcp:47', code: 'fr' },
      )?.conflict,
    ).toBe(true);
  });

  it('becomes one value for each term in a list element', () => {
    const who = (code: string, display: string) => ({ system: 'http://www.whocc.no/atc', code, display });
    const ema = (code: string) => ({ system: emaList('100000093533'), code });
    const coding = [
      ema('100000096122'),
      ema('100000096879'),
      who('L04AD01', 'ciclosporin'),
      { system: 'http://x.example', code: 'c', display: 'Ciclosporin' },
    ];
    const values = Concept.all([{ coding }, { coding: [oral] }]);
    expect(values.map(({ codings }) => codings.map(({ code }) => code))).toEqual([
      ['100000096122'],
      ['100000096879', 'L04AD01', 'c'],
      [oral.code],
    ]);
    expect(values.map((value) => value.label({}, inEnglish)?.conflict)).toEqual([false, false, false]);
    expect(Atc.all([{ coding }], inEnglish.terms).map(({ code, termCode }) => [code, termCode])).toEqual([
      ['J01CA04', '100000096122'],
      ['L04AD01', '100000096879'],
    ]);
  });

  it.skipIf(!isPublishedHere)(`occurs in only one published record${unlessPublished}`, () => {
    let all = 0;
    const found = new Set<string>();
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('coding' in value && Array.isArray(value.coding)) {
        all += 1;
        if (Concept.of(value as never)?.label({}, inEnglish)?.conflict) found.add(JSON.stringify(value));
      } else Object.values(value).forEach(visit);
    };
    published.forEach(visit);
    expect(all).toBeGreaterThan(1_000);
    // The two displays are those of both routes of administration.
    expect([...found].map((each) => each.match(/(?<="display":")[^"]+/g))).toEqual([
      ['Intramuscular use', 'Intravenous use'],
    ]);
  });
});

describe('the ATC classes of a product', () => {
  const ema = (code: string, display?: string) => ({
    coding: [{ system: emaList('100000093533'), code, ...(display === undefined ? {} : { display }) }],
  });
  const who = (code: string, display?: string) => ({
    coding: [{ system: 'http://www.whocc.no/atc', code, ...(display === undefined ? {} : { display }) }],
  });
  const told = (...classes: object[]) =>
    Atc.all(classes, inEnglish.terms).map(({ code, termCode }) => [code, termCode]);

  it('have the WHO code of the EMA term', () => {
    expect(told(ema('100000097705'))).toEqual([['N06AX12', '100000097705']]);
    expect(told({ coding: [...ema('100000095065').coding, ...who('C08CA01').coding] })).toEqual([
      ['C08CA01', '100000095065'],
    ]);
    expect(told(ema('999999999999'))).toEqual([[null, '999999999999']]);
  });

  it('are one class if two entries name the same class by their codes or by their texts', () => {
    expect(told(ema('100000095065', 'amlodipine'), who('C08CA01'))).toEqual([['C08CA01', '100000095065']]);
    expect(told(who('C08CA01'), who('C08CA01'))).toEqual([['C08CA01', null]]);
    expect(told(ema('999999999999', 'Novelmab'), who('L01XX99', 'novelmab'))).toEqual([
      ['L01XX99', '999999999999'],
    ]);
  });

  it('are two classes if neither codes nor texts show that they are the same', () => {
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

  it('do not include classifications by other code systems', () => {
    expect(
      told({ coding: [{ system: emaList('100000155526'), code: '100000155527' }] }, { text: 'C08CA01' }, {}),
    ).toEqual([]);
    expect(Atc.all(undefined, inEnglish.terms)).toEqual([]);
  });

  it.skipIf(!isPublishedHere)(
    `are one class for each pair of an EMA code and a WHO code in published records${unlessPublished}`,
    () => {
      const products = publishedOf('MedicinalProductDefinition').filter(
        ({ classification }) => classification?.length === 2,
      );
      expect(products.length).toBeGreaterThan(0);
      for (const { classification } of products)
        expect(Atc.all(classification, inEnglish.terms)).toHaveLength(1);
    },
  );
});
