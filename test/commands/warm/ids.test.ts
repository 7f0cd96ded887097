/** Lists of product ids, as people and spreadsheets write them. */
import { describe, expect, test } from 'vitest';
import { readIds } from '../../../src/commands/warm/ids.js';

describe('a file of product ids for the command `warm`', () => {
  test('has one id on each line, and gives each id once and in order', () => {
    expect(readIds('600000000002\n600000000001\n600000000002\n')).toEqual(['600000000002', '600000000001']);
  });

  test('may have global ids, comments, empty lines, spaces, a byte order mark and any kind of line end', () => {
    const text =
      '\uFEFF# a list\r\n600000000001\r\n\r\n  Product:600000000002 # the other\r600000000003\n\t\nProduct:600000000001';
    expect(readIds(text)).toEqual(['600000000001', '600000000002', '600000000003']);
  });

  test('with invalid lines is refused, and the message has their numbers and not their text', () => {
    const text = '600000000001\nno id, hidden\n\n../metadata\nPackage:1\n';
    expect(() => readIds(text)).toThrow(
      expect.objectContaining({
        exitCode: 65,
        message: expect.stringMatching(/^Lines 2, 4, 5 are not valid\. (?!.*hidden)/) as unknown,
      }) as Error,
    );
    expect(() => readIds('x y')).toThrow(/^Line 1 is not valid/);
  });

  test('with many invalid lines is refused, and the message has twenty numbers and the count of the other lines', () => {
    expect(() => readIds('?\n'.repeat(23))).toThrow(/19, 20 and 3 more are not valid/);
  });

  test('may be empty', () => {
    expect(readIds('# nothing yet\n')).toEqual([]);
  });
});
