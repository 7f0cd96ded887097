/** Suggestions and facets for readers of several languages. */
import { describe, expect, it } from 'vitest';
import { Facet } from '../../../../src/graphql/schema/types/facet.js';
import { Suggestion } from '../../../../src/graphql/schema/types/suggestion.js';
import type { Suggestion as Found } from '../../../../src/search-index/suggest/suggestion.js';
import { atcList, substanceList } from '../../../../src/terms/lists.js';
import type { Term, TermSource } from '../../../../src/terms/source.js';
import { createTerms } from '../../../../src/terms/terms.js';
import { contextOf } from '../../../support/views.js';

const named = (code: string, en: string, de: string, atc?: string): Term => ({
  code,
  texts: new Map([
    ['en', en],
    ['de', de],
  ]),
  otherNames: [],
  atc,
});
const lists: Readonly<Record<string, readonly Term[]>> = {
  [atcList]: [
    named('100000094503', 'ACE inhibitors, plain', 'ACE-Hemmer, rein', 'C09AA'),
    named('100000094504', 'enalapril', 'Enalapril', 'C09AA02'),
  ],
  [substanceList]: [named('100000091596', 'Warfarin', 'Warfarin-de')],
};
const source: TermSource = {
  lists: () => Object.keys(lists),
  term: (list, code) => lists[list]?.find((term) => term.code === code),
  anywhere: (code) => Object.values(lists).flatMap((terms) => terms.filter((term) => term.code === code)),
  terms: (list) => lists[list] ?? [],
  version: 1,
};
const contextIn = (...languages: string[]) => ({ ...contextOf(languages), terms: createTerms([source]) });

const atc = (code: string, text: string): Found => ({
  kind: 'ATC',
  text,
  detail: undefined,
  filter: { atc: [code] },
});
const warfarin: Found = {
  kind: 'SUBSTANCE',
  text: 'Warfarinum',
  detail: undefined,
  filter: { substance: ['100000091596'] },
};

describe('a suggestion', () => {
  it.each([
    ['an ATC class', atc('C09AA02', 'enalapril (C09AA02)'), 'Enalapril (C09AA02)'],
    ['an ATC group', atc('C09AA', 'C09AA'), 'ACE-Hemmer, rein (C09AA)'],
    ['a substance', warfarin, 'Warfarin-de'],
  ])('of %s is in the requested language, although the typed text was in another', (_what, found, text) => {
    expect(Suggestion.of(found, { language: 'de' }, contextIn('en')).text).toBe(text);
    expect(Suggestion.of(found, {}, contextIn('de', 'en')).text).toBe(text);
  });

  it.each([
    [
      'if it is a product name',
      { kind: 'PRODUCT', text: 'Avelanta', detail: undefined, filter: { name: 'Avelanta' } } as const,
    ],
    ['if its substance has no name in the requested language', warfarin],
    ['if its ATC class is unknown', atc('N06A', 'antidepressants (N06A)')],
  ])('is in the language in which it was found %s', (_what, found) => {
    const { text, detail, filter } = Suggestion.of(found, { language: 'fi' }, contextIn('en'));
    expect({ text, detail, filter }).toEqual({ text: found.text, detail: null, filter: found.filter });
  });
});

it('a facet value for a group above an ATC class has the name of the group’s term', () => {
  const value = (code: string) => ({
    value: code,
    name: null,
    concept: { coding: [{ system: 'http://www.whocc.no/atc', code }] },
    count: 1,
    selected: false,
    parent: null,
  });
  const counted = {
    field: 'ATC',
    values: ['C09AA', 'N06A'].map(value),
    distinct: 2,
    other: 0,
    missing: 0,
  } as const;
  const { values } = Facet.of(counted, { language: 'de' }, contextIn('en'));
  expect(values.map(({ name }) => name)).toEqual(['ACE-Hemmer, rein', null]);
});
