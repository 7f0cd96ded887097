/** The vocabulary of known words: exact words, beginnings, parts of compounds, and near words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toleranceFor } from '../../../src/search-index/words/distance.js';
import { hasDigit } from '../../../src/search-index/words/tokens.js';
import {
  createVocabulary,
  type Vocabulary,
  type VocabularyEntry,
} from '../../../src/search-index/words/vocabulary.js';
import { createRandom } from '../../../src/sandbox/world/random.js';
import { oneIn, propertyRuns } from '../../support/tier.js';
import { knownEntries, knownWords } from './known-words.js';
import { plainDistance, withEdit } from './misspelt.js';

function vocabularyOf(words: string, more: Partial<VocabularyEntry> = {}): Vocabulary {
  return createVocabulary(words.split(' ').map((word) => ({ word, kind: 'NAME', products: 1, ...more })));
}

function ways(vocabulary: Vocabulary, word: string): readonly string[] {
  return vocabulary.matches(word).map((match) => `${match.way} ${match.word} ${match.distance}`);
}

describe('a word in the vocabulary', () => {
  it('is found by its whole text and by its beginning: the exact word first, then the most frequent', () => {
    const vocabulary = createVocabulary([
      { word: 'INSULINUM', kind: 'NAME', products: 2 },
      { word: 'INSULIN', kind: 'NAME', products: 1 },
      { word: 'INSULINE', kind: 'NAME', products: 5 },
      { word: 'INSULA', kind: 'NAME', products: 9 },
    ]);
    expect(ways(vocabulary, 'INSULIN')).toEqual([
      'exact INSULIN 0',
      'prefix INSULINE 0',
      'prefix INSULINUM 0',
    ]);
    expect(ways(vocabulary, 'INSULI')).toEqual([
      'prefix INSULINE 0',
      'prefix INSULINUM 0',
      'prefix INSULIN 0',
    ]);
    expect(ways(vocabulary, 'NSULIN')).toEqual([]);
    expect(ways(vocabulary, '')).toEqual([]);
  });

  it('has its kinds, such as NAME, and the number of products of its most frequent kind', () => {
    const vocabulary = createVocabulary([
      { word: 'TEVA', kind: 'NAME', products: 7 },
      { word: 'TEVA', kind: 'HOLDER', products: 4 },
      { word: 'TEVA', kind: 'TERM', products: 0 },
    ]);
    expect(vocabulary.size).toBe(1);
    expect(vocabulary.find('TEVA')).toEqual({ word: 'TEVA', kinds: ['NAME', 'HOLDER', 'TERM'], products: 7 });
    expect(vocabulary.find('TEV')).toBeUndefined();
  });

  it('in Greek or Cyrillic letters is found by them, and by both of its transliterations', () => {
    const vocabulary = vocabularyOf('ПАРАЦЕТАМОЛ PARACETAMOL ΟΜΕΠΡΑΖΟΛΗ');
    expect(ways(vocabulary, 'PARACETAMOL')).toEqual(['exact PARACETAMOL 0', 'exact ПАРАЦЕТАМОЛ 0']);
    expect(ways(vocabulary, 'ПАРАЦЕТАМОЛ')).toEqual(['exact PARACETAMOL 0', 'exact ПАРАЦЕТАМОЛ 0']);
    expect(ways(vocabulary, 'PARATSET')).toEqual(['prefix ПАРАЦЕТАМОЛ 0']);
    expect(ways(vocabulary, 'OMEPRAZOLE')).toEqual(['exact ΟΜΕΠΡΑΖΟΛΗ 0']);
    expect(ways(vocabulary, 'ΟΜΕΠΡ')).toEqual(['prefix ΟΜΕΠΡΑΖΟΛΗ 0']);
  });

  it('in Greek letters is not found by another Greek word with the same transliteration', () => {
    const vocabulary = vocabularyOf('ΚΙΝΙΝΗ ΚΙΝΗΝΗ');
    expect(ways(vocabulary, 'ΚΙΝΙΝΗ')).toEqual(['exact ΚΙΝΙΝΗ 0']);
    expect(ways(vocabulary, 'KININI')).toEqual(['exact ΚΙΝΗΝΗ 0', 'exact ΚΙΝΙΝΗ 0']);
  });
});

describe('a number in the vocabulary', () => {
  it('is found only by its whole text, not by its beginning or as a near word', () => {
    const vocabulary = vocabularyOf('5 50 5MG 50MG B1 B12 B1A 1000 10000');
    expect(ways(vocabulary, '5')).toEqual(['exact 5 0']);
    expect(ways(vocabulary, '5MG')).toEqual(['exact 5MG 0']);
    expect(ways(vocabulary, '500')).toEqual([]);
    expect(vocabulary.near('10001')).toEqual([]);
  });

  it('in a code such as B12 is not found by its first digits', () => {
    const vocabulary = vocabularyOf('B1 B12 B1A N02BE01');
    expect(ways(vocabulary, 'B1')).toEqual(['exact B1 0', 'prefix B1A 0']);
    expect(ways(vocabulary, 'N02B')).toEqual(['prefix N02BE01 0']);
    expect(ways(vocabulary, 'N0')).toEqual([]);
    expect(vocabulary.near('N02BE02')).toEqual([]);
  });
});

describe('a compound word', () => {
  it('is found by its second part if both parts are known words, but not as an exact match', () => {
    const vocabulary = vocabularyOf('NATRIUM CHLORID NATRIUMCHLORID KALIUMCHLORID');
    expect(ways(vocabulary, 'CHLORID')).toEqual(['exact CHLORID 0', 'part NATRIUMCHLORID 1']);
    expect(ways(vocabulary, 'NATRIUM')).toEqual(['exact NATRIUM 0', 'prefix NATRIUMCHLORID 0']);
  });

  it('that is a substance name is not found by another substance name in it', () => {
    const words = 'METHYL PREDNISOLON METHYLPREDNISOLON';
    expect(ways(vocabularyOf(words, { isSubstance: true }), 'PREDNISOLON')).toEqual(['exact PREDNISOLON 0']);
    expect(ways(vocabularyOf(words), 'PREDNISOLON')).toHaveLength(2);
  });

  it('is not split into short parts, or into a multiplying prefix and a unit', () => {
    expect(ways(vocabularyOf('AMI LORID AMILORID'), 'LORID')).toEqual(['exact LORID 0']);
    expect(ways(vocabularyOf('MILLI GRAM MILLIGRAM'), 'GRAM')).toEqual(['exact GRAM 0']);
  });

  it('is split only if it is unknown and can be split in one way', () => {
    const vocabulary = vocabularyOf('NATRIUM CHLORID PARA PARACET CETAMOL AMOL');
    expect(vocabulary.partsOf('NATRIUMCHLORID')?.map(({ word }) => word)).toEqual(['NATRIUM', 'CHLORID']);
    expect(vocabulary.partsOf('PARACETAMOL')).toBeUndefined();
    expect(vocabulary.partsOf('NATRIUMSULFAT')).toBeUndefined();
  });
});

describe('the known words near a typed word', () => {
  it('are sorted by distance, then by sound, then by number of products', () => {
    const vocabulary = createVocabulary([
      { word: 'OXYCODONE', kind: 'NAME', products: 1 },
      { word: 'OXACODONE', kind: 'NAME', products: 9 },
      { word: 'OXECODONE', kind: 'NAME', products: 10 },
      { word: 'OXYCODOL', kind: 'NAME', products: 99 },
    ]);
    const near = vocabulary.near('OXICODONE').map(({ word, way, distance }) => `${word} ${way} ${distance}`);
    expect(near).toEqual(['OXYCODONE spelling 1', 'OXECODONE near 1', 'OXACODONE near 1']);
  });

  it('may differ in the first letter, and may be words of no product', () => {
    expect(vocabularyOf('METFORMIN', { products: 0, kind: 'TERM' }).near('NETFORMIN')).toEqual([
      { word: 'METFORMIN', kinds: ['TERM'], products: 0, way: 'near', distance: 1, weight: 1.2 },
    ]);
  });

  it('may differ by another spelling of a sound and by one edit', () => {
    const near = vocabularyOf('FARMACON').near('PHARMAQON');
    expect(near.map(({ word, distance }) => [word, distance])).toEqual([['FARMACON', 2]]);
  });

  it('are found if the typed word has another script', () => {
    const near = vocabularyOf('ПАРАЦЕТАМОЛ').near('PARACETMOL');
    expect(near.map(({ word, distance }) => [word, distance])).toEqual([['ПАРАЦЕТАМОЛ', 1]]);
    expect(vocabularyOf('PARACETAMOL ПАРАЦЕТАМОЛ').near('ПАРАЦЕТАМОЛ')).toEqual([]);
    // Four letters in Latin, but only three in Greek as typed.
    expect(vocabularyOf('PSAL').near('ΨΑΡ')).toEqual([]);
  });

  const random = createRandom(3, 0);
  const known = createVocabulary(knownEntries);

  it('equal those of a scan over the whole vocabulary, for real words', () => {
    const latin = knownWords.filter((word) => /^[A-Z]+$/.test(word));
    const scanned = latin.filter((_, at) => at % 3 === 0);
    const vocabulary = vocabularyOf(scanned.join(' '));
    const typed = oneIn(5, [...Array(60).keys()]).map(() =>
      withEdit(withEdit(scanned[Math.floor(random() * scanned.length)] ?? '', random), random),
    );
    for (const word of typed) {
      const most = toleranceFor(word.length);
      const expected = scanned.filter((each) => {
        if (Math.abs(each.length - word.length) > most) return false;
        const distance = plainDistance(word, each);
        return distance > 0 && distance <= most;
      });
      expect(
        vocabulary
          .near(word)
          .map((each) => each.word)
          .sort(),
      ).toEqual(most === 0 ? [] : expected.sort());
    }
    expect(typed.length).toBeGreaterThan(10);
  });

  it('equal those of a scan over the whole vocabulary, for random words', () => {
    const word = fc.string({ unit: fc.constantFrom(...'ABCEFHIKNPY'), minLength: 4, maxLength: 8 });
    const words = fc.uniqueArray(word, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(words, fc.nat(), (all, seed) => {
        const by = createRandom(seed, 0);
        const [first = ''] = all;
        const respelt = by() < 0.5 ? first.replace('PH', 'F') : first.replace('F', 'PH');
        const typed = withEdit(by() < 0.5 ? respelt : withEdit(first, by), by);
        const most = toleranceFor(typed.length);
        const expected = all
          .map((each) => [each, plainDistance(typed, each)] as const)
          .filter(([, distance]) => distance > 0 && distance <= most);
        const near = vocabularyOf(all.join(' ')).near(typed);
        const found = near.map((each) => [each.word, each.distance] as const);
        const inOrder = (pairs: readonly (readonly [string, number])[]): readonly string[] =>
          pairs.map(([each, distance]) => `${distance} ${each}`).sort();
        expect(inOrder(found)).toEqual(inOrder(expected));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('are found by comparisons with less than a fiftieth of the vocabulary', () => {
    const typed = oneIn(20, knownWords).map((word) => withEdit(word, random));
    const compared = typed.map((word) => known.compared(word));
    const mean = compared.reduce((sum, each) => sum + each, 0) / compared.length;
    expect(mean).toBeLessThan(known.size / 50);
  });

  it('do not depend on the order in which words were added', () => {
    const backwards = createVocabulary(knownEntries.toReversed());
    const typed = oneIn(
      10,
      knownWords.filter((_, at) => at % 40 === 0),
    );
    for (const word of typed.flatMap((each) => [each, each.slice(0, 3), withEdit(each, random)])) {
      expect(backwards.matches(word)).toEqual(known.matches(word));
      expect(backwards.near(word)).toEqual(known.near(word));
    }
    expect(backwards.size).toBe(known.size);
  });

  it('are found with an index of less than 100 bytes a word', () => {
    expect(known.bytes / known.size).toBeLessThan(100);
  });

  it('are no numbers', () => {
    const near = oneIn(40, knownWords).flatMap((word) => known.near(word));
    expect(near.filter(({ word }) => hasDigit(word))).toEqual([]);
    expect(near.length).toBeGreaterThan(50);
  });
});
