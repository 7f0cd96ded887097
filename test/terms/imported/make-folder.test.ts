/** Creating a folder with its parent folders, or an error with the reason. */
import { existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { storeLists } from '../../../src/terms/imported/folder.js';
import { makeFolder } from '../../../src/terms/imported/make-folder.js';
import { testFolder } from '../../support/folder.js';

it('making the terms folder creates missing parent folders, and accepts existing ones', () => {
  const { path } = testFolder();
  for (const folder of [
    join(path, 'a', 'b', 'c'),
    join(path, 'a', 'b', 'c'),
    path,
    join(path, 'a', 'd', ''),
  ]) {
    makeFolder(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  }
});

it('making the terms folder fails if its path, or a part of it, is a file', () => {
  const { path, write } = testFolder();
  const file = write('file', '');
  expect(() => makeFolder(file)).toThrow(expect.objectContaining({ code: 'EEXIST' }) as Error);
  expect(() => makeFolder(join(file, 'a', 'b'))).toThrow(
    expect.objectContaining({ code: 'ENOTDIR' }) as Error,
  );
  expect(existsSync(join(path, 'a'))).toBe(false);
});

it.skipIf(process.platform === 'win32')('making the terms folder follows a symbolic link', () => {
  const { path } = testFolder();
  mkdirSync(join(path, 'there'));
  symlinkSync(join(path, 'there'), join(path, 'link'));
  symlinkSync(join(path, 'gone'), join(path, 'broken'));
  makeFolder(join(path, 'link', 'a'));
  expect(existsSync(join(path, 'there', 'a'))).toBe(true);
  expect(() => makeFolder(join(path, 'broken'))).toThrow(
    expect.objectContaining({ code: 'EEXIST' }) as Error,
  );
});

it.skipIf(process.platform !== 'linux')(
  'making the terms folder fails with an error in a place where no folder can be created (Linux only)',
  async () => {
    for (const folder of ['/proc/no-such', '/proc/no-such/a/b'])
      expect(() => makeFolder(folder)).toThrow(expect.objectContaining({ code: 'ENOENT' }) as Error);
    await expect(storeLists('/proc/no-such/terms', [], new Date())).rejects.toMatchObject({
      exit: 'cannotCreate',
      message: expect.stringMatching(
        /^\/proc\/no-such cannot be written .*Set TERMS_DIR to another folder\.$/,
      ) as unknown,
    });
  },
);
