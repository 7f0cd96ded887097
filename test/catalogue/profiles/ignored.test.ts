/** Detecting that an upstream has ignored a search parameter, by the self link or the outcome in its response. */
import { expect, it } from 'vitest';
import { dropped } from '../../../src/catalogue/profiles/ignored.js';

/** The upstream reports no ignored parameters. */
const ignored: ReadonlySet<string> = new Set();
const asked = '/public/v1/Ingredient?for=X%2F1&_count=500';

it.each<[boolean, string | undefined, string]>([
  [false, 'https://x.example/Ingredient?for=X%2F1&_count=500', 'all of it'],
  [false, 'Ingredient?_count=500&for:ManufacturedItemDefinition=1', 'a modifier'],
  [false, '?_count=500&%66or=X', 'an encoded name'],
  [false, '?_count=500&for', 'no value'],
  [false, '?_count=500&for#x', 'a fragment behind it'],
  [true, 'https://x.example/Ingredient?_count=500', 'the parameter left out'],
  [true, 'https://x.example/Ingredient?_count=500#a&for=1', 'it in the fragment alone'],
  [true, '?_count=500&forge=1&x=for', 'others that look like it'],
  [true, '?_count=500&identifier=a&', 'an empty part'],
  [false, 'https://x.example/Ingredient?for-else=1', 'nothing about pages'],
  [false, 'https://x.example/a&_count=5', 'no query'],
  [false, 'https://x.example/a#?_count=5', 'a query in the fragment'],
  [false, undefined, 'nothing at all'],
])('“the upstream ignored the parameter” is %s with the self link %s: %s', (isDropped, self) => {
  expect(dropped('for', { url: asked, self, ignored })).toBe(isDropped);
});

it('nothing is reported about parameters that the request does not have', () => {
  expect(dropped('for', { url: '/public/v1/Ingredient?page=2', self: '?_count=500', ignored })).toBe(false);
  expect(dropped('for', { url: '/public/v1/Ingredient/_search', self: '?_count=500', ignored })).toBe(true);
});

it('the upstream’s own report of ignored parameters outweighs its self link', () => {
  const told = new Set(['for']);
  expect(dropped('for', { url: asked, self: '?for=X&_count=500', ignored: told })).toBe(true);
  expect(dropped('for', { url: '/public/v1/Ingredient?page=2', self: undefined, ignored: told })).toBe(true);
  expect(dropped('form-of', { url: asked, self: undefined, ignored: told })).toBe(false);
});
