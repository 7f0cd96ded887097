/** Suggestions while someone types: the products found, the normalization, the order, and the mark of a correction. */
import type { Resource } from 'fhir/r5.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SuggestedFilter } from '../../../src/search-index/suggest/suggestion.js';
import { foldText } from '../../../src/terms/fold.js';
import { sampleResources } from '../../../src/sandbox/world/sample.js';
import { isQuick, oneIn } from '../../support/tier.js';
import { latinForms } from '../../../src/search-index/words/latin.js';
import { wordsIn } from '../../../src/search-index/words/tokens.js';
import { openSuggesting, suggesting, type Suggesting } from './suggesting.js';

/** Returns products with the given names and other properties. */
function products(
  ...all: readonly (Readonly<Record<string, unknown>> & { readonly names: readonly string[] })[]
): readonly Resource[] {
  return all.map(({ names, brand, ...others }, at) => ({
    resourceType: 'MedicinalProductDefinition',
    id: `60000000000${at}`,
    name: names.map((productName) => ({
      productName,
      ...(brand === undefined
        ? {}
        : { part: [{ part: brand, type: { coding: [{ code: '220000000002' }] } }] }),
    })),
    ...others,
  })) as unknown as readonly Resource[];
}

function named(...names: readonly string[]): readonly Resource[] {
  return products(...names.map((name) => ({ names: [name] })));
}

const atc = (code: string, display?: string): object => ({
  coding: [{ system: 'http://www.whocc.no/atc', code, ...(display === undefined ? {} : { display }) }],
});

