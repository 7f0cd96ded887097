/** Terms from several sources: their texts, the words that stand for them, and lists for choosing. */
import { describe, expect, it } from 'vitest';
import { createBuiltInTerms } from '../../src/terms/built-in.js';
import { atcList, listsFor, namedLists, type ListName } from '../../src/terms/lists.js';
import { labelOf } from '../../src/terms/label.js';
import { withCodes } from '../../src/graphql/engine/words.js';
import { createShownTexts } from '../../src/terms/shown.js';
import type { Term, TermSource } from '../../src/terms/source.js';
import { createTerms } from '../../src/terms/terms.js';
import type { FhirResource } from '../../src/fhir/resources.js';

const route = namedLists.ROUTE[0];

interface Given extends Omit<Partial<Term>, 'texts'> {
  readonly code: string;
  readonly texts?: Readonly<Record<string, string>>;
}

function sourceOf(lists: Readonly<Record<string, readonly Given[]>>): TermSource & { version: number } {
  const terms = (list: string): readonly Term[] =>
    (Object.hasOwn(lists, list) ? (lists[list] ?? []) : []).map((given) => ({
      otherNames: [],
      ...given,
      texts: new Map(Object.entries(given.texts ?? {})),
    }));
  return {
    version: 1,
    lists: () => Object.keys(lists),
    term: (list, code) => terms(list).find((term) => term.code === code),
    anywhere: (code) =>
      Object.keys(lists).flatMap((list) => terms(list).filter((term) => term.code === code)),
    terms,
  };
}

const builtIn = createBuiltInTerms();
const terms = createTerms([builtIn]);
const codesOf = (name: ListName, text: string): readonly string[] => terms.codesOf(listsFor(name), text);

describe('ATC classes', () => {
  const imported = sourceOf({
    [atcList]: [
      { code: '100000096401', atc: 'V08CA11', texts: { en: 'gadoxetic acid' } },
      { code: '100000096402', atc: 'V08CA', texts: { en: 'Paramagnetic contrast media' } },
    ],
  });
  const both = createTerms([imported, builtIn]);

  it('are read from EMA’s terms, imported and built-in', () => {
    expect(['100000096401', '100000097705', '1'].map((term) => both.atcOf(term))).toEqual([
      'V08CA11',
      'N06AX12',
      undefined,
    ]);
  });

  it('are found together with all classes below them', () => {
    expect(both.atcTermsIn('V08CA11')).toEqual(['100000096401']);
    expect(both.atcTermsIn('V08')).toEqual(['100000096401', '100000096402']);
    expect(both.atcTermsIn('N06AX12')).toEqual(['100000097705']);
    expect(both.atcTermsIn('V0')).toEqual([]);
  });

  it('are found for records that have only the EMA codes of the terms', () => {
    const filter = { filter: { atc: ['v08c'] } };
    expect(withCodes(filter, both, 'en')).toEqual({
      filter: { atc: ['v08c', '100000096401', '100000096402'] },
    });
  });

  it('are read again when the imported list changes', () => {
    const lists: Record<string, Given[]> = {};
    const growing = sourceOf(lists);
    const terms = createTerms([growing]);
    expect(terms.atcTermsIn('A01')).toEqual([]);
    lists[atcList] = [{ code: '1', atc: 'A01AA01' }];
    growing.version += 1;
    expect(terms.atcTermsIn('A01')).toEqual(['1']);
  });
});

