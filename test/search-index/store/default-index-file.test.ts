import { expect, it } from 'vitest';
import { defaultIndexFile } from '../../../src/search-index/store/default-index-file.js';

it.each([
  ['the home folder on Linux', 'linux', { HOME: '/home/a' }, '/home/a/.local/share/pms-graphql/index/'],
  [
    'XDG_DATA_HOME on Linux',
    'linux',
    { HOME: '/home/a', XDG_DATA_HOME: '/data' },
    '/data/pms-graphql/index/',
  ],
  [
    'Application Support on macOS',
    'darwin',
    { HOME: '/Users/a' },
    '/Users/a/Library/Application Support/pms-graphql/index/',
  ],
  [
    'LOCALAPPDATA on Windows',
    'win32',
    { LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local' },
    'C:\\Users\\a\\AppData\\Local\\pms-graphql\\index\\',
  ],
] as const)('the default index file is below %s', (_place, platform, env, folder) => {
  const file = defaultIndexFile('https://example.org', env, platform);
  expect(file?.startsWith(folder)).toBe(true);
  expect(file?.slice(folder.length)).toMatch(/^[0-9a-f]{16}\.sqlite$/);
});

it('the default index file differs between upstreams', () => {
  const env = { HOME: '/home/a' };
  expect(defaultIndexFile('a', env, 'linux')).toBe(defaultIndexFile('a', env, 'linux'));
  expect(defaultIndexFile('a', env, 'linux')).not.toBe(defaultIndexFile('b', env, 'linux'));
});
