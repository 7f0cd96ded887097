/** A folder of terms in a running service: if it changes or is damaged, the known terms are still used. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { statusOf } from '../../../src/commands/terms/status.js';
import { importFiles } from '../../../src/terms/imported/import-files.js';
import { openImportedTerms } from '../../../src/terms/imported/imported-terms.js';
import { testFolder } from '../../support/folder.js';
import { rmsExport, rmsList, type RmsRow } from '../../support/rms-export.js';

const oral = '100000073619';
const other = '200000000014';

interface Folder {
  readonly dir: string;
  add(...rows: readonly RmsRow[]): Promise<void>;
  /** Returns the files of the lists. */
  parts(): readonly string[];
}

function termsFolder(): Folder {
  const folder = testFolder();
  const dir = join(folder.path, 'terms');
  return {
    dir,
    async add(...rows) {
      await importFiles({
        files: [folder.write('export.csv', rmsExport(rows))],
        dir,
        importedAt: new Date('2026-11-29T12:00:00Z'),
      });
    },
    parts: () => readdirSync(dir).filter((name) => name.endsWith('.gz')),
  };
}

const tablet = { list: other, term: '200000002152', name: 'Tablet' };

describe('imported terms', () => {
  it('are missing without a terms folder, and are present once it exists', async () => {
    const { dir, add } = termsFolder();
    const source = openImportedTerms(dir);
    expect([source.lists(), source.terms(rmsList), source.term(rmsList, oral)]).toEqual([[], [], undefined]);
    const before = source.version;
    const stamp = source.stamp();
    await add({ term: oral, name: 'Oral use' });
    expect(source.lists()).toEqual([]);
    expect(source.stamp()).not.toBe(stamp);
    await source.load();
    expect(source.version).not.toBe(before);
    expect(source.lists()).toEqual([rmsList]);
    expect(source.term(rmsList, oral)?.texts.get('en')).toBe('Oral use');
    expect(source.terms(rmsList)).toEqual([source.term(rmsList, oral)]);
    expect(source.term(rmsList, 'constructor')).toBeUndefined();
  });

  it('are replaced list by list, and their version stays the same while no list changes', async () => {
    const { dir, add, parts } = termsFolder();
    await add({ term: oral, name: 'Oral use' }, tablet);
    const source = openImportedTerms(dir);
    expect(source.term(rmsList, oral)?.texts.get('en')).toBe('Oral use');
    const { version } = source;
    expect(source.version).toBe(version);
    await add({ term: oral, name: 'By mouth' });
    await source.load();
    expect(source.version).toBe(version + 1);
    expect(source.term(rmsList, oral)?.texts.get('en')).toBe('By mouth');
    expect(source.term(other, tablet.term)?.texts.get('en')).toBe('Tablet');
    // Old files stay for a day, because a service may be about to read them.
    expect(parts()).toHaveLength(3);
  });

  it('stay in use while the manifest is damaged, and loading says so', async () => {
    const { dir, add } = termsFolder();
    await add({ term: oral, name: 'Oral use' });
    const source = openImportedTerms(dir);
    expect(source.lists()).toEqual([rmsList]);
    const damages = [
      '{"format":1,"parts":[{"list"',
      '{"format":2,"parts":[]}',
      '{"format":1,"parts":[{"file":"../x"}]}',
      '{"format":1,"parts":[{"list":"1","origin":"rms","file":"a.ndjson.gz","terms":1,"rows":1,"importedAt":"","languages":null}]}',
    ];
    for (const text of damages) {
      writeFileSync(join(dir, 'terms.json'), text);
      expect(() => source.load()).toThrow(
        /terms\.json is damaged, or another version of pms-graphql wrote it\. Delete it and import/,
      );
      expect(source.term(rmsList, oral)?.texts.get('en')).toBe('Oral use');
      expect(source.lists()).toEqual([rmsList]);
    }
    const faults: unknown[] = [];
    expect(openImportedTerms(dir, { onFault: (error) => faults.push(error) }).lists()).toEqual([]);
    expect(faults).toHaveLength(1);
    await expect(add(tablet)).rejects.toThrow(/is damaged, or another version of/);
    rmSync(join(dir, 'terms.json'));
    await add(tablet);
    await source.load();
    expect(source.lists()).toEqual([other]);
  });

  it('stay in use if the file of a list becomes unreadable', async () => {
    const { dir, add, parts } = termsFolder();
    await add({ term: oral, name: 'Oral use' }, tablet);
    const faults: (string | undefined)[] = [];
    const source = openImportedTerms(dir, { onFault: (_, list) => faults.push(list) });
    expect(source.term(rmsList, oral)?.texts.get('en')).toBe('Oral use');
    const before = new Set(parts());
    await add({ term: oral, name: 'By mouth' });
    for (const name of parts().filter((each) => !before.has(each))) {
      const file = join(dir, name);
      writeFileSync(file, readFileSync(file).subarray(0, 30));
    }
    await source.load();
    expect(source.term(rmsList, oral)?.texts.get('en')).toBe('Oral use');
    expect(source.term(other, tablet.term)?.texts.get('en')).toBe('Tablet');
    source.terms(rmsList);
    expect(faults).toEqual([rmsList]);
  });

  it('are complete after simultaneous imports', async () => {
    const { dir } = termsFolder();
    const lists = Array.from({ length: 8 }, (_, at) => String(100_000_000_000 + at));
    const files = lists.map((list) => testFolder().write('x.csv', rmsExport([{ ...tablet, list }])));
    await Promise.all(files.map((file) => importFiles({ files: [file], dir, importedAt: new Date() })));
    expect(openImportedTerms(dir).lists()).toEqual(lists);
    expect(readdirSync(dir).filter((name) => !name.endsWith('.gz'))).toEqual(['terms.json']);
  });

  it('lose only a damaged line of a list, which is reported once', async () => {
    const { dir, add, parts } = termsFolder();
    await add({ term: oral, name: 'Oral use' }, { term: '100000073620', name: 'Oromucosal use' });
    const [part = ''] = parts();
    const lines = gunzipSync(readFileSync(join(dir, part)))
      .toString()
      .split('\n');
    writeFileSync(join(dir, part), gzipSync(lines.map((line, at) => (at === 1 ? '{bad' : line)).join('\n')));
    expect(statusOf(dir).lists).toMatchObject([{ list: rmsList, readable: false }]);
    const faults: (string | undefined)[] = [];
    const source = openImportedTerms(dir, { onFault: (_, list) => faults.push(list) });
    for (let times = 0; times < 2; times += 1)
      expect(source.terms(rmsList).map(({ code }) => code)).toEqual(['100000073620']);
    expect(source.term(rmsList, oral)).toBeUndefined();
    expect(faults).toEqual([rmsList]);
  });
});
