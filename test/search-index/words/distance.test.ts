/** The edit distance of two words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createComparison,
  lettersOf,
  toleranceFor,
  type Difference,
} from '../../../src/search-index/words/distance.js';
import { propertyRuns } from '../../support/tier.js';
import { plainDistance } from './misspelt.js';

function compare(typed: string, word: string, most = 9): Difference | undefined {
  return createComparison(typed, most)(lettersOf(word));
}

describe('the edit distance of two words', () => {
  it.each([
    ['METFORMIN', 'METFORMIN', 0],
    ['METFORNIN', 'METFORMIN', 1],
    ['METFORMN', 'METFORMIN', 1],
    ['METTFORMIN', 'METFORMIN', 1],
    ['METFROMIN', 'METFORMIN', 1],
    ['NETFORMIN', 'METFORMIN', 1],
    ['EMTFORMIN', 'METFORMIN', 1],
    ['METFRONIN', 'METFORMIN', 2],
    ['SULPHATE', 'SULFATE', 1],
    ['SULFATE', 'SULPHATE', 1],
    ['NEOMYCIN', 'BLEOMYCIN', 2],
    ['QUININE', 'QUINIDINE', 2],
    ['NIFEDIPINE', 'NIMODIPINE', 2],
    ['CA', 'ABC', 3],
    ['', 'AB', 2],
  ])('from "%s" to "%s" is %i', (typed, word, distance) => {
    expect(compare(typed, word)?.distance).toBe(distance);
  });

  it('equals that of a plain matrix computation, in both directions, for random words', () => {
    const word = fc.string({ unit: fc.constantFrom(...'ABCEFHIKNPY'), maxLength: 9 });
    fc.assert(
      fc.property(word, word, (one, other) => {
        const distance = plainDistance(one, other);
        expect(compare(one, other)?.distance).toBe(distance);
        expect(compare(other, one)?.distance).toBe(distance);
        const bounded = distance > 2 ? undefined : distance;
        expect(compare(one, other, 2)?.distance).toBe(bounded);
      }),
      { numRuns: propertyRuns(2_000) },
    );
  });
});

describe('the weight of an edit', () => {
  it.each([
    ['AMOXICILIN', 'AMOXICILLIN'],
    ['AMOXXICILLIN', 'AMOXICILLIN'],
    ['KLARITHROMYCIN', 'CLARITHROMYCIN'],
    ['OXICODONE', 'OXYCODONE'],
    ['SULPHATE', 'SULFATE'],
    ['INSULINE', 'INSULIN'],
    ['AMLODIPIN', 'AMLODIPINE'],
    ['AMOXYCILIN', 'AMOXICILLIN'],
  ])('from %s to %s is half a normal edit, because both sound the same', (typed, word) => {
    const { distance = 0, weight = 0 } = compare(typed, word) ?? {};
    expect(distance).toBeGreaterThan(0);
    expect(weight).toBe(distance / 2);
  });

  it('is lowest if the sound stays the same, and highest if the first letter differs', () => {
    const weights = ['OXICODONE', 'OXYCDONE', 'OXYCODOME', 'AXYCODONE'].map(
      (typed) => compare(typed, 'OXYCODONE')?.weight,
    );
    expect(weights).toEqual([0.5, 0.8, 1, 1.2]);
  });
});

describe('the tolerated number of edits', () => {
  it('in a typed word is 0 for up to three letters, 1 for four letters, and 2 from five letters on', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 40].map(toleranceFor)).toEqual([0, 0, 0, 0, 1, 2, 2, 2]);
  });
});
