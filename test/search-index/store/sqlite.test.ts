import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { faultOf } from '../../../src/search-index/store/sqlite.js';

it('loading node:sqlite suppresses only its ExperimentalWarning', async () => {
  const script = [
    `const { loadSqlite } = await import('./dist/search-index/store/sqlite.js');`,
    `const before = process.emitWarning;`,
    `const database = loadSqlite().open(':memory:');`,
    `process.stdout.write(JSON.stringify([database.all('select 1 as one'), process.emitWarning === before]));`,
    `process.emitWarning('Something else.', 'ExperimentalWarning');`,
  ].join('\n');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
  ]);
  expect(JSON.parse(stdout)).toEqual([[{ one: 1 }], true]);
  expect(stderr).toContain('Something else.');
  expect(stderr).not.toContain('SQLite');
});

it.each([
  ['SQLITE_FULL', 'a full disk', { code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'full'],
  [
    'SQLITE_READONLY_DIRECTORY',
    'an index file without write permission',
    { code: 'ERR_SQLITE_ERROR', errcode: 8 + 256 * 6 },
    'readonly',
  ],
  [
    'SQLITE_CONSTRAINT',
    'another fault of the index file',
    { code: 'ERR_SQLITE_ERROR', errcode: 19 },
    'error',
  ],
  [
    '“file is not a database”',
    'a damaged index file',
    { code: 'ERR_SQLITE_ERROR', message: 'file is not a database' },
    'damaged',
  ],
  [
    '“no such table: a”',
    'another fault of the index file',
    { code: 'ERR_SQLITE_ERROR', message: 'no such table: a' },
    'error',
  ],
  ['ENOENT of the file system', 'no fault of the index file', { code: 'ENOENT' }, undefined],
])('the error %s is reported as %s', (_error, _as, error, fault) => {
  expect(faultOf(error)).toBe(fault);
});
