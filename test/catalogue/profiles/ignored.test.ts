/** Detecting that an upstream has ignored a search parameter, by the self link or the outcome in its response. */
import { expect, it } from 'vitest';
import { dropped } from '../../../src/catalogue/profiles/ignored.js';

/** The upstream reports no ignored parameters. */
const ignored: ReadonlySet<string> = new Set();
const asked = '/public/v1/Ingredient?for=X%2F1&_count=500';

it.each<[string, string, boolean, string | undefined]>([
  ['all parameters', 'does not count as ignored', false, 'https://x.example/Ingredient?for=X%2F1&_count=500'],
  [
    'the parameter with a modifier',
    'does not count as ignored',
    false,
    'Ingredient?_count=500&for:ManufacturedItemDefinition=1',
  ],
  ['an encoded parameter name', 'does not count as ignored', false, '?_count=500&%66or=X'],
  ['the parameter without a value', 'does not count as ignored', false, '?_count=500&for'],
  ['a fragment after the parameter', 'does not count as ignored', false, '?_count=500&for#x'],
  ['the other parameters only', 'counts as ignored', true, 'https://x.example/Ingredient?_count=500'],
  [
    'the parameter in its fragment only',
    'counts as ignored',
    true,
    'https://x.example/Ingredient?_count=500#a&for=1',
  ],
  ['parameters of similar names only', 'counts as ignored', true, '?_count=500&forge=1&x=for'],
  ['an empty parameter only', 'counts as ignored', true, '?_count=500&identifier=a&'],
  ['no `_count`', 'does not count as ignored', false, 'https://x.example/Ingredient?for-else=1'],
  ['no query', 'does not count as ignored', false, 'https://x.example/a&_count=5'],
  ['a query in its fragment', 'does not count as ignored', false, 'https://x.example/a#?_count=5'],
  ['no URL', 'does not count as ignored', false, undefined],
])('a search parameter, if the response has a `self` link with %s, %s', (_what, _is, isDropped, self) => {
  expect(dropped('for', { url: asked, self, ignored })).toBe(isDropped);
});

it('a search parameter counts as ignored only if the request has it, in its URL or its POST body', () => {
  expect(dropped('for', { url: '/public/v1/Ingredient?page=2', self: '?_count=500', ignored })).toBe(false);
  expect(dropped('for', { url: '/public/v1/Ingredient/_search', self: '?_count=500', ignored })).toBe(true);
});

it('a search parameter counts as ignored if the upstream reports it as ignored, even if its `self` link has it', () => {
  const told = new Set(['for']);
  expect(dropped('for', { url: asked, self: '?for=X&_count=500', ignored: told })).toBe(true);
  expect(dropped('for', { url: '/public/v1/Ingredient?page=2', self: undefined, ignored: told })).toBe(true);
  expect(dropped('form-of', { url: asked, self: undefined, ignored: told })).toBe(false);
});