describe('the text of an RMS term', () => {
  const imported = sourceOf({
    [route]: [
      { code: '100000073619', texts: { de: 'Zum Einnehmen', pt: 'Via oral', nb: 'Oral bruk' } },
      { code: '100000073611', texts: { 'pt-br': 'Via intravenosa' } },
      { code: '100000000001', texts: { fi: 'Suun kautta' } },
    ],
  });
  const both = createTerms([imported, builtIn]);

  it.each([
    ['de', '100000073619', 'Zum Einnehmen', 'de'],
    ['de-AT', '100000073619', 'Zum Einnehmen', 'de'],
    ['PT-BR', '100000073619', 'Via oral', 'pt'],
    ['pt', '100000073611', 'Via intravenosa', 'pt-br'],
    ['no', '100000073619', 'Oral bruk', 'nb'],
    ['nn', '100000073619', 'Oral bruk', 'nb'],
    ['fr', '100000073619', 'Oral use', 'en'],
    ['en', '100000000001', 'Suun kautta', 'fi'],
  ])('in "%s", for the code %s, is "%s"', (language, code, text, found) => {
    expect(both.find(route, code, language)).toEqual({ text, language: found });
  });

  it('is from the first source of terms that has a text in this language', () => {
    const other = sourceOf({
      [route]: [{ code: '100000073619', texts: { de: 'Oral', sv: 'Oral användning' } }],
    });
    const three = createTerms([imported, other, builtIn]);
    expect(three.find(route, '100000073619', 'de')?.text).toBe('Zum Einnehmen');
    expect(three.find(route, '100000073619', 'sv')?.text).toBe('Oral användning');
    expect(three.find(route, '100000073619', 'en')?.text).toBe('Oral use');
  });

  it.each([
    ['de', 'Deutschland'],
    ['fr', 'Allemagne'],
    ['mt', 'il-Ġermanja'],
    ['is', 'Þýskaland'],
    ['el', 'Γερμανία'],
    ['en', 'Federal Republic of Germany'],
  ])('of Germany exists in "%s"', (language, text) => {
    expect(terms.find('100000000002', '100000000403', language)?.text).toBe(text);
  });

  it('of each language exists in each official language of the EU', () => {
    expect(terms.find('100000072057', '100000072178', 'fr')?.text).toBe('allemand');
    expect(terms.find('100000072057', '100000072178', 'ga')?.language).toBe('ga');
  });
});

describe('a typed word', () => {
  it.each<readonly [ListName, string, readonly string[]]>([
    ['ROUTE', 'Oral use', ['100000073619']],
    ['ROUTE', ' oral  USE ', ['100000073619']],
    ['ROUTE', 'ORAL_USE', ['100000073619']],
    ['ROUTE', 'oral', ['100000073619']],
    ['ROUTE', 'intravenous', ['100000073611']],
    ['ROUTE', 'haemodialysis', ['100000073579']],
    ['DOSE_FORM', 'film-coated tablet', ['100000073665']],
    ['DOSE_FORM', 'Tablet', ['100000073664']],
    ['DOSE_FORM', 'Cream + pessary', ['100000173972']],
    ['DOMAIN', 'human', ['Human', '100000000012']],
    ['DOMAIN', 'veterinary use', ['100000000013', 'Veterinary']],
    ['STATUS', 'current', ['200000005004']],
    ['STATUS', 'active', ['active']],
    ['AUTHORIZATION_STATUS', 'withdrawn', ['100000072113']],
    ['MARKETING_STATUS', 'TEMPORARILY_UNAVAILABLE', ['230000000000']],
    ['LEGAL_STATUS', 'over the counter', ['100000072076']],
    ['COUNTRY', 'de', ['100000000403']],
    ['COUNTRY', 'DEU', ['100000000403']],
    ['COUNTRY', 'Österreich', ['100000000330']],
    ['COUNTRY', 'osterreich', ['100000000330']],
    ['COUNTRY', 'Türkei', ['100000000549']],
    ['COUNTRY', 'Turkey', ['100000000549']],
    ['COUNTRY', "cote d'ivoire", ['100000000372']],
    ['COUNTRY', 'UK', ['100000000556']],
    ['COUNTRY', 'European Union', ['100000000390']],
    ['LANGUAGE', 'Deutsch', ['100000072178']],
    ['UNIT', 'mg', ['100000110655']],
    ['UNIT', 'mg/mL', ['100000110686']],
    ['CLASSIFICATION', 'bupropion', ['100000097705']],
    ['CLASSIFICATION', 'N06AX12', ['100000097705']],
    ['CLASSIFICATION', 'diclofenac', ['100000096906', '100000097012']],
  ])('$1 in the list $0 means the codes $2', (list, text, codes) => {
    expect(codesOf(list, text)).toEqual(codes);
  });

  it.each<readonly [ListName, string]>([
    ['ROUTE', 'orl'],
    ['ROUTE', 'intra'],
    ['ROUTE', ''],
    // Many terms begin with this text, and none is equal to it.
    ['DOSE_FORM', 'Gastro-resistant'],
    ['STATUS', 'constructor'],
  ])('$1 in the list $0 means no term', (list, text) => {
    expect(codesOf(list, text)).toEqual([]);
  });

  it('that is unknown gets suggestions of the nearest terms, in the reader’s language', () => {
    expect(terms.nearest(listsFor('ROUTE'), 'orl use', 'en', 5)).toHaveLength(5);
    expect(terms.nearest(listsFor('ROUTE'), 'orl use', 'en', 5)[0]).toBe('Oral use');
    expect(terms.nearest(listsFor('ROUTE'), 'intravenus', 'en', 5)[0]).toBe('Intravenous use');
    expect(terms.nearest(listsFor('COUNTRY'), 'Ostereich', 'de', 5)[0]).toBe('Österreich');
    expect(terms.nearest(['nothing'], 'oral', 'en', 5)).toEqual([]);
  });

  it('that is unknown is refused in a short time, however long it is', () => {
    const begin = performance.now();
    terms.nearest(listsFor('DOSE_FORM'), 'x'.repeat(200), 'en', 5);
    expect(performance.now() - begin).toBeLessThan(1_000);
  });

  it('for a nullified term means this term and its successor', () => {
    const replaced = createTerms([
      sourceOf({
        list: [
          { code: '1', texts: { en: 'Old name' }, successor: '2' },
          { code: '2', texts: { en: 'New name' }, otherNames: ['short'] },
        ],
      }),
    ]);
    expect(replaced.codesOf(['list'], 'old name')).toEqual(['1', '2']);
    expect(replaced.codesOf(['list'], 'New name')).toEqual(['2', '1']);
    expect(replaced.codesOf(['list'], 'old')).toEqual(['1', '2']);
    expect(replaced.search(['list'], undefined, 'en', 10).map(({ code }) => code)).toEqual(['2']);
  });

  it('is found as soon as its source of terms has changed', () => {
    const lists: Record<string, readonly Given[]> = { list: [] };
    const source = sourceOf(lists);
    const growing = createTerms([source]);
    const before = growing.version;
    expect(growing.codesOf(['list'], 'new')).toEqual([]);
    lists['list'] = [{ code: '1', texts: { en: 'New' } }];
    source.version += 1;
    expect(growing.codesOf(['list'], 'new')).toEqual(['1']);
    expect(growing.version).not.toBe(before);
    expect(growing.version).toBe(growing.version);
  });
});

