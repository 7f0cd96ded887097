/** Importing terms from RMS exports and FHIR CodeSystems. */
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importFiles, type ImportOutcome } from '../../../src/terms/imported/import-files.js';
import { openImportedTerms } from '../../../src/terms/imported/imported-terms.js';
import type { TermsError } from '../../../src/terms/imported/terms-error.js';
import type { Term, TermSource } from '../../../src/terms/source.js';
import { testFolder } from '../../support/folder.js';
import { isPublishedHere, unlessPublished } from '../../support/published.js';
import { rmsExport, rmsList, rmsRow, type RmsRow } from '../../support/rms-export.js';
import { isQuick } from '../../support/tier.js';
import { titled } from '../../support/titles.js';

const oral = '100000073619';
const importedAt = new Date('2026-11-29T12:00:00Z');

interface Imported {
  readonly outcome: ImportOutcome;
  readonly source: TermSource;
}

async function imported(content: string | Uint8Array, name = 'export.csv'): Promise<Imported> {
  const folder = testFolder();
  const dir = join(folder.path, 'terms');
  const outcome = await importFiles({ files: [folder.write(name, content)], dir, importedAt });
  return { outcome, source: openImportedTerms(dir) };
}

const importedRows = (...rows: readonly (RmsRow | string)[]): Promise<Imported> => imported(rmsExport(rows));

async function termOf(rows: readonly RmsRow[], code = oral, list = rmsList): Promise<Term | undefined> {
  return (await importedRows(...rows)).source.term(list, code);
}

/** Returns the error message, with `FILE` for the name of the file. */
async function refusalOf(content: string | Uint8Array): Promise<{ message: string; exitCode: number }> {
  const folder = testFolder();
  const file = folder.write('export.csv', content);
  const dir = join(folder.path, 'terms');
  const error = (await importFiles({ files: [file], dir, importedAt }).catch(
    (each: unknown) => each,
  )) as TermsError;
  expect(error.name).toBe('TermsError');
  expect(readdirSync(folder.path)).toEqual(['export.csv']);
  return { message: error.message.replaceAll(file, 'FILE'), exitCode: error.exitCode };
}

