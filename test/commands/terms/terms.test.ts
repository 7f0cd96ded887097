/** The output of the commands `terms import` and `terms status`. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { barOf, runImport } from '../../../src/commands/terms/import.js';
import { printed, statusOf } from '../../../src/commands/terms/status.js';
import { testFolder } from '../../support/folder.js';
import { rmsExport, rmsList, rmsRow } from '../../support/rms-export.js';

const oral = '100000073619';
const files = (rows: Parameters<typeof rmsExport>[0]) => {
  const folder = testFolder();
  return { dir: join(folder.path, 'terms'), file: folder.write('routes.csv', rmsExport(rows)) };
};

describe('the command `terms import`', () => {
  it('prints the imported lists and the rows that it left out', async () => {
    const { dir, file } = files([
      { term: oral, name: 'Oral use' },
      { term: oral, language: 'de', name: 'zum Einnehmen' },
      rmsRow({ term: oral, language: 'xx', name: 'x' }),
      { list: '999999999999', term: '1234567', name: 'Of a list that nothing reads' },
    ]);
    expect(await runImport({ files: [file], dir, screen: { write: () => expect.unreachable() } })).toEqual({
      isWhole: false,
      told: [
        `${rmsList} Routes and Methods of Administration: 1 term, 2 languages, 2 rows`,
        '999999999999: 1 term, 1 language, 1 row',
        `2 lists with 2 terms imported into ${dir}`,
        '1 row left out:',
        `  ${file}, line 4 has an unknown language: "xx"`,
        '',
      ].join('\n'),
    });
  });

  it('prints its progress on a terminal, and clears it at the end', async () => {
    const { dir, file } = files([{ term: oral, name: 'Oral use' }]);
    const shown: string[] = [];
    const screen = { isTTY: true, columns: 40, write: (text: string) => shown.push(text) };
    const { isWhole } = await runImport({ files: [file], dir, screen });
    expect(isWhole).toBe(true);
    expect(shown[0]).toContain(`\r\u001B[K[${'#'.repeat(24)}] 100 % · `);
    expect(shown.at(-1)).toBe('\r\u001B[K');
    expect(barOf({ bytes: 400, bytesRead: 100, rows: 81_500 })).toBe(
      '[######------------------] 25 % · 81,500 rows',
    );
    expect(barOf({ bytes: 0, bytesRead: 0, rows: 1 })).toBe('[------------------------] 0 % · 1 row');
  });
});

describe('the command `terms status`', () => {
  it('prints the imported lists, and the fields and filters whose list is missing', async () => {
    const { dir, file } = files([
      { term: oral, name: 'Oral use' },
      { term: oral, language: 'de', name: 'zum Einnehmen' },
    ]);
    const nothing = statusOf(dir);
    expect(nothing.lists).toEqual([]);
    expect(nothing.missing.find(({ list }) => list === rmsList)).toEqual({
      list: rmsList,
      name: 'Routes and Methods of Administration',
      fields: ['Product.routes', 'Route.code'],
      filters: ['route'],
      builtIn: expect.any(Number) as number,
    });
    expect(printed(nothing)).toContain(`No terms are imported into ${dir}\n`);
    expect(printed(nothing)).toMatch(
      / {2}100000073345 Routes .*: Product\.routes, Route\.code, filter\.route \(\d+ terms built in\)/,
    );

    await runImport({ files: [file], dir, screen: { write: () => true } });
    const status = statusOf(dir);
    expect(status.lists).toEqual([
      {
        list: rmsList,
        name: 'Routes and Methods of Administration',
        readable: true,
        terms: 1,
        rows: 2,
        languages: { de: 1, en: 1 },
        importedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        origins: ['rms'],
      },
    ]);
    expect(status.missing.map(({ list }) => list)).toEqual(
      nothing.missing.map(({ list }) => list).filter((list) => list !== rmsList),
    );
    expect(printed(status)).toMatch(
      / {2}100000073345 Routes .*: 1 term in 2 languages \(de en\), 2 rows, \d{4}-\d\d-\d\d\n/,
    );
  });
});
