/** Substances: their names and codes in ingredients, and which of them are equal. */
import { describe, expect, it } from 'vitest';
import {
  isSubstance,
  isSubstanceCode,
  namedBy,
  substanceNames,
  substancesIn,
  substanceTerms,
} from '../../../src/facts/substances/substances.js';
import { substanceList } from '../../../src/terms/lists.js';
import { createTerms } from '../../../src/terms/terms.js';
import type { Term } from '../../../src/terms/source.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../support/published.js';
import { ingredient, record, substance } from '../ingredient-records.js';

const asked = (codes: readonly string[], names: readonly string[] = []) => ({ codes, names });

describe('the names of an ingredient’s substance', () => {
  it('come from codes, displays, texts, translations and the display of a reference', () => {
    const translated = {
      extension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/translation',
          extension: [
            { url: 'lang', valueCode: 'de' },
            { url: 'content', valueString: 'Cefuroxim-Natrium' },
          ],
        },
      ],
    };
    const { own, bases } = substancesIn(
      record('Ingredient', '1', {
        substance: {
          code: {
            concept: {
              coding: [
                { code: ' 100000091436 ', display: 'Cefuroxime sodium', _display: translated },
                { code: 'R8A7M9MY61' },
              ],
              text: 'cefuroxime',
            },
            reference: { reference: 'SubstanceDefinition/80', display: 'Cefuroxime sodium' },
          },
          strength: [
            { referenceStrength: [{ substance: substance('100000092145|Cefuroxime') }] },
            { referenceStrength: [{ substance: substance('→81|Base') }, {}] },
          ],
        },
      }),
    );
    expect(own).toEqual({
      codes: ['100000091436', 'R8A7M9MY61'],
      names: ['Cefuroxime sodium', 'Cefuroxim-Natrium', 'cefuroxime'],
      reference: { reference: 'SubstanceDefinition/80', display: 'Cefuroxime sodium' },
    });
    expect(bases.map(({ codes, names, reference }) => [codes, names, reference?.reference])).toEqual([
      [['100000092145'], ['Cefuroxime'], undefined],
      [[], ['Base'], 'SubstanceDefinition/81'],
    ]);
  });

  it.each([
    [{}],
    [{ substance: null }],
    [{ substance: 'cefuroxime' }],
    [{ substance: { code: 7, strength: {} } }],
    [
      {
        substance: {
          code: { concept: { coding: 'x', text: 3 } },
          strength: [null, { referenceStrength: 4 }],
        },
      },
    ],
  ])('are none if the record is malformed: %j', (content) => {
    expect(substancesIn(record('Ingredient', '1', content))).toEqual({
      own: { codes: [], names: [], reference: undefined },
      bases: [],
    });
  });
});

describe('the code of a substance', () => {
  it.each([
    ['100000091436', true],
    [' 123456 ', true],
    ['12345', false],
    ['R16CO5Y76E', true],
    ['r16co5y76e', true],
    ['SubstanceDefinition/80', true],
    ['Substance:100000091436', true],
    ['4471bb15-7f52-4fcd-b615-8674ce6eb91e', true],
    ['E171', false],
    ['3M', false],
    ['VITAMINB12', false],
    ['amlodipine', false],
    ['FUROSEMIDE', false],
    ['R16CO5Y76F', false],
    ['lactose monohydrate', false],
    ['Substance P', false],
    ['', false],
  ])('is read from %j: %s', (text, isCode) => {
    expect(isSubstanceCode(text)).toBe(isCode);
  });

  it.skipIf(!isPublishedHere)(`is every UNII of the published records${unlessPublished}`, () => {
    const codes = publishedOf('Ingredient')
      .flatMap(({ substance: told }) => told?.code?.concept?.coding ?? [])
      .filter(({ system }) => system?.includes('gsrs'))
      .flatMap(({ code }) => code ?? [])
      .filter((code) => code.length === 10);
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.filter((code) => !isSubstanceCode(code))).toEqual([]);
  });
});

describe('a substance in a filter', () => {
  it.each([
    ['by its code', asked(['100000091436']), '100000091436|Cefuroxime sodium', true],
    ['by any of several codes', asked(['1000001', '100000091436']), '100000091436', true],
    ['by its name', asked([], ['cefuroxime sodium']), '100000091436|Cefuroxime sodium', true],
    ['whatever the accents and the case', asked([], ['CAFÉINE']), 'cafeine', true],
    ['with _ as a blank', asked([], ['cefuroxime_sodium']), '100000091436|Cefuroxime sodium', true],
    ['by the display of a reference', asked([], ['amlodipine']), '→80|Amlodipine', true],
    ['by the id of what is referred to', asked(['SubstanceDefinition/80']), '→80', true],
    ['by a UNII in small letters', asked(['r16co5y76e']), 'R16CO5Y76E', true],
    ['not by a part of its name', asked([], ['cefuroxime']), '100000091436|Cefuroxime sodium', false],
    ['not by another code', asked(['100000092145']), '100000091436', false],
    ['not by another name', asked([], ['lactose']), 'Maize starch', false],
    ['which is not told by a reference alone', asked([], ['lactose']), '→80', undefined],
    ['which is not told by its display either', asked([], ['lactose']), '→80|Something else', undefined],
    ['which is not told by a code of another register', asked(['100000091436']), 'R16CO5Y76E', undefined],
    [
      'which is not told by a code where a name is asked for',
      asked([], ['lactose']),
      '100000091436',
      undefined,
    ],
    ['which is not told by a name where a code is asked for', asked(['100000091436']), 'Lactose', undefined],
    ['which is told where both are known', asked(['100000091436'], ['lactose']), 'Starch', false],
  ])('is compared with a record %s', (_title, wanted, written, expected) => {
    const { own } = substancesIn(ingredient(written));
    expect(isSubstance(wanted, own)).toBe(expected);
  });

  it('is undecided for a record that names no substance', () => {
    expect(isSubstance(asked(['100000091436'], ['lactose']), namedBy(undefined))).toBeUndefined();
  });
});

describe('the known terms of substances', () => {
  const term = (code: string, text: string, others: readonly string[] = [], successor?: string): Term => ({
    code,
    texts: new Map([
      ['en', text],
      ['de', `${text} (de)`],
    ]),
    otherNames: others,
    successor,
  });
  const list = [
    term('100000091436', 'Acetylsalicylic acid', ['Aspirin']),
    term('100000000009', 'Old acid', [], '100000091436'),
    term('100000092222', 'Lactose monohydrate'),
  ];
  const terms = createTerms([
    {
      lists: () => [substanceList],
      version: 1,
      term: (_list, code) => list.find((each) => each.code === code),
      anywhere: (code) => list.filter((each) => each.code === code),
      terms: () => list,
    },
  ]);

  it('are found by their texts and other names, but not by the beginning of one', () => {
    expect(substanceTerms(terms, 'aspirin')).toEqual(['100000091436', '100000000009']);
    expect(substanceTerms(terms, 'Old_acid')).toEqual(['100000000009', '100000091436']);
    expect(substanceTerms(terms, 'acetylsalicylic acid (DE)')).toEqual(['100000091436', '100000000009']);
    expect(substanceTerms(terms, 'lactose')).toEqual([]);
    expect(substanceTerms(terms, ' ')).toEqual([]);
  });

  it('have names in every imported language', () => {
    expect(substanceNames(terms, ' 100000091436')).toEqual([
      'Acetylsalicylic acid',
      'Acetylsalicylic acid (de)',
      'Aspirin',
    ]);
    expect(substanceNames(terms, '1')).toEqual([]);
  });
});
