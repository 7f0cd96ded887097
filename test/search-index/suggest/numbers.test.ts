/** Suggested numbers: found by their beginning in any spelling, and returned as the record writes them. */
import type { Resource } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { suggesting } from './suggesting.js';

interface Numbered {
  readonly authorization?: readonly string[];
  readonly procedure?: string;
  readonly identifier?: readonly string[];
}

function numbered(...all: readonly Numbered[]): readonly Resource[] {
  return all.flatMap(({ authorization = [], procedure, identifier = [] }, at) => [
    {
      resourceType: 'MedicinalProductDefinition',
      id: `product-${at}`,
      name: [{ productName: `Name ${'ABCDEFGH'[at]}` }],
      identifier: identifier.map((value) => ({ system: 'https://registers.example/mpid', value })),
    },
    {
      resourceType: 'RegulatedAuthorization',
      id: `authorization-${at}`,
      subject: [{ reference: `MedicinalProductDefinition/product-${at}` }],
      identifier: authorization.map((value) => ({ value })),
      ...(procedure === undefined ? {} : { case: { identifier: { value: procedure } } }),
    },
  ]) as unknown as readonly Resource[];
}

describe('a suggested number', () => {
  it.each(['eu/1/17/12', 'EU / 1 / 17 / 12', ' Eu/1/17/1201 '])(
    'is found by the typed text %j, and spelled as in its record',
    async (text) => {
      const { suggest, found } = await suggesting(numbered({ authorization: ['EU/1/17/1201 '] }));
      const [suggestion, ...others] = await suggest(text);
      expect(suggestion).toEqual({
        kind: 'NUMBER',
        text: 'EU/1/17/1201',
        detail: 'authorization number of Name A',
        filter: { authorizationNumber: ['EU/1/17/1201'] },
      });
      expect(others).toEqual([]);
      expect(await found(suggestion?.filter ?? {})).toBe(1);
    },
  );

  it('keeps the blank of a national number such as PL 17780/0123', async () => {
    const { lines } = await suggesting(numbered({ authorization: ['PL 17780/0123'] }));
    expect(await lines('pl17780')).toEqual(['NUMBER PL 17780/0123 (authorization number of Name A)']);
  });

  it.each([
    'EMEA/H/C/006152',
    'emea/h/c/0061',
    'EMEA/H/C/006152/',
    'EMEA/H/C/006152/0',
    'EMEA/H/C/006152/000',
    'EMEA/H/C/006152/0000',
  ])('of a procedure, EMEA/H/C/006152/0000, is found by the typed text %s', async (text) => {
    const { suggest, found } = await suggesting(
      numbered({ procedure: 'EMEA/H/C/006152/0000' }, { procedure: 'EMEA/H/C/1' }),
    );
    const [suggestion, ...others] = await suggest(text);
    expect(suggestion).toMatchObject({
      detail: 'procedure number of Name A',
      filter: { procedureNumber: ['EMEA/H/C/006152/0000'] },
    });
    expect(others).toEqual([]);
    expect(await found(suggestion?.filter ?? {})).toBe(1);
  });

  it('may be an identifier of a product with any system, or the product id', async () => {
    const { suggest, lines, found } = await suggesting(numbered({ identifier: ['IE-100-xyz'] }));
    const [suggestion] = await suggest('ie-100');
    expect(suggestion).toMatchObject({ text: 'IE-100-xyz', filter: { identifier: ['IE-100-xyz'] } });
    expect(await found(suggestion?.filter ?? {})).toBe(1);
    expect(await lines('product-0')).toEqual(['NUMBER product-0 (number of Name A)']);
    expect(await lines('https://registers.example/mpid|IE-100')).toEqual([]);
  });

  it('that several products have is marked so, and is suggested once', async () => {
    const { lines } = await suggesting(
      numbered({ authorization: ['EU/1/1'] }, { authorization: ['EU/1/1'] }),
    );
    expect(await lines('eu/1')).toEqual(['NUMBER EU/1/1 (authorization number of several products)']);
  });

  it('that equals the typed text comes first, and kinds of numbers alternate', async () => {
    const { suggest } = await suggesting(
      numbered(
        { authorization: ['123', '1234', '12345'], procedure: '1230' },
        { authorization: ['1231'], identifier: ['1239'] },
      ),
    );
    expect((await suggest('123', 4)).map(({ text }) => text)).toEqual(['123', '1231', '1230', '1239']);
  });

  it('of fewer than three characters is found only if it is typed completely', async () => {
    const { suggest } = await suggesting(numbered({ authorization: ['12', '121'] }));
    expect((await suggest('12')).map(({ text }) => text)).toEqual(['12']);
    expect(await suggest('1')).toEqual([]);
  });

  it('that contains "|" is not suggested, because a filter would read it as `system|value`', async () => {
    const { suggest } = await suggesting(numbered({ authorization: ['urn:123|456'] }));
    expect(await suggest('urn:123')).toEqual([]);
  });
});
