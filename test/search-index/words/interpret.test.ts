/** The interpretation of a typed text: every correction is marked, and none chooses silently between several words. */
import { describe, expect, it } from 'vitest';
import { createComparison, lettersOf, toleranceFor } from '../../../src/search-index/words/distance.js';
import {
  interpret,
  type Interpretation,
  type InterpretOptions,
  type TokenReading,
} from '../../../src/search-index/words/interpret.js';
import { wordsIn } from '../../../src/search-index/words/tokens.js';
import { createVocabulary, type Vocabulary } from '../../../src/search-index/words/vocabulary.js';
import { isPublishedHere, unlessPublished } from '../../support/published.js';
import { oneIn } from '../../support/tier.js';
import { knownEntries, knownWords, substanceWords } from './known-words.js';

function vocabularyOf(text: string): Vocabulary {
  return createVocabulary(wordsIn(text).map((word) => ({ word, kind: 'NAME', products: 1 })));
}

const small = vocabularyOf(
  'Metformin Quinine Quinidine Neomycin Bleomycin Amlodipine Paracetamol 500 mg Covid-19 Vitamin B12 film-coated ' +
    'Natrium Chlorid Cocodamol Co amoxi clav 2.5 mg',
);

function read(text: string, options: InterpretOptions = {}, vocabulary = small): Interpretation {
  return interpret(text, vocabulary, { mayLackWords: false, ...options });
}

/**
 * Returns the interpretation of each word, such as `METFORNIN corrected METFORMIN? 1`; the question mark stands for
 * ambiguous.
 */
function told({ tokens }: Interpretation): readonly string[] {
  return tokens.map(({ typed, kind, words }) => {
    const found = words.map(({ word, distance, ambiguous }) => `${word}${ambiguous ? '?' : ''} ${distance}`);
    return [typed, kind, ...found].join(' ');
  });
}

describe('the interpretation of a search text', () => {
  it.each([
    ['metformin', 'a known word', ['METFORMIN exact METFORMIN 0']],
    ['MÉTFORM', 'the beginning of a known word, without its accent', ['METFORM prefix METFORMIN 0']],
    ['500mg', 'a known amount with its unit', ['500MG number 500MG 0']],
    ['50 mg', 'an unknown amount with its unit, without correction', ['50MG number']],
    ['5', 'an unknown number, without correction', ['5 number']],
    ['2,50', 'a decimal number, with a point and without the last zero', ['2.5 number 2.5 0']],
    ['metfornin', 'a misspelling of METFORMIN', ['METFORNIN corrected METFORMIN 1']],
    ['xyzzyx', 'an unknown word', ['XYZZYX unknown']],
    ['covid19', 'a known code', ['COVID19 exact COVID19 0']],
    ['covid 19', 'a word and a number', ['COVID exact COVID 0 COVID19 0', '19 number 19 0']],
    ['covid-19', 'a word and a number, like "covid 19"', ['COVID exact COVID 0 COVID19 0', '19 number 19 0']],
    ['b12', 'a known code', ['B12 exact B12 0']],
    [
      'film-coated',
      'two words, and the compound of both',
      ['FILM exact FILM 0 FILMCOATED 0', 'COATED exact COATED 0 FILMCOATED 1'],
    ],
    ['filmcoated', 'a known compound word', ['FILMCOATED exact FILMCOATED 0']],
    ['co-codamol', 'one known word', ['COCODAMOL exact COCODAMOL 0']],
    [
      'clav co-amoxi',
      'three known words or beginnings, in the typed order',
      ['CLAV exact CLAV 0', 'CO exact CO 0 COATED 0 COCODAMOL 0 COVID 0 COVID19 0', 'AMOXI exact AMOXI 0'],
    ],
    [
      'natriumchlorid',
      'a compound of two known words',
      ['NATRIUM corrected NATRIUM 1', 'CHLORID corrected CHLORID 1'],
    ],
  ])('takes %j as %s', (text, _what, expected) => {
    expect(told(read(text))).toEqual(expected);
  });

  it('has each word once, whatever their order', () => {
    expect(told(read('500 mg metformin METFORMIN')).toSorted()).toEqual(
      told(read('metformin 500mg')).toSorted(),
    );
  });

  it('splits an unknown code such as B12 into its parts, and does not correct them', () => {
    const vocabulary = vocabularyOf('Vitamin B 12 Betahistine');
    expect(told(read('B12', {}, vocabulary))).toEqual(['B exact B 0', '12 number 12 0']);
    expect(told(read('D3', {}, vocabulary))).toEqual(['D unknown', '3 number']);
    expect(told(read('B12', {}, vocabularyOf('Betahistine 12')))[0]).toBe('B unknown');
  });
});