describe('the terms of an RMS list', () => {
  it('are sorted in the requested language, and those that begin with the typed text come first', () => {
    const found = terms.search(listsFor('COUNTRY'), 'land', 'de', 1_000).map(({ text }) => text);
    expect(found).toContain('Deutschland');
    const inGerman = terms.search(listsFor('COUNTRY'), undefined, 'de', 1_000).map(({ text }) => text);
    expect(inGerman.length).toBe(265);
    expect(inGerman.indexOf('Österreich')).toBeLessThan(inGerman.indexOf('Portugal'));
    const tablets = terms.search(listsFor('DOSE_FORM'), 'tablet', 'en', 5).map(({ text }) => text);
    expect(tablets[0]).toBe('Tablet');
  });

  it('are also found by a code or a short name', () => {
    expect(terms.search(listsFor('COUNTRY'), 'SWE', 'en', 1)[0]?.text).toBe('Kingdom of Sweden');
    expect(terms.search(listsFor('ROUTE'), '100000073619', 'en', 9)).toEqual([
      { list: route, code: '100000073619', text: 'Oral use' },
    ]);
  });
});

describe('a text that occurs in records', () => {
  const product = (status: object, id = '1'): FhirResource =>
    ({ resourceType: 'MedicinalProductDefinition', id, status }) as unknown as FhirResource;

  it('is accepted as a word for its code once it was read', () => {
    const shown = createShownTexts();
    const withShown = createTerms([builtIn, shown]);
    const { version } = withShown;
    expect(withShown.codesOf(listsFor('STATUS'), 'gültig')).toEqual([]);
    shown.note(
      product({ coding: [{ system: 'https://example.org/x', code: 'ok', display: 'Gültig' }], text: 'Good' }),
    );
    expect(withShown.codesOf(listsFor('STATUS'), 'GULTIG')).toEqual(['ok']);
    expect(withShown.codesOf(listsFor('STATUS'), 'good')).toEqual(['ok']);
    expect(withShown.version).not.toBe(version);
    // The language of the text is unknown, so it replaces no text of another record.
    expect(withShown.find(undefined, 'ok', 'en')).toBeUndefined();
  });

  it('is read once for each record', () => {
    const shown = createShownTexts();
    const odd = [
      product(null as never),
      product({ coding: null }),
      product({ coding: [null, { code: 5, display: 'x' }] }),
      { resourceType: 'RegulatedAuthorization', id: '1', region: { text: 'Nowhere' } },
      { resourceType: 'Organization', id: '1' },
    ];
    for (const each of odd) shown.note(each as FhirResource);
    expect(shown.lists()).toEqual([]);
    const one = product({ coding: [{ code: 'a', display: 'A thing' }] });
    shown.note(one);
    const { version } = shown;
    shown.note(one);
    shown.note(product({ coding: [{ code: 'a', display: 'A thing' }] }));
    expect(shown.version).toBe(version);
  });

  it('is one entry of a drop-down list, even if records have it with codes of two systems', () => {
    const shown = createShownTexts();
    const coding = [{ system: 'http://www.whocc.no/atc', code: 'N06AX12', display: 'Bupropion' }];
    const record = { resourceType: 'MedicinalProductDefinition', id: '1', classification: [{ coding }] };
    shown.note(record as unknown as FhirResource);
    const both = createTerms([builtIn, shown]);
    expect(both.search(listsFor('CLASSIFICATION'), 'bupropion', 'en', 10)).toEqual([
      { list: atcList, code: '100000097705', text: 'bupropion' },
    ]);
  });

  it('may be typed with "_" for its blanks, also if it contains a digit', () => {
    const shown = createShownTexts();
    shown.note(product({ coding: [{ code: 'x', display: 'Type 2 (18F)' }] }));
    const filter = { filter: { status: ['type_2_(18f)', 'odd_code_1'] } };
    expect(withCodes(filter, createTerms([shown]), 'en')).toEqual({
      filter: { status: ['type_2_(18f)', 'x', 'odd_code_1'] },
    });
  });

  it('is remembered up to a limit, and the oldest texts are dropped', () => {
    const shown = createShownTexts({ most: 2 });
    for (const code of ['a1', 'b1', 'c1'])
      shown.note(product({ coding: [{ code, display: `Thing ${code}` }] }, code));
    expect(shown.terms('STATUS').map(({ code }) => code)).toEqual(['b1', 'c1']);
  });

  it('is accepted as a word even if it has no code', () => {
    const shown = createShownTexts();
    const record = { resourceType: 'MedicinalProductDefinition', id: '1', route: [{ text: 'By ear' }] };
    shown.note(record as unknown as FhirResource);
    expect(createTerms([shown]).codesOf(listsFor('ROUTE'), 'by ear')).toEqual(['By ear']);
  });

  it('does not replace a text of the list with the same code', () => {
    const [list] = namedLists.ROUTE;
    const system = `https://spor.ema.europa.eu/v1/lists/${list}`;
    // The code of "Oral use" with the text of another route.
    const coding = [{ system, code: '100000073619', display: 'Intravenous use' }];
    const shown = createShownTexts();
    const record = { resourceType: 'MedicinalProductDefinition', id: '1', route: [{ coding }] };
    shown.note(record as unknown as FhirResource);
    const both = createTerms([builtIn, shown]);
    expect([...both.codesOf([list], 'intravenous use')].sort()).toEqual(['100000073611', '100000073619']);
    expect(both.named([list], 'intravenous use')).toEqual(['100000073611']);
    expect(labelOf({ coding }, ['en'], both)).toMatchObject({ text: 'Intravenous use', conflict: true });
  });
});

describe('the terms of substances', () => {
  const system = 'http://spor.ema.europa.eu/v2/SubstanceDefinition';
  const imported = sourceOf({
    SubstanceDefinition: [
      { code: '100000092047', texts: { en: 'Paracetamol', de: 'Paracetamolum' } },
      { code: '100000085259', texts: { en: 'Amlodipine' } },
    ],
  });
  const known = createTerms([imported, builtIn]);
  const label = (coding: object, language = 'en') =>
    labelOf({ coding: [{ system, ...coding }] }, [language, 'en'], known);

  it('have the imported names for their codes, in the reader’s language', () => {
    expect(label({ code: '100000092047' })).toMatchObject({ text: 'Paracetamol', language: 'en' });
    expect(label({ code: '100000092047', display: 'PARACETAMOL' }, 'de')?.text).toBe('Paracetamolum');
    expect(label({ code: '100000085259' }, 'de')).toMatchObject({ text: 'Amlodipine', fallback: true });
    expect(label({ code: '100000085259', display: 'Paracetamol' })).toMatchObject({
      text: 'Paracetamol',
      conflict: true,
    });
  });

  it('are not found by the code of a term in another list', () => {
    expect(label({ code: '100000073619' })).toBeNull();
  });
});