describe('suggestions from the sample products', () => {
  let sample: Suggesting;
  beforeAll(async () => {
    sample = await openSuggesting(sampleResources({ quirks: false }));
    return () => sample.store.close();
  });

  it('are substances, ATC classes, products and holders, each with a filter', async () => {
    const [substance, besilate, atcClass] = await sample.suggest('amlodipine');
    expect(substance).toEqual({
      kind: 'SUBSTANCE',
      text: 'Amlodipine',
      detail: undefined,
      filter: { substance: ['100000085259'] },
    });
    expect(besilate).toMatchObject({ kind: 'SUBSTANCE', text: 'Amlodipine besilate' });
    expect(atcClass).toEqual({
      kind: 'ATC',
      text: 'amlodipine (C08CA01)',
      detail: undefined,
      filter: { atc: ['C08CA01'] },
    });
    expect(await sample.suggest('avel')).toEqual([
      { kind: 'PRODUCT', text: 'Avelanta', detail: undefined, filter: { name: 'Avelanta' } },
    ]);
    expect(await sample.suggest('corv', 1)).toEqual([
      {
        kind: 'HOLDER',
        text: 'Corvanta Pharma GmbH',
        detail: 'ORG-100900003',
        filter: { holder: ['ORG-100900003'] },
      },
    ]);
    expect(await sample.suggest('EU/1/12/9028/001')).toEqual([
      {
        kind: 'NUMBER',
        text: 'EU/1/12/9028/001',
        detail: expect.stringMatching(/^authorization number of Cortavida 100 mg /) as string,
        filter: { authorizationNumber: ['EU/1/12/9028/001'] },
      },
    ]);
  });

  it('alternate between kinds, so that no kind fills the list', async () => {
    expect(new Set((await sample.suggest('c')).map(({ kind }) => kind))).toEqual(
      new Set(['HOLDER', 'PRODUCT', 'SUBSTANCE', 'ATC']),
    );
  });

  it('are the first of the longer list if `first` is smaller', async () => {
    const all = await sample.suggest('a', 20);
    expect(all).toHaveLength(20);
    expect(await sample.suggest('a', 1)).toEqual(all.slice(0, 1));
  });

  it.each([0, 21, 1.5, Number.NaN])('fail with BAD_USER_INPUT for `first: %s`', async (first) => {
    await expect(sample.suggest('a', first)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it.each([
    ['no letter or digit', ' - '],
    ['a control character', 'a\u0000'],
    ['half a surrogate pair', 'a\uD800'],
    ['nine words', 'a b c d e f g h i'],
    ['201 characters', 'a'.repeat(201)],
  ])('fail with BAD_USER_INPUT for a text with %s', async (_what, text) => {
    await expect(sample.suggest(text)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/^"text" /) as string,
    });
  });

  it('have filters that each find a product', async () => {
    const words = (await sample.store.values('said')).map(({ value }) => value);
    const typed = new Set(words.flatMap((word) => [word, word.slice(0, 1), word.slice(0, 4)]));
    const filters = new Map<string, SuggestedFilter>();
    for (const text of oneIn(3, [...typed]))
      for (const { filter } of await sample.suggest(text, 20)) filters.set(JSON.stringify(filter), filter);
    expect(filters.size).toBeGreaterThan(100);
    for (const [told, filter] of filters) expect(await sample.found(filter), told).toBeGreaterThan(0);
  }, 60_000);

  it('contain every typed word, and together find all products with these words', async () => {
    const names = await sample.names();
    const begins = (name: string, typed: readonly string[]): boolean =>
      typed.every((each) =>
        wordsIn(name).some((word) => [word, ...latinForms(word)].some((form) => form.startsWith(each))),
      );
    let asked = 0;
    for (const name of oneIn(3, names)) {
      // Transliterated words and words of numbers have their own tests.
      const [one, two] = wordsIn(name).filter((word) => /^[A-Z]{6,}$/.test(word));
      if (one === undefined || two === undefined) continue;
      const typed = [two.slice(0, 4), one.slice(0, 5)];
      const suggestions = await sample.suggest(typed.join(' '), 20);
      const texts = suggestions.flatMap(({ kind, text }) => (kind === 'PRODUCT' ? text : []));
      expect(
        texts.filter((text) => !begins(text, typed)),
        typed.join(' '),
      ).toEqual([]);
      for (const other of names.filter((each) => begins(each, typed)))
        expect(
          texts.some((text) => foldText(other).includes(foldText(text))),
          `${typed}: ${other}`,
        ).toBe(true);
      asked += 1;
    }
    expect(asked).toBeGreaterThan(isQuick ? 10 : 20);
  }, 60_000);

  it.each([
    ['Greek letters', 'αμλοδιπίνη'],
    ['Cyrillic letters', 'амлодипин'],
    ['capitals and accents', 'ÁMLODIPINE'],
  ])('are found by a text in %s', async (_what, text) => {
    const lines = await sample.lines(text);
    expect(lines).toContain('SUBSTANCE Amlodipine');
    expect(lines).toContain('ATC amlodipine (C08CA01)');
  });
});

describe('suggested product names', () => {
  it('are grouped by brand, over all strengths, forms and languages', async () => {
    const { lines } = await suggesting(
      products(
        { names: ['Norvasc 5 mg tablets', 'Norvasc 5 mg Tabletten'], brand: 'Norvasc' },
        { names: ['Norvasc 10 mg tablets'], brand: 'Norvasc' },
        { names: ['Norvasc 10 mg orodispersible tablets'], brand: 'Norvasc' },
        { names: ['Norvatin'], brand: 'Norvatin' },
      ),
    );
    expect(await lines('norv')).toEqual(['PRODUCT Norvasc', 'PRODUCT Norvatin']);
    expect(await lines('norvasc')).toEqual(['PRODUCT Norvasc']);
    expect(await lines('5 norv')).toEqual(['PRODUCT Norvasc 5 mg']);
    expect(await lines('norvasc 10 mg')).toEqual(['PRODUCT Norvasc 10 mg']);
    expect(await lines('norvasc 10 mg tab')).toEqual([
      'PRODUCT Norvasc 10 mg tablets',
      'PRODUCT Norvasc 10 mg orodispersible tablets',
    ]);
  });

  it('are grouped by the text before the strength if there is no brand', async () => {
    const { lines } = await suggesting(
      named(
        'Amlodipin Teva 5 mg/10 mg tablets',
        'Amlodipin Teva 10 mg/10 mg',
        'Amlodipin Zentiva 5 mg tablets',
      ),
    );
    expect(await lines('amlod')).toEqual([
      'PRODUCT Amlodipin Teva',
      'PRODUCT Amlodipin Zentiva 5 mg tablets',
    ]);
    expect(await lines('teva 5')).toEqual(['PRODUCT Amlodipin Teva 5 mg/10 mg tablets']);
  });

  it('are unchanged if they do not contain the brand of the record', async () => {
    const { suggest } = await suggesting(
      products(
        { names: ['Другое имя 5 mg', 'Другое имя 10 mg'], brand: 'Norvasc' },
        { names: ['Xnorvascx'], brand: 'Norvasc' },
      ),
    );
    expect((await suggest('xnorv')).map(({ filter }) => filter)).toEqual([{ name: 'Xnorvascx' }]);
    expect((await suggest('drugoe')).map(({ filter }) => filter)).toEqual([{ name: 'Другое имя' }]);
  });

  it('that differ only in case and accents are suggested once, in the most frequent spelling', async () => {
    const { suggest, found } = await suggesting(named('CALCIUM Éff', 'Calcium eff', 'Calcium eff '));
    const suggestions = await suggest('calc');
    expect(suggestions.map(({ text }) => text)).toEqual(['Calcium eff']);
    expect(await found(suggestions[0]?.filter ?? {})).toBe(3);
  });

  it('that a filter would not accept are not suggested', async () => {
    const { suggest } = await suggesting(named(`Longish ${'x'.repeat(200)}`, 'Longish\u0007bell', 'Longish'));
    expect((await suggest('longish')).map(({ text }) => text)).toEqual(['Longish']);
  });
});

describe('the order of suggestions', () => {
  it('has exact matches first, then names that begin with the text, then the most frequent', async () => {
    const { suggest } = await suggesting(
      named('Zeta Alfa', 'Beta alfa', 'Beta alfa', 'Alfa', 'Alfatin', 'Alfaxin', 'Alfaxin').map(
        (resource, at) => ({
          ...resource,
          id: `60000000000${at}`,
        }),
      ),
    );
    expect((await suggest('alfa')).map(({ text }) => text)).toEqual([
      'Alfa',
      'Alfaxin',
      'Alfatin',
      'Beta alfa',
      'Zeta Alfa',
    ]);
  });

  it.skipIf(isQuick)('does not depend on the order of writes', async () => {
    const resources = sampleResources({ quirks: true });
    const [one, other] = [
      await suggesting(resources),
      await suggesting(resources, (rows) => rows.toReversed()),
    ];
    for (const text of ['a', 'c', 'en', 'tab', 'ta ena', 'amlodipne', 'eu/1', '6', 'c0', 'ltd', '5', 'mg 10'])
      expect(await one.suggest(text, 20), text).toEqual(await other.suggest(text, 20));
  });
});

describe('an unknown word in the typed text', () => {
  it('is corrected, and each suggestion is marked as corrected', async () => {
    const { lines } = await suggesting(named('Amlodipine', 'Paracetamol Teva'));
    expect(await lines('amlodipne')).toEqual(['PRODUCT Amlodipine (for "amlodipne")']);
    expect(await lines('teva paracetmol')).toEqual(['PRODUCT Paracetamol Teva (for "paracetmol")']);
    expect(await lines('xyzzyq')).toEqual([]);
  });

  it('that is equally near to several known words is corrected to each of them', async () => {
    const { lines } = await suggesting(
      named('Quinine', 'Quinine A', 'Quinine B', 'Quinine C', 'Quininx', 'Quinink'),
    );
    expect((await lines('quininz', 3)).map((line) => line.split(' ')[1]).toSorted()).toEqual([
      'Quinine',
      'Quinink',
      'Quininx',
    ]);
  });

  it('is corrected only if it is no known word and no beginning of one', async () => {
    const { lines, words } = await suggesting(named('Neomycin', 'Bleomycin'));
    expect(await lines('neomycin')).toEqual(['PRODUCT Neomycin']);
    expect(await lines('bleo')).toEqual(['PRODUCT Bleomycin']);
    words.know(['LEOMYCIN']);
    expect(await lines('leomycin')).toEqual([]);
  });

  it('is not corrected if it is a number', async () => {
    const { lines } = await suggesting(named('Norvasc 5 mg', 'Norvasc 50 mg'));
    expect(await lines('norvasc 5')).toEqual(['PRODUCT Norvasc 5 mg']);
    expect(await lines('norvasc 500')).toEqual([]);
  });
});

describe('suggested ATC classes', () => {
  it('are found by the first characters of a code, with the classes above them', async () => {
    const { suggest, found } = await suggesting(
      products(
        { names: ['One'], classification: [atc('C08CA01', 'amlodipine')] },
        { names: ['Two'], classification: [atc('C09AA02', 'enalapril'), atc('C08CA', 'Dihydropyridines')] },
        { names: ['Three'], classification: [atc('c08 ca02')] },
      ),
    );
    const texts = async (text: string): Promise<readonly string[]> =>
      (await suggest(text, 20)).map((each) => each.text);
    expect(await texts('c08c')).toEqual([
      'C08C',
      'Dihydropyridines (C08CA)',
      'C08CA02',
      'amlodipine (C08CA01)',
    ]);
    expect(await texts('c0')).toEqual(expect.arrayContaining(['C08', 'C09', 'C09AA']));
    expect(await texts('dihydro')).toEqual(['Dihydropyridines (C08CA)']);
    expect(await found({ atc: ['C08'] })).toBe(3);
  });

  it('are found by the name of EMA’s term if records have no ATC code', async () => {
    const term = {
      system: 'http://spor.ema.europa.eu/v1/lists/100000093533',
      code: '999999999999',
      display: 'madeupin',
    };
    const { suggest, found } = await suggesting(
      products({ names: ['One'], classification: [{ coding: [term] }] }),
    );
    expect(await suggest('madeu')).toEqual([
      { kind: 'ATC', text: 'madeupin', detail: undefined, filter: { atc: ['999999999999'] } },
    ]);
    expect(await found({ atc: ['999999999999'] })).toBe(1);
  });
});

/** Returns one product for each holder, with an authorization. */
function held(
  ...holders: readonly { readonly id: string; readonly name: string; readonly alias?: string }[]
) {
  return holders.flatMap(({ id, name, alias }, at) => [
    {
      resourceType: 'MedicinalProductDefinition',
      id: `60000000000${at}`,
      name: [{ productName: `Name ${at}` }],
    },
    {
      resourceType: 'RegulatedAuthorization',
      id: `authorization-${at}`,
      type: { coding: [{ code: '220000000061' }] },
      subject: [{ reference: `MedicinalProductDefinition/60000000000${at}` }],
      holder: { reference: `Organization/${id}` },
    },
    { resourceType: 'Organization', id, name, ...(alias === undefined ? {} : { alias: [alias] }) },
  ]) as unknown as readonly Resource[];
}

describe('suggested holders', () => {
  it('are suggested once under any of their names, with a filter by id', async () => {
    const { suggest, found } = await suggesting(
      held({ id: 'ORG-1', name: 'Zeta Pharma', alias: 'Zeta Old Pharma' }),
    );
    const filter = { holder: ['ORG-1'] };
    expect(await suggest('zeta')).toEqual([
      expect.objectContaining({ kind: 'HOLDER', detail: 'ORG-1', filter }),
    ]);
    expect(await suggest('old pharma')).toEqual([
      expect.objectContaining({ text: 'Zeta Old Pharma', filter }),
    ]);
    expect(await found(filter)).toBe(1);
  });

  it('that share a name are suggested once, with a filter by name', async () => {
    const { suggest, found } = await suggesting(
      held({ id: 'ORG-1', name: 'Zeta Pharma' }, { id: 'ORG-2', name: 'ZETA PHARMA' }),
    );
    const [suggestion, ...others] = await suggest('zeta');
    expect(others).toEqual([]);
    expect(suggestion).toMatchObject({ detail: undefined });
    expect(await found(suggestion?.filter ?? {})).toBe(2);
  });
});

/** Returns a product with one ingredient. */
function containing(role: string, concept: object): readonly Resource[] {
  return [
    ...named('Something'),
    {
      resourceType: 'Ingredient',
      id: 'ingredient-1',
      status: 'active',
      role: { coding: [{ code: role }] },
      for: [{ reference: 'MedicinalProductDefinition/600000000000' }],
      substance: { code: { concept } },
    },
  ] as unknown as readonly Resource[];
}

describe('suggested substances', () => {
  const [active, excipient] = ['100000072072', '100000072082'];

  it('without a code have a filter by name', async () => {
    const { suggest, found } = await suggesting(containing(active, { text: 'Élixir of roses' }));
    const filter = { substance: ['Élixir of roses'] };
    expect(await suggest('roses el')).toEqual([
      { kind: 'SUBSTANCE', text: 'Élixir of roses', detail: undefined, filter },
    ]);
    expect(await found(filter)).toBe(1);
  });

  it('with an invalid code have a filter by name', async () => {
    const { suggest } = await suggesting(
      containing(active, { coding: [{ code: 'x', display: 'Rosamine' }] }),
    );
    expect((await suggest('rosa')).map(({ filter }) => filter)).toEqual([{ substance: ['Rosamine'] }]);
  });

  it('are suggested once under all their names', async () => {
    const coding = [
      { code: '100000085259', display: 'Rosamine' },
      { code: '100000085259', display: 'Rosaminum' },
    ];
    const { suggest } = await suggesting(containing(active, { coding }));
    expect((await suggest('rosa')).map(({ text }) => text)).toEqual(['Rosamine']);
    expect((await suggest('rosaminu')).map(({ text }) => text)).toEqual(['Rosaminum']);
  });

  it('do not include excipients, because most products have them', async () => {
    const { suggest } = await suggesting(containing(excipient, { text: 'Lactose' }));
    expect(await suggest('lactose')).toEqual([]);
  });
});

describe('products that are written after the first suggestions', () => {
  it('are suggested, and removed products are no longer suggested', async () => {
    const { lines, put, store } = await suggesting(named('Alfa'));
    expect(await lines('alfa')).toEqual(['PRODUCT Alfa']);
    await put(products({ names: ['Alfatin'], id: '600000000009' }));
    expect(await lines('alfa')).toEqual(['PRODUCT Alfa', 'PRODUCT Alfatin']);
    await store.purge();
    expect(await lines('alfa')).toEqual([]);
  });

  it('are suggested even while the data for suggestions are being prepared', async () => {
    const { lines, put } = await suggesting(named('Alfa'));
    const first = lines('alfa');
    await put(products({ names: ['Alfatin'], id: '600000000009' }));
    expect(await lines('alfa')).toEqual(['PRODUCT Alfa', 'PRODUCT Alfatin']);
    expect(await first).toContain('PRODUCT Alfa');
  });
});