describe('the correction of a misspelt word', () => {
  it('has all known words that are equally near, marked as ambiguous', () => {
    expect(told(read('bneomycin'))).toEqual(['BNEOMYCIN corrected BLEOMYCIN? 1 NEOMYCIN? 1']);
    expect(read('bneomycin 500 mg').didYouMean).toEqual(['bleomycin 500mg', 'neomycin 500mg']);
  });

  it('lists known words at a greater distance, but does not search for them', () => {
    const { tokens, didYouMean } = read('eomycin');
    expect(told({ tokens, didYouMean })).toEqual(['EOMYCIN corrected NEOMYCIN 1']);
    expect(tokens[0]?.further.map(({ word, distance, ambiguous }) => [word, distance, ambiguous])).toEqual([
      ['BLEOMYCIN', 2, true],
    ]);
    expect(didYouMean).toEqual(['neomycin', 'bleomycin']);
  });

  it('is marked as ambiguous, even with one near word, if the index is incomplete', () => {
    expect(told(interpret('metfornin', small))).toEqual(['METFORNIN corrected METFORMIN? 1']);
    expect(told(interpret('natriumchlorid', small))).toEqual([
      'NATRIUM corrected NATRIUM? 1',
      'CHLORID corrected CHLORID? 1',
    ]);
    expect(told(interpret('metformin', small))).toEqual(['METFORMIN exact METFORMIN 0']);
  });

  it('includes words of EMA’s terms that no product contains', () => {
    const vocabulary = createVocabulary([
      { word: 'NEOMYCIN', kind: 'NAME', products: 3 },
      { word: 'BLEOMYCIN', kind: 'TERM', products: 0 },
    ]);
    expect(told(read('bneomycin', {}, vocabulary))).toEqual(['BNEOMYCIN corrected BLEOMYCIN? 1 NEOMYCIN? 1']);
  });

  it('is not made for a known word, the beginning of a known word, or a number', () => {
    const vocabulary = createVocabulary([
      { word: 'QUININE', kind: 'NAME', products: 3 },
      { word: 'QUINIDINE', kind: 'TERM', products: 0 },
      { word: '500', kind: 'NAME', products: 3 },
    ]);
    const kinds = read('quinidine quinid quinin 5000', {}, vocabulary).tokens.map(({ kind }) => kind);
    expect(kinds).toEqual(['exact', 'prefix', 'prefix', 'number']);
  });

  it('is not made if `typos` is false', () => {
    expect(read('metfornin 500', { typos: false })).toEqual({
      tokens: [
        { typed: 'METFORNIN', kind: 'unknown', words: [], further: [] },
        expect.objectContaining({ typed: '500', kind: 'number' }),
      ],
      didYouMean: [],
    });
  });

  it('in a text with two of them suggests texts that change one word at a time', () => {
    expect(read('bneomycin eomycin').didYouMean).toEqual([
      'bleomycin neomycin',
      'neomycin neomycin',
      'bleomycin bleomycin',
    ]);
  });

  it('suggests texts that need no further correction', () => {
    const texts = ['bneomycin 500mg covid-19', 'quinime b12', 'natriumchlorid 2,5 mg', 'metfornin xyzzyx'];
    const meant = texts.flatMap((text) => read(text).didYouMean);
    expect(meant.length).toBeGreaterThan(4);
    expect(meant.flatMap((text) => read(text).didYouMean)).toEqual([]);
  });
});

describe('a search text', () => {
  it.each([
    ['that is empty', ''],
    ['of blanks alone', ' \t\n '],
    ['of signs alone', '®… – %'],
    ['of combining and zero-width characters', '\u0301\u200B\u00AD'],
    ['with a control character', 'metformin\u0000'],
    ['with a terminal escape sequence', '\u001B[31mmetformin'],
    ['with half a surrogate pair', 'metformin \uD83D'],
    ['of ten thousand characters', 'x'.repeat(10_000)],
    ['of 201 characters', 'x'.repeat(201)],
    ['of nine words', 'a b c d e f g h i'],
    ['of twenty-five words without blanks', [...'abcdefghijklmnopqrstuvwxy'].join('/')],
    ['of twenty-five parts of one word', [...'abcdefghijklmnopqrstuvwxy'].join('-')],
  ])('%s fails with BAD_USER_INPUT', (_, text) => {
    expect(() => interpret(text, small, { place: 'searchProducts.text' })).toThrow(
      expect.objectContaining({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/^"searchProducts\.text" (must|may) /),
      }),
    );
  });

  it.each([
    ['of 200 letters', 'x'.repeat(200)],
    ['of eight words', 'a b c d e f g h'],
    ['with tabs and line ends', '\tmetformin\r\n'],
    ['of 200 Arabic ligatures', 'ﷺ'.repeat(200)],
    ['with an emoji', '😀 metformin'],
  ])('%s is accepted', (_what, text) => {
    expect(interpret(text, small).tokens.length).toBeGreaterThan(0);
  });
});

