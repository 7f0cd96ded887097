/** The terms that the index gets from imported term lists. */
import { expect, it } from 'vitest';
import { knownTermsIn } from '../../../src/search-index/text/known-terms.js';
import type { Term, TermSource } from '../../../src/terms/source.js';

function sourceOf(lists: Readonly<Record<string, readonly Partial<Term>[]>>): TermSource {
  const terms = (list: string): readonly Term[] =>
    (lists[list] ?? []).map((term) => ({ code: '1', texts: new Map(), otherNames: [], ...term }));
  return { lists: () => Object.keys(lists), terms, version: 1 } as unknown as TermSource;
}

it('imported terms give the search their words, and terms of EMA’s ATC list their ATC codes', async () => {
  const atc = [
    { code: '100000095065', atc: 'C08CA01', texts: new Map([['en', 'amlodipine']]) },
    { code: '2' },
  ];
  const routes = [{ code: '3', otherNames: ['by mouth'], atc: 'A' }];
  expect(
    await knownTermsIn([sourceOf({ '100000093533': atc }), sourceOf({ '100000073345': routes })]),
  ).toEqual({
    words: ['AMLODIPINE', 'BY', 'MOUTH'],
    atcCodes: [['100000095065', 'C08CA01']],
    hasSubstances: false,
  });
});
