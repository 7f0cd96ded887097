import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { faultOf } from '../../../src/search-index/store/sqlite.js';

it('loading SQLite suppresses only the warning that SQLite in Node is experimental', async () => {
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
  [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'full'],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 8 + 256 * 6 }, 'readonly'],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 19 }, 'error'],
  [{ code: 'ERR_SQLITE_ERROR', message: 'file is not a database' }, 'damaged'],
  [{ code: 'ERR_SQLITE_ERROR', message: 'no such table: a' }, 'error'],
  [{ code: 'ENOENT' }, undefined],
])('an error is recognized as a fault of SQLite: %j', (error, fault) => {
  expect(faultOf(error)).toBe(fault);
});
