/** Texts of terms: what is imported comes before what is built in, and any text before none. */
import { describe, expect, it } from 'vitest';
import type { Term, TermSource } from '../../src/terms/source.js';
import { createTerms } from '../../src/terms/terms.js';

const [routes, forms] = ['100000073345', '200000000004'];
const oral = '100000073619';

function sourceOf(
  lists: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>,
): TermSource {
  const term = (list: string, code: string): Term | undefined => {
    const texts = lists[list]?.[code];
    return texts && { code, texts: new Map(Object.entries(texts)), otherNames: [] };
  };
  return {
    lists: () => Object.keys(lists),
    term,
    terms: (list) => Object.keys(lists[list] ?? {}).flatMap((code) => term(list, code) ?? []),
    version: 1,
  };
}

const builtIn = { [routes]: { [oral]: 'Oral use', '100000073611': 'Intravenous use' } };

describe('the text of a term', () => {
  const terms = createTerms(builtIn, [
    sourceOf({
      [routes]: {
        [oral]: { en: 'ORAL USE', de: 'zum Einnehmen', nb: 'Oral bruk' },
        '100000073611': { de: 'intravenös' },
      },
      [forms]: { '100000073664': { fi: 'Tabletti' } },
    }),
  ]);

  it.each<[string, { readonly text: string; readonly language: string }]>([
    ['en', { text: 'ORAL USE', language: 'en' }],
    ['de', { text: 'zum Einnehmen', language: 'de' }],
    ['de-AT', { text: 'zum Einnehmen', language: 'de' }],
    ['no', { text: 'Oral bruk', language: 'nb' }],
    ['fr', { text: 'ORAL USE', language: 'en' }],
  ])('in %s is the imported one, in that language or in English', (language, text) => {
    expect(terms.find(routes, oral, language)).toEqual(text);
    expect(terms.find(undefined, oral, language)).toEqual(text);
    expect(terms.find(`1~${routes}`, oral, language)).toEqual(text);
  });

  it('is the English one that is built in where the import has none', () => {
    expect(terms.find(routes, '100000073611', 'fr')).toEqual({ text: 'Intravenous use', language: 'en' });
    expect(terms.find(routes, '100000073611', 'de')).toEqual({ text: 'intravenös', language: 'de' });
  });

  it('is any that there is before there is none, and of any list', () => {
    expect(terms.find(routes, '100000073664', 'en')).toEqual({ text: 'Tabletti', language: 'fi' });
    expect(terms.find(forms, '1', 'en')).toBeUndefined();
  });
});
