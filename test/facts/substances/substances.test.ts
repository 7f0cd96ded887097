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
import { titled } from '../../support/titles.js';

const asked = (codes: readonly string[], names: readonly string[] = []) => ({ codes, names });

describe('the names of an ingredient’s substance', () => {
  it('are read from codes, displays, texts, translations and the display of a reference', () => {
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

describe('a filter value', () => {
  it.each(
    titled(
      [
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
      ],
      (text, isCode) => `"${text}" ${isCode ? 'is' : 'is not'} read as the code of a substance`,
    ),
  )('%s', (_title, text, isCode) => {
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

describe('a substance filter', () => {
  it.each([
    [
      'by a code matches a record with this code',
      asked(['100000091436']),
      '100000091436|Cefuroxime sodium',
      true,
    ],
    [
      'by several codes matches a record with one of them',
      asked(['1000001', '100000091436']),
      '100000091436',
      true,
    ],
    [
      'by a name matches a record with this name',
      asked([], ['cefuroxime sodium']),
      '100000091436|Cefuroxime sodium',
      true,
    ],
    ['matches a name with other accents and letter case', asked([], ['CAFÉINE']), 'cafeine', true],
    [
      'matches a name with a blank for its underscore',
      asked([], ['cefuroxime_sodium']),
      '100000091436|Cefuroxime sodium',
      true,
    ],
    ['by a name matches the display of a reference', asked([], ['amlodipine']), '→80|Amlodipine', true],
    [
      'by the id of a SubstanceDefinition matches a reference to it',
      asked(['SubstanceDefinition/80']),
      '→80',
      true,
    ],
    ['by a UNII in small letters matches the UNII', asked(['r16co5y76e']), 'R16CO5Y76E', true],
    [
      'by a part of a name does not match',
      asked([], ['cefuroxime']),
      '100000091436|Cefuroxime sodium',
      false,
    ],
    ['by another code does not match', asked(['100000092145']), '100000091436', false],
    ['by another name does not match', asked([], ['lactose']), 'Maize starch', false],
    ['by a name is undecided for a reference without a display', asked([], ['lactose']), '→80', undefined],
    [
      'by a name is undecided for a reference with another display',
      asked([], ['lactose']),
      '→80|Something else',
      undefined,
    ],
    [
      'by an EMA code is undecided for a record with a UNII only',
      asked(['100000091436']),
      'R16CO5Y76E',
      undefined,
    ],
    [
      'by a name is undecided for a record with a code only',
      asked([], ['lactose']),
      '100000091436',
      undefined,
    ],
    ['by a code is undecided for a record with a name only', asked(['100000091436']), 'Lactose', undefined],
    [
      'by a code and a name does not match another name',
      asked(['100000091436'], ['lactose']),
      'Starch',
      false,
    ],
  ])('%s', (_title, wanted, written, expected) => {
    const { own } = substancesIn(ingredient(written));
    expect(isSubstance(wanted, own)).toBe(expected);
  });

  it('is undecided for a record that names no substance', () => {
    expect(isSubstance(asked(['100000091436'], ['lactose']), namedBy(undefined))).toBeUndefined();
  });
});

describe('the terms of substances', () => {
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

  it('are found by their full texts and synonyms, and not by the beginning of one', () => {
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
