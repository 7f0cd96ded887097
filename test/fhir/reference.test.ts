/** The syntax and meaning of ids and references. */
import type { Reference } from 'fhir/r5.js';
import { describe, expect, test } from 'vitest';
import {
  isFhirId,
  isRecordId,
  parseReference,
  recordId,
  resourceKey,
  type ParsedReference,
} from '../../src/fhir/reference.js';

describe('an id in an argument', () => {
  test.each(['1', '600000709068', 'mp-607763', 'a.b', '...', 'LOC-100005206', 'x'.repeat(64), 'metadata2'])(
    'may be "%s"',
    (id) => {
      expect(isFhirId(id)).toBe(true);
    },
  );

  test.each([
    '',
    '.',
    '..',
    '%2e%2e',
    'metadata',
    '_history',
    '_search',
    '$everything',
    'a/b',
    '../x',
    'a b',
    'a\n',
    'a?b',
    'a#b',
    'a\\b',
    'é',
    'x'.repeat(65),
    5,
    undefined,
    null,
  ])('is refused if it is %j', (id) => {
    expect(isFhirId(id)).toBe(false);
  });
});

describe('the id in a record', () => {
  test.each([
    ['8485040', '8485040'],
    [8485040, '8485040'],
    ['k_1', 'k%5F1'],
    ['k%5f1', 'k%5F1'],
    ['a,b', 'a%2Cb'],
    ['a/../b', 'a%2F..%2Fb'],
    ['50%', '50%25'],
    ['~x', '%7Ex'],
    ['é', '%C3%A9'],
    ['\ud800', '%EF%BF%BD'],
    ['..', '%2E.'],
    ['metadata', '%6Detadata'],
    ['x'.repeat(65), `%78${'x'.repeat(64)}`],
    ['', undefined],
    [null, undefined],
    [{}, undefined],
    [true, undefined],
  ])('that the upstream writes as %j is read as %j', (written, id) => {
    expect(recordId(written)).toBe(id);
    expect(id === undefined || recordId(id)).toBe(id ?? true);
    expect(isRecordId(id)).toBe(id !== undefined);
    expect(isFhirId(id)).toBe(id !== undefined && !id.includes('%'));
  });
});

describe('a FHIR reference', () => {
  const item = 'ManufacturedItemDefinition';
  const literal: ParsedReference = { kind: 'literal', type: item, id: 'mid-1' };

  test.each<[string, ParsedReference]>([
    [`${item}/mid-1`, literal],
    [` ${item}/mid-1 `, literal],
    [`/${item}/mid-1`, literal],
    [`${item}/mid-1/_history/2`, literal],
    [`http://ema.europa.eu/example/api/${item}/mid-1`, literal],
    [`https://elsewhere.example:8443/${item}/mid-1/_history/7`, literal],
    ['mid-1', literal],
    ['#part', { kind: 'contained', id: 'part' }],
    ['urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', { kind: 'logical' }],
    ['urn:oid:1.2.3', { kind: 'logical' }],
    [`${item}?identifier=5`, { kind: 'logical' }],
    [`${item}/mid_1`, { ...literal, id: 'mid%5F1' }],
    [`${item}/mid%5f1`, { ...literal, id: 'mid%5F1' }],
    [`${item}/..`, { ...literal, id: '%2E.' }],
    [`${item}/%2e%2e`, { ...literal, id: '%2E%2E' }],
    [`${item}/metadata`, { ...literal, id: '%6Detadata' }],
    ['Nothing/mid_1', { kind: 'logical' }],
    ['#part_1', { kind: 'contained', id: 'part%5F1' }],
    ['#', { kind: 'contained', id: '' }],
    [`ftp://x/${item}/mid-1`, { kind: 'logical' }],
    ['some free text', { kind: 'logical' }],
    ['', { kind: 'logical' }],
  ])('%j is read as %j', (reference, parsed) => {
    expect(parseReference({ reference }, [item])).toEqual(parsed);
  });

  test('with an identifier and no reference text has the kind logical', () => {
    expect(parseReference({ identifier: { value: 'LOC-1' } }, ['Organization'])).toEqual({ kind: 'logical' });
  });

  test('with an id alone has the type of Reference.type if the link permits several types', () => {
    const several = [item, 'AdministrableProductDefinition'];
    expect(parseReference({ reference: 'mid-1' }, several)).toEqual({ kind: 'untyped', id: 'mid-1' });
    expect(parseReference({ reference: 'mid-1', type: item }, several)).toEqual(literal);
    expect(
      parseReference(
        { reference: 'mid-1', type: `http://hl7.org/fhir/StructureDefinition/${item}` },
        several,
      ),
    ).toEqual(literal);
    expect(parseReference({ reference: 'mid-1', type: 'Device' }, several)).toEqual({
      kind: 'untyped',
      id: 'mid-1',
    });
  });

  test('with a malformed reference element has the kind logical', () => {
    const malformed = { reference: 5 } as unknown as Reference;
    expect(parseReference(malformed, [item])).toEqual({ kind: 'logical' });
  });
});

test('the key of a resource consists of its type and id', () => {
  expect(resourceKey('Ingredient', '7')).toBe('Ingredient/7');
});