describe('an RMS export of EMA in CSV', () => {
  it('gives each term its texts in every language and its synonyms', async () => {
    const term = await termOf([
      { term: oral, name: 'Oral use', shortName: 'PO' },
      { term: oral, language: 'de', name: 'zum Einnehmen', otherName: 'oral¦peroral' },
      { term: oral, language: 'el', name: 'Από στόματος χρήση' },
      { term: oral, language: 'fi', name: '-' },
    ]);
    expect(term).toEqual({
      code: oral,
      texts: new Map([
        ['en', 'Oral use'],
        ['de', 'zum Einnehmen'],
        ['el', 'Από στόματος χρήση'],
      ]),
      otherNames: ['PO', 'oral', 'peroral'],
      successor: undefined,
      atc: undefined,
      parent: undefined,
    });
  });

  it('may contain several lists', async () => {
    const { outcome, source } = await importedRows(
      { term: oral, name: 'Oral use' },
      { list: '200000000014', term: '200000002152', name: 'Tablet' },
      { list: '200000000014', term: '200000002152', language: 'da', name: 'Tablet' },
    );
    expect(source.lists()).toEqual([rmsList, '200000000014']);
    expect(
      outcome.lists.map(({ list, terms, rows, languages }) => ({ list, terms, rows, languages })),
    ).toEqual([
      { list: rmsList, terms: 1, rows: 1, languages: { en: 1 } },
      { list: '200000000014', terms: 1, rows: 2, languages: { da: 1, en: 1 } },
    ]);
  });

  it('gives the current text of a term and no withdrawn text', async () => {
    const term = await termOf([
      { term: oral, name: 'By mouth', nameStatus: 'NON_CURRENT' },
      { term: oral, name: 'Oral use' },
      { term: oral, name: 'Orel use', nameStatus: 'NULLIFIED' },
      { term: oral, language: 'de', name: 'Falsch', nameStatus: 'NULLIFIED' },
    ]);
    expect(term?.texts).toEqual(new Map([['en', 'Oral use']]));
    expect(term?.otherNames).toEqual(['By mouth']);
  });

  it('gives a nullified term its last successor, and the text of the nullified term', async () => {
    const { source } = await importedRows(
      {
        term: '200000000001',
        name: 'First',
        status: 'NULLIFIED',
        nameStatus: 'NULLIFIED',
        current: '200000000002',
      },
      { term: '200000000002', name: 'Second', status: 'NULLIFIED', current: '200000000003' },
      { term: '200000000003', name: 'Third' },
      { term: '200000000004', name: 'Circle', status: 'NULLIFIED', current: '200000000004' },
    );
    expect(source.terms(rmsList).map(({ code }) => code.at(-1))).toEqual(['3', '1', '2', '4']);
    expect(source.term(rmsList, '200000000001')?.successor).toBe('200000000003');
    expect(source.term(rmsList, '200000000001')?.texts.get('en')).toBe('First');
    expect(source.term(rmsList, '200000000004')?.successor).toBeUndefined();
  });

  it.each<[string, Partial<RmsRow>]>([
    ['symbol', { symbol: 'A10BA02' }],
    ['short name', { shortName: 'A10BA02' }],
    ['description', { description: 'A10BA02' }],
  ])('gives the ATC code of a term from its %s', async (_, where) => {
    const list = '100000093533';
    const row = { list, term: '100000094546', name: 'metformin', symbol: 'met', ...where };
    expect((await termOf([row], row.term, list))?.atc).toBe('A10BA02');
    // The symbol of a litre is not an ATC class.
    expect((await termOf([{ ...row, list: rmsList, symbol: 'L' }], row.term))?.atc).toBeUndefined();
  });

  it('gives the parents of ATC classes, even if the export lacks them or lacks a level', async () => {
    const list = '100000093533';
    const { source } = await importedRows(
      { list, term: '300000000001', name: 'metformin', symbol: 'A10BA02' },
      { list, term: '300000000002', name: 'Biguanides', symbol: 'A10BA' },
      { list, term: '300000000003', name: 'Drugs used in diabetes', symbol: 'A10' },
      { list, term: '300000000004', name: 'told', symbol: 'A10BA09', parent: '300000000003' },
    );
    expect(source.terms(list).map(({ parent }) => parent)).toEqual([
      '300000000002',
      '300000000003',
      undefined,
      '300000000003',
    ]);
  });

  it('is read with any line ends, separators and quotation marks', async () => {
    const rows = [
      { term: oral, name: 'Oral "use"', comments: 'an example: "1 mL, say, per dose".' },
      { term: '100000073611', name: 'Intravenous use' },
    ];
    const plain = rmsExport(rows);
    for (const text of [
      plain,
      rmsExport(rows, '\r\n'),
      plain.replaceAll(',', ';'),
      plain.replaceAll(',', '\t'),
    ]) {
      const { outcome, source } = await imported(text);
      expect(outcome.badRows).toBe(0);
      expect(source.terms(rmsList).map(({ texts }) => texts.get('en'))).toEqual([
        'Oral "use"',
        'Intravenous use',
      ]);
    }
  });

  it('may be compressed with gzip, or be in UTF-16', async () => {
    const text = rmsExport([{ term: oral, language: 'bg', name: 'Перорално приложение' }]);
    const swapped = Buffer.from(text, 'utf16le').swap16();
    for (const content of [
      gzipSync(text),
      Buffer.from(text, 'utf16le'),
      Buffer.from(text.slice(1), 'utf16le'),
      swapped,
    ]) {
      const { source } = await imported(content);
      expect(source.term(rmsList, oral)?.texts.get('bg')).toBe('Перорално приложение');
    }
  });

  it('may contain texts with line breaks', async () => {
    const { outcome, source } = await importedRows(
      { term: oral, name: 'Oral\nuse', description: 'By the mouth,\n\nand swallowed.' },
      { term: '100000073611', name: '' },
    );
    expect(source.term(rmsList, oral)?.texts.get('en')).toBe('Oral use');
    expect(outcome.named.map(({ where, why }) => `${where} ${why}`)).toEqual(['line 6 has no "Term Name"']);
  });
});