describe('two product or substance words that differ by one or two letters', () => {
  const vocabulary = createVocabulary(knownEntries);
  const latin = knownWords.filter((word) => /^[A-Z]+$/.test(word));
  const words = oneIn(20, latin);
  const isLatin = new Set(latin);
  const pairs = [...new Set([...substanceWords, ...words])].flatMap((word) =>
    vocabulary
      .near(word)
      .filter((other) => isLatin.has(other.word))
      .map((other) => [word, other.word] as const),
  );
  const isSubstance = new Set(substanceWords);
  const substances = pairs.filter((pair) => pair.every((word) => isSubstance.has(word)));
  /** All pairs of substances, and one in ten of the other pairs, many of which are names of countries. */
  const some = oneIn(10, [...substances, ...pairs.filter((_, at) => at % 10 === 0)]);

  function readingOf(text: string): TokenReading | undefined {
    return interpret(text, vocabulary, { mayLackWords: false }).tokens[0];
  }

  it('exist in more than 500 pairs in the vocabulary', () => {
    expect(pairs.length).toBeGreaterThan(500);
  });

  it.skipIf(!isPublishedHere)(`include more than 400 names of substances${unlessPublished}`, () => {
    expect(new Set(substances.map(([word]) => word)).size).toBeGreaterThan(400);
  });

  it('are found as exact matches, without the other word, if they are typed correctly', () => {
    const wrong = pairs.filter(([word, other]) => {
      const reading = readingOf(word);
      const hasOther = reading?.words.some((each) => each.word === other) ?? true;
      return reading?.kind !== 'exact' || (hasOther && !other.startsWith(word));
    });
    expect(wrong).toEqual([]);
  });

  it('are both found, marked as ambiguous, for a text one edit from both', () => {
    const between = some.flatMap(([word, other]) =>
      halfway(word, other)
        .filter((typed) => vocabulary.matches(typed).length === 0)
        .slice(0, 5)
        .map((typed) => [typed, word, other] as const),
    );
    const wrong = between.filter(([typed, ...both]) => {
      const { tokens, didYouMean } = interpret(typed, vocabulary, { mayLackWords: false });
      const marked = tokens[0]?.words.filter(({ ambiguous }) => ambiguous).map((each) => each.word);
      return both.some((word) => !marked?.includes(word) || !didYouMean.includes(word.toLowerCase()));
    });
    expect(wrong).toEqual([]);
    expect(between.length).toBeGreaterThan(50);
  });

  it('are never replaced by each other without a mark, for a text one edit from the first', () => {
    const wrong = some.filter(([word, other]) =>
      everyManieth(oneEditFrom(word, other)).some((typed) => {
        const reading = readingOf(typed);
        if (reading?.kind !== 'corrected') return false;
        const [first, ...more] = reading.words;
        // Only the other word is found, unmarked, and the first word is not mentioned.
        return (
          first?.word === other && more.length === 0 && !reading.further.some((each) => each.word === word)
        );
      }),
    );
    expect(wrong).toEqual([]);
  });
});

/** Returns texts that are one edit from both words. */
function halfway(one: string, other: string): readonly string[] {
  const compare = createComparison(other, 1);
  return oneEditFrom(one, other).filter(
    (typed) => toleranceFor(typed.length) > 0 && typed !== other && compare(lettersOf(typed)) !== undefined,
  );
}

function everyManieth(texts: readonly string[]): readonly string[] {
  return texts.filter((_, at) => at % 29 === 0);
}

/** Returns each text that one edit makes of a word, with the letters of the other word. */
function oneEditFrom(word: string, other: string): readonly string[] {
  const letters = [...new Set(`${other}Q`)];
  const texts = [...Array(word.length + 1).keys()].flatMap((at) => {
    const [before, after] = [word.slice(0, at), word.slice(at)];
    return [
      before + after.slice(1),
      before + (after[1] ?? '') + (after[0] ?? '') + after.slice(2),
      ...letters.flatMap((letter) => [before + letter + after, before + letter + after.slice(1)]),
    ];
  });
  return [...new Set(texts)].filter((text) => text !== word);
}
