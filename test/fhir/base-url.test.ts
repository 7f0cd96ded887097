/** No request is ever sent outside the base URL. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBaseUrl, isLoopback } from '../../src/fhir/base-url.js';
import { propertyRuns } from '../support/tier.js';

const text = 'https://api.example/public/v1';
const base = createBaseUrl(text);

describe('a base URL', () => {
  test.each([
    'http://api.example/fhir',
    'ftp://127.0.0.1/',
    'https://u:p@api.example/',
    'https://api.example/?x',
    'https://api.example/#x',
    'no url',
  ])('"%s" is refused', (url) => {
    expect(() => createBaseUrl(url)).toThrow(TypeError);
  });

  test.each([
    'http://127.0.0.1:8080/fhir',
    'http://localhost/fhir',
    'http://[::1]/fhir',
    'https://api.example',
  ])('"%s" is accepted', (url) => {
    expect(createBaseUrl(url).resolve(['metadata']).href).toBe(`${url}/metadata`);
  });

  test('gives the same request URLs with and without a slash at its end', () => {
    expect(createBaseUrl(`${text}/`).resolve(['X', '1']).href).toBe(`${text}/X/1`);
  });
});

test.each(['127.0.0.1', '127.9.9.9', 'localhost', 'a.localhost', '::1', '[::1]'])(
  'the host "%s" counts as loopback',
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.each([
  '0.0.0.0',
  '::',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evil-localhost',
  '10.0.0.1',
  '128.0.0.1',
])('the host "%s" does not count as loopback', (host) => {
  expect(isLoopback(host)).toBe(false);
});

describe('a segment of a URL path', () => {
  test.each(['..', '.', '%2e%2e', 'a/../b', 'a?b', 'a#b', 'a\\b', 'a\nb', 'é'])(
    '%j is refused, because it would change the path',
    (segment) => {
      expect(() => base.resolve(['X', segment])).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    },
  );
});

describe('a `next` link of a searchset page', () => {
  test.each([
    [`${text}?_getpages=1&_offset=2`, '/public/v1?_getpages=1&_offset=2'],
    [`${text}/?_getpages=1`, '/public/v1/?_getpages=1'],
    [`${text}/X?page=2#top`, '/public/v1/X?page=2'],
    [`https://API.example:443/public/v1/X`, '/public/v1/X'],
    ['X?ct=a%2Fb%2e%2e', '/public/v1/X?ct=a%2Fb%2e%2e'],
    ['?_getpages=1', '/public/v1/?_getpages=1'],
    ['/public/v1/X?page=2', '/public/v1/X?page=2'],
    ['/public/v1?page=2', '/public/v1?page=2'],
    [`${text}/X/1/$everything?next=`, '/public/v1/X/1/$everything?next='],
  ])('to %s is followed, because it is below the base URL', (link, path) => {
    const url = base.follow(link);
    expect(url.pathname + url.search).toBe(path);
    expect(url.origin).toBe('https://api.example');
  });

  test.each([
    ['https://evil.example/public/v1/X', ['host']],
    ['http://api.example/public/v1/X', ['scheme']],
    ['https://api.example:8443/public/v1/X', ['port']],
    ['http://10.0.0.7:8080/PUBLIC/V1/X', ['scheme', 'host', 'port', 'path']],
    ['https://api.example.evil.example/public/v1/X', ['host']],
    ['//evil.example/public/v1/X', ['host']],
    ['\\\\evil.example\\public\\v1\\X', ['host']],
    ['/\\evil.example/public/v1/X', ['host']],
    ['\t//evil.example/public/v1/X', ['host']],
  ])('to %j is followed at the origin of the base URL, and the difference is logged', (link, differing) => {
    const told: (readonly string[])[] = [];
    const url = createBaseUrl(text, (parts) => void told.push(parts)).follow(`${link}?page=2`);
    expect(url.href).toBe('https://api.example/public/v1/X?page=2');
    expect(told).toEqual([differing]);
  });

  test.each([
    'https://user:pass@api.example/public/v1/X',
    'https://api.example@evil.example/public/v1/X',
    'https://evil.example/X',
    'ftp://api.example/public/v1/X',
    '/public/v1evil/X',
    '/public/v1evil?x',
    '/public/v2/X',
    '/',
    '../v2/X',
    '../../admin',
    '/public/v1/../admin',
    '/public/v1/%2e%2e/admin',
    '/public/v1/%2E%2e/admin',
    '/public/v1/..%2fadmin',
    '/public/v1/%252e%252e/admin',
    '/public/v1/..%5cadmin',
    '/public/v1\\..\\admin',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:application/json,{}',
    'https://',
    'http://[',
  ])('to %j is refused, because it is not below the base URL', (link) => {
    expect(() => base.follow(link)).toThrow(expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE' }));
  });

  test('to a random address is either refused or leads below the base URL', () => {
    const piece = fc.constantFrom(
      'https:',
      'http:',
      '//',
      '/',
      '\\',
      '..',
      '.',
      '%2e',
      '%2f',
      '@',
      ':',
      '?',
      '#',
      'public',
      'v1',
      'evil',
      'api.example',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const followed = attempt(() => base.follow(pieces.join('')));
        if (followed === undefined) return;
        expect(followed.href).toMatch(/^https:\/\/api\.example\/public\/v1($|[/?])/);
        expect(decodeURIComponent(followed.pathname)).not.toMatch(/\/\.\.(\/|$)|\\/);
      }),
      { numRuns: propertyRuns(5_000) },
    );
  });
});

function attempt<Value>(act: () => Value): Value | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
