/** Which ingredients belong to which records, by their references. */
import { describe, expect, it } from 'vitest';
import { isFor } from '../../../src/facts/substances/belonging.js';
import { given, item, product, record } from '../ingredient-records.js';

const named = (id: string, ...references: readonly object[]) => record('Ingredient', id, { for: references });
const by = (reference: string, type?: string) => ({ reference, ...(type === undefined ? {} : { type }) });

describe('an ingredient belongs to an item', () => {
  it.each([
    ['that it names', named('i', by('ManufacturedItemDefinition/1')), item('1'), true],
    [
      'that it names by address and version',
      named('i', by('https://x.example/r5/ManufacturedItemDefinition/1/_history/2')),
      item('1'),
      true,
    ],
    ['that it names by a bare id', named('i', by('1')), item('1'), true],
    [
      'that it names by a bare id with its type',
      named('i', by('1', 'ManufacturedItemDefinition')),
      item('1'),
      true,
    ],
    [
      'that it names among others',
      named('i', by('ManufacturedItemDefinition/2'), by('ManufacturedItemDefinition/1')),
      item('1'),
      true,
    ],
    ['not of another id', named('i', by('ManufacturedItemDefinition/2')), item('1'), false],
    ['not of another type', named('i', by('AdministrableProductDefinition/1')), item('1'), false],
    ['not where it names none', named('i'), item('1'), false],
    ['not where it names one by words', named('i', { display: 'Tablet' }), item('1'), false],
    ['not where the record is malformed', record('Ingredient', 'i', { for: 'x' }), item('1'), false],
    ['beside it in a record', named('600000000001#i', by('#tablet')), item('600000000001#tablet'), true],
    [
      'beside it, as if it stood by itself',
      named('600000000001#i', by('ManufacturedItemDefinition/tablet')),
      item('600000000001#tablet'),
      true,
    ],
    ['not in another record', named('600000000001#i', by('#tablet')), item('600000000002#tablet'), false],
    ['that it stands in', named('ManufacturedItemDefinition/1#i', by('#')), item('1'), true],
    ['that it stands in without naming any', named('ManufacturedItemDefinition/1#i'), item('1'), true],
    [
      'not in which it stands where it names another',
      named('ManufacturedItemDefinition/1#i', by('ManufacturedItemDefinition/2')),
      item('1'),
      false,
    ],
  ])('%s', (_title, ingredient, of, expected) => {
    expect(isFor(ingredient, of)).toBe(expected);
  });

  it('or to the administrable product, or to the product as a whole', () => {
    expect(isFor(named('i', by('AdministrableProductDefinition/9')), given('9'))).toBe(true);
    expect(isFor(named('i', by('MedicinalProductDefinition/600000000001')), product())).toBe(true);
    expect(isFor(named('600000000001#i', by('#')), product())).toBe(true);
    expect(isFor(named('600000000001#i', by('#')), item('600000000001'))).toBe(false);
  });
});