describe('an invalid row of an RMS export', () => {
  const good = { term: oral, name: 'Oral use' };
  const other = { term: '100000073611', name: 'Intravenous use' };

  it.each(
    titled<[string, string]>(
      [
        [rmsRow({ term: '2E+11', name: 'x' }), 'has no number as "Term ID": "2E+11"'],
        [rmsRow({ list: '', term: oral, name: 'x' }), 'has no number as "List ID": ""'],
        [rmsRow({ term: oral, language: 'xx', name: 'x' }), 'has an unknown language: "xx"'],
        [rmsRow({ term: oral, language: 'e n', name: 'x' }), 'has an unknown language: "e n"'],
        [rmsRow({ term: oral, name: ' ' }), 'has no "Term Name"'],
        [
          rmsRow({ term: oral, name: 'a "b", c' }),
          'has its values in the wrong columns, perhaps because of a quotation mark within a text',
        ],
        [`${rmsRow({ term: oral, name: 'x' })}${',x'.repeat(40)}`, 'has 81 columns, and the header 70'],
        [`${rmsList},${oral},,en,"x"`, 'has only 5 columns, and 38 are needed'],
        [`${rmsList},${oral},,de,"never closed,`, 'has a quotation mark that is not closed'],
      ],
      (_row, why) => `is left out and reported if it ${why}`,
    ),
  )('%s', async (_title, row, why) => {
    const { outcome, source } = await importedRows(good, row, other);
    expect(outcome.badRows).toBe(1);
    expect(outcome.named).toEqual([{ file: expect.stringMatching(/export\.csv$/), where: 'line 3', why }]);
    expect(source.terms(rmsList).map(({ texts }) => [...texts])).toEqual([
      [['en', 'Oral use']],
      [['en', 'Intravenous use']],
    ]);
  });

  it('counts in the number of invalid rows, of which the first ones are reported', async () => {
    const { outcome } = await importedRows(
      good,
      ...Array.from({ length: 700 }, () => rmsRow({ term: 'x', name: 'x' })),
      other,
    );
    expect(outcome.badRows).toBe(700);
    expect(outcome.named).toHaveLength(20);
    expect(outcome.lists[0]?.rows).toBe(2);
  });
});

describe('a file that cannot be imported', () => {
  it.each<[string, string | Uint8Array, string]>([
    [
      'a CSV file with other columns',
      'Name,Code\nOral,1\n',
      'FILE is neither an RMS export nor a FHIR CodeSystem: it has no column "List ID", "Term ID", "Language", "Term Name".',
    ],
    ['empty', '', 'FILE is empty.'],
    ['made of blank lines', '\n \n', 'FILE is empty.'],
    ['a header without rows', rmsExport([]), 'FILE has no row that can be read.'],
    [
      'a table of invalid rows',
      rmsExport([rmsRow({ term: '1', name: 'x' })]),
      'FILE has no row that can be read: line 2 has no number as "Term ID": "1".',
    ],
    [
      'in Latin-1',
      Buffer.from(
        rmsExport([
          { term: oral, name: 'Voie orale' },
          { term: oral, language: 'fr', name: 'Pâte' },
        ]).slice(1),
        'latin1',
      ),
      'FILE is in another encoding: line 3 is not UTF-8. Save the file as UTF-8.',
    ],
    [
      'half a gzip file',
      gzipSync(rmsExport([{ term: oral, name: 'x' }])).subarray(0, -12),
      'FILE is damaged: it is not a complete gzip file.',
    ],
    [
      'an Excel workbook',
      Buffer.from('PK\u0003\u0004xxxx'),
      'FILE is a ZIP archive or an Excel workbook. Unpack it, or save it as CSV.',
    ],
    [
      'a web page',
      '<!doctype html><title>Sign in</title>',
      'FILE is XML or HTML. Only CSV and JSON can be imported.',
    ],
    ['a binary file', Buffer.from([65, 66, 0, 0, 1, 2, 3]), 'FILE is not text.'],
    ['an incomplete JSON file', '{"resourceType":"CodeSystem"', 'FILE is damaged: it is not JSON.'],
    [
      'another FHIR resource than a CodeSystem',
      '{"resourceType":"ValueSet"}',
      'FILE has no FHIR CodeSystem of EMA\'s lists: line 1 is not a CodeSystem, but "ValueSet".',
    ],
    [
      'a CodeSystem that is no list of EMA',
      '{"resourceType":"CodeSystem","url":"http://loinc.org","concept":[]}',
      'FILE has no FHIR CodeSystem of EMA\'s lists: line 1 is not one of EMA\'s lists: its url is "http://loinc.org".',
    ],
  ])('is refused with a message of one line if it is %s', async (_, content, message) => {
    expect(await refusalOf(content)).toEqual({ message, exitCode: 65 });
  });

  it('prevents the whole import, and all such files are reported', async () => {
    const folder = testFolder();
    const dir = join(folder.path, 'terms');
    const good = folder.write('good.csv', rmsExport([{ term: oral, name: 'Oral use' }]));
    const files = [
      good,
      folder.write('a.csv', 'a,b'),
      folder.write('b.csv', ''),
      join(folder.path, 'none.csv'),
    ];
    const refused = importFiles({ files, dir, importedAt });
    await expect(refused).rejects.toThrow(/^.*none\.csv does not exist\.$/);
    await expect(importFiles({ files: files.slice(0, 3), dir, importedAt })).rejects.toThrow(
      /^.*a\.csv is neither an RMS export.*\n.*b\.csv is empty\.$/,
    );
    await expect(importFiles({ files: [good, folder.path], dir, importedAt })).rejects.toMatchObject({
      message: `${folder.path} is a folder. Name the files in it.`,
      exitCode: 66,
    });
    expect(openImportedTerms(dir).lists()).toEqual([]);
  });
});

