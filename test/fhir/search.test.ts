/** Escaping of search values, verified by an independent implementation of the FHIR rules. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunksThatFit, encodeSearch, type SearchValue } from '../../src/fhir/search.js';
import { propertyRuns } from '../support/tier.js';

/** Reads values as a server does: decodes the URL, splits at unescaped commas and bars, and removes the backslashes. */
function readValues(query: string): readonly (readonly string[])[] {
  const value = decodeURIComponent(query.slice(query.indexOf('=') + 1));
  return splitBare(value, ',').map((part) =>
    splitBare(part, '|').map((piece) => piece.replaceAll(/\\(.)/gsu, '$1')),
  );
}

function splitBare(text: string, separator: string): readonly string[] {
  const parts = [''];
  for (const [piece] of text.matchAll(/\\.|./gsu)) {
    if (piece === separator) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts;
}

function written(...values: readonly SearchValue[]): string {
  return encodeSearch([{ name: 'name', values }]);
}

const searchable = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...',|$\\%"é中م &=+#?\'') }))
  .filter((text) => text.trim() !== '' && !/[\p{Control}\p{Surrogate}]/u.test(text));

describe('a value in a FHIR search', () => {
  test.each([
    [',', 'name=%5C%2C'],
    ['|', 'name=%5C%7C'],
    ['$', 'name=%5C%24'],
    ['\\', 'name=%5C%5C'],
    ['%', 'name=%25'],
    ['"', 'name=%22'],
    ['é', 'name=%C3%A9'],
    ['中', 'name=%E4%B8%AD'],
    ['دواء', 'name=%D8%AF%D9%88%D8%A7%D8%A1'],
    ['a b+c&d=e#f', 'name=a%20b%2Bc%26d%3De%23f'],
  ])('%j is escaped as %s', (text, query) => {
    expect(written(text)).toBe(query);
    expect(readValues(query)).toEqual([[text]]);
  });

  test('is the original text when it is decoded, alone, in a list and as a token', () => {
    fc.assert(
      fc.property(
        fc.array(searchable, { minLength: 1, maxLength: 4 }),
        searchable,
        searchable,
        (texts, system, code) => {
          expect(readValues(written(...texts, { system, code }))).toEqual([
            ...texts.map((text) => [text]),
            [system, code],
          ]);
        },
      ),
      { numRuns: propertyRuns(1_000) },
    );
  });

  test('as it is escaped is not changed by the URL parser', () => {
    fc.assert(
      fc.property(searchable, (text) => {
        const url = new URL('http://localhost/fhir/X');
        url.search = written(text);
        expect(readValues(url.search)).toEqual([[text]]);
      }),
    );
  });

  test.each(['a\u0000b', 'a\nb', '\t', 'a\u007F', 'a\u0085b', 'a\uD800', '\uDC00b'])(
    '%j is refused, because it has a control character or half a UTF-16 pair',
    (text) => {
      expect(() => written(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
      expect(() => written({ system: 'http://x', code: text })).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      );
    },
  );

  test.each(['', '  '])('%j is refused, because servers would return all resources', (text) => {
    expect(() => written(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    expect(() => written()).toThrow(RangeError);
  });

  test('that is refused is not contained in the error', () => {
    expect(() => written('secret\u0000')).toThrow(/^(?!.*secret)/);
  });
});

test('a search query has its parameters and modifiers in the given order', () => {
  const query = encodeSearch([
    { name: 'name', modifier: 'contains', values: ['asp'] },
    { name: '_id', values: ['1', '2'] },
    { name: '_count', values: [100] },
  ]);
  expect(query).toBe('name:contains=asp&_id=1,2&_count=100');
});

describe('the parts of a long list of search values', () => {
  const fits = (limit: number) => (chunk: readonly string[]) => chunk.join(',').length <= limit;

  test('have every value once and in order, and are as long as the maximum length permits', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 60 }), fc.nat(40), (values, limit) => {
        const chunks = chunksThatFit(values, fits(limit));
        expect(chunks.flat()).toEqual(values);
        for (const [at, chunk] of chunks.entries()) {
          expect(chunk.length === 1 || fits(limit)(chunk)).toBe(true);
          const next = chunks[at + 1]?.[0];
          expect(next !== undefined && fits(limit)([...chunk, next])).toBe(false);
        }
      }),
    );
  });

  test('are none for an empty list', () => {
    expect(chunksThatFit([], () => false)).toEqual([]);
  });
});
