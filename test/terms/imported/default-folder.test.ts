import { expect, test } from 'vitest';
import { defaultTermsDir } from '../../../src/terms/imported/default-folder.js';

test.each<[NodeJS.Platform, Readonly<Record<string, string>>, string]>([
  ['linux', { HOME: '/home/ada' }, '/home/ada/.local/share/pms-graphql/terms'],
  ['linux', { HOME: '/home/ada', XDG_DATA_HOME: '/data' }, '/data/pms-graphql/terms'],
  ['linux', { HOME: '/home/ada', XDG_DATA_HOME: 'data' }, '/home/ada/.local/share/pms-graphql/terms'],
  ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Application Support/pms-graphql/terms'],
  [
    'win32',
    { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' },
    'C:\\Users\\ada\\AppData\\Local\\pms-graphql\\terms',
  ],
  ['win32', { USERPROFILE: 'C:\\Users\\ada' }, 'C:\\Users\\ada\\AppData\\Local\\pms-graphql\\terms'],
])('on %s with the variables %j the default folder for terms is %s', (platform, env, folder) => {
  expect(defaultTermsDir(env, platform)).toBe(folder);
});