describe('a terms folder that cannot be created', () => {
  it('causes a message and an exit code of its own', async () => {
    const file = testFolder().write('export.csv', rmsExport([{ term: oral, name: 'Oral use' }]));
    const dir = join(file, 'terms');
    await expect(importFiles({ files: [file], dir, importedAt })).rejects.toMatchObject({
      message: expect.stringContaining(dir) as string,
      exitCode: expect.toBeOneOf([66, 73]) as number,
    });
  });
});

describe('a FHIR CodeSystem of EMA', () => {
  const system = {
    resourceType: 'CodeSystem',
    url: `https://spor.ema.europa.eu/v1/lists/${rmsList}`,
    title: 'Routes',
    concept: [
      {
        code: oral,
        display: 'Oral use',
        designation: [
          { language: 'de', value: 'zum Einnehmen' },
          { language: 'de', value: 'oral', use: { code: 'synonym' } },
          { value: 'By mouth' },
          { language: 'xx', value: 'x' },
        ],
        concept: [{ code: '1', display: 'Below' }],
      },
      {
        code: '2',
        display: 'Gone',
        property: [
          { code: 'status', valueCode: 'retired' },
          { code: 'replacedBy', valueCode: oral },
        ],
      },
      { code: '3', display: 'Kept', property: [{ code: 'parent', valueCode: '1' }] },
      { display: 'No code' },
    ],
  };

  it('gives the displays, designations, parents and successors of concepts', async () => {
    const { outcome, source } = await imported(JSON.stringify(system, null, 2), 'routes.json');
    expect(source.term(rmsList, oral)).toMatchObject({
      texts: new Map([
        ['en', 'Oral use'],
        ['de', 'zum Einnehmen'],
      ]),
      otherNames: ['By mouth', 'oral'],
    });
    expect(source.terms(rmsList).map(({ code, parent, successor }) => [code, parent, successor])).toEqual([
      [oral, undefined, undefined],
      ['1', oral, undefined],
      ['3', '1', undefined],
      ['2', undefined, oral],
    ]);
    expect(outcome.named.map(({ where, why }) => `${where} ${why}`)).toEqual([
      `list ${rmsList}, concept ${oral} has an unknown language: "xx"`,
      `list ${rmsList}, concept ? has no code`,
    ]);
  });

  it('may be one of several in a Bundle or in lines of NDJSON, compressed or not, with ATC codes in definitions', async () => {
    const atc = {
      ...system,
      url: 'http://spor.ema.europa.eu/v1/lists/100000093533',
      concept: [{ code: '7', display: 'bupropion', definition: 'N06AX12' }],
    };
    const bundle = { resourceType: 'Bundle', entry: [{ resource: system }, { resource: atc }] };
    const lines = `${JSON.stringify(system)}\n\n${JSON.stringify(atc)}\n`;
    for (const content of [lines, gzipSync(lines), JSON.stringify(bundle), JSON.stringify([system, atc])]) {
      const { source } = await imported(content, 'systems.ndjson');
      expect(source.lists()).toEqual([rmsList, '100000093533']);
      expect(source.term('100000093533', '7')?.atc).toBe('N06AX12');
    }
  });

  it('adds terms to an RMS export of the same list, and a supplement adds languages to both', async () => {
    const folder = testFolder();
    const dir = join(folder.path, 'terms');
    const supplement = {
      ...system,
      url: 'https://example.org/fr',
      supplements: `${system.url}|1`,
      content: 'supplement',
      concept: [{ code: oral, designation: [{ language: 'fr', value: 'Voie orale' }] }],
    };
    for (const file of [
      folder.write('fr.json', JSON.stringify(supplement)),
      folder.write('routes.json', JSON.stringify(system)),
      folder.write('rms.csv', rmsExport([{ term: oral, name: 'ORAL USE' }])),
    ])
      await importFiles({ files: [file], dir, importedAt });
    expect(openImportedTerms(dir).term(rmsList, oral)?.texts).toEqual(
      new Map([
        ['fr', 'Voie orale'],
        ['en', 'ORAL USE'],
        ['de', 'zum Einnehmen'],
      ]),
    );
  });
});

describe(`the published RMS export of EMA and published CodeSystems${unlessPublished}`, () => {
  it.skipIf(!isPublishedHere)('are read without an invalid row', async () => {
    const folder = testFolder();
    const files = ['rms-export-200000000014.csv', 'unicom-ig-codesystems.ndjson.gz'].map(
      (name) => `../shared/data/${name}`,
    );
    const outcome = await importFiles({ files, dir: folder.path, importedAt });
    const source = openImportedTerms(folder.path);
    expect(outcome.badRows).toBe(0);
    expect(outcome.lists.find(({ origin }) => origin === 'rms')).toMatchObject({
      list: '200000000014',
      terms: 96,
      rows: 1_463,
    });
    expect(source.term('200000000014', '200000002152')?.texts.get('de')).toBe('Tablette');
    expect(source.term('200000000014', '200000002159')?.successor).toBe('200000002163');
    const classes = source.terms('100000093533');
    expect(classes).toHaveLength(6_873);
    expect(classes.filter(({ atc }) => atc === undefined)).toEqual([]);
    const byCode = new Map(classes.map((term) => [term.code, term]));
    const bupropion = classes.find(({ atc }) => atc === 'N06AX12');
    expect(byCode.get(bupropion?.parent ?? '')?.atc).toBe('N06AX');
    expect(
      classes.filter(({ parent, atc = '' }) => parent === undefined && atc.length > 1).length,
    ).toBeLessThan(5);
  });
});

describe('an import of 300,000 rows', () => {
  it.skipIf(isQuick)(
    'gives all terms in all languages within the time limit',
    { timeout: 120_000 },
    async () => {
      const languages = ['en', 'de', 'fr', 'it', 'es', 'el', 'bg', 'pl', 'fi', 'sv'];
      const rows = Array.from({ length: 300_000 }, (_, at) => ({
        list: String(100_000_073_345 + (at % 6)),
        term: String(200_000_000_000 + Math.floor(at / 60) * 6 + (at % 6)),
        language: languages[Math.floor(at / 6) % 10] ?? '',
        name: `Name ${at} of a term, with a "quotation"`,
      }));
      const { outcome, source } = await imported(rmsExport(rows));
      expect(outcome.badRows).toBe(0);
      expect(outcome.lists.map(({ rows: read }) => read)).toEqual(Array.from({ length: 6 }, () => 50_000));
      expect(outcome.lists.map(({ terms }) => terms)).toEqual(Array.from({ length: 6 }, () => 5_000));
      expect(source.term('100000073345', '200000029994')?.texts.size).toBe(10);
    },
  );
});

it('an import deletes no files of other programs in the terms folder, however old they are', async () => {
  const folder = testFolder();
  const dir = folder.path;
  const longAgo = new Date('2020-01-01');
  const others = ['codesystems.ndjson.gz', 'mine.tmp'].map((name) => folder.write(name, 'mine'));
  const left = folder.write('200000000014-0123456789ab-0123456789ab.ndjson.gz', 'left over');
  for (const file of [...others, left]) utimesSync(file, longAgo, longAgo);
  const concept = [{ code: '1', display: 'One' }];
  const url = 'https://spor.ema.europa.eu/v1/lists/200000000014';
  const given = JSON.stringify({ resourceType: 'CodeSystem', url, content: 'complete', concept });
  await importFiles({ files: [folder.write('given.json', given)], dir, importedAt });
  expect([...others, left].map((file) => existsSync(file))).toEqual([true, true, false]);
});

describe('an unusual FHIR CodeSystem', () => {
  const url = 'https://spor.ema.europa.eu/v1/lists/100000072051';
  const whole = { resourceType: 'CodeSystem', url, content: 'complete' };
  const one = { code: '1', display: 'One' };

  it.each<[string, object]>([
    ['its `url` is null', { url: null }],
    ['its `url` is a number', { url: 5 }],
    ['its `supplements` is a number', { url: null, supplements: 5 }],
    ['its concepts are an empty list', { concept: [] }],
    ['its concepts are a string', { concept: 'One' }],
    ['its `content` is "not-present"', { content: 'not-present' }],
    ['its `content` is unknown to FHIR', { content: 'bogus' }],
    ['its language does not exist', { language: 'zz' }],
  ])('is refused as a whole if %s', async (_what, odd) => {
    const given = JSON.stringify({ ...whole, concept: [one], ...odd });
    expect((await refusalOf(given)).exitCode).toBe(65);
  });

  it.each<[string, object]>([
    ['designations are null', { designation: null }],
    ['designations are an object', { designation: { value: 'x' } }],
    ['properties are malformed', { property: [null, 5, { code: 7 }] }],
    ['the display is a number', { display: 5 }],
    ['child concepts are no list', { concept: {} }],
    ['the parent is a number', { property: [{ code: 'parent', valueCode: 7 }] }],
    ['the definition is a number', { definition: 5 }],
  ])('loses only one concept if %s in this concept', async (_what, odd) => {
    const given = { ...whole, concept: [one, { code: '2', display: 'Two', ...odd }] };
    const { source } = await imported(JSON.stringify(given));
    expect(source.term('100000072051', '1')?.texts.get('en')).toBe('One');
    expect(source.term('100000072051', '2')?.code).toBe('2');
  });

  it('may have nested concepts at any depth', async () => {
    const deepest = 20_000;
    const concept = `${`{"code":"x","display":"X","concept":[`.repeat(deepest)}${JSON.stringify(one)}${']}'.repeat(deepest)}`;
    const given = `{"resourceType":"CodeSystem","url":"${url}","concept":[${concept}]}`;
    expect((await imported(given)).source.term('100000072051', '1')?.parent).toBe('x');
  });

  it.each(['fragment', 'supplement'])(
    'with the content "%s" adds to the list and never replaces it',
    async (content) => {
      const folder = testFolder();
      const dir = join(folder.path, 'terms');
      const files = [
        folder.write(
          'part.json',
          JSON.stringify({ ...whole, content, language: 'de', concept: [{ code: '1', display: 'Eins' }] }),
        ),
        folder.write(
          'whole.json',
          JSON.stringify({ ...whole, concept: [one, { code: '2', display: 'Two' }] }),
        ),
      ];
      for (const each of [...files, ...files.toReversed()])
        await importFiles({ files: [each], dir, importedAt });
      const source = openImportedTerms(dir);
      expect(
        source.terms('100000072051').map(({ code, texts }) => [code, Object.fromEntries(texts)]),
      ).toEqual([
        ['1', { en: 'One', de: 'Eins' }],
        ['2', { en: 'Two' }],
      ]);
    },
  );

  it('with control characters in its title is printed without them', async () => {
    const { outcome } = await imported(
      JSON.stringify({ ...whole, title: '\u001B[31mRED\nTWO\u0007', concept: [one] }),
    );
    expect(outcome.lists[0]?.title).toBe('[31mRED TWO');
  });
});

it('an import follows a long chain of successors of a nullified term, each link once', async () => {
  const length = 20_000;
  const rows = Array.from({ length }, (_, at) => ({
    term: String(100_000_000_000 + at),
    name: `Term ${at}`,
    ...(at < length - 1 ? { status: 'NULLIFIED', current: String(100_000_000_001 + at) } : {}),
  }));
  const term = await termOf(rows, '100000000000');
  expect(term?.successor).toBe(String(100_000_000_000 + length - 1));
});

it.skipIf(isQuick)(
  'an import does not wait for the lock file of a machine whose clock is ahead',
  async () => {
    const folder = testFolder();
    const lock = folder.write('terms.lock', '');
    const tomorrow = new Date(Date.now() + 24 * 3_600_000);
    utimesSync(lock, tomorrow, tomorrow);
    const file = folder.write('export.csv', rmsExport([{ term: oral, name: 'Oral use' }]));
    await importFiles({ files: [file], dir: folder.path, importedAt });
    expect(openImportedTerms(folder.path).term(rmsList, oral)?.texts.get('en')).toBe('Oral use');
    expect(existsSync(lock)).toBe(false);
  },
);
