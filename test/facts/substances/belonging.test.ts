/** Which ingredients belong to which records, by their references. */
import { describe, expect, it } from 'vitest';
import { isFor } from '../../../src/facts/substances/belonging.js';
import { given, item, product, record } from '../ingredient-records.js';

const named = (id: string, ...references: readonly object[]) => record('Ingredient', id, { for: references });
const by = (reference: string, type?: string) => ({ reference, ...(type === undefined ? {} : { type }) });

describe('an ingredient', () => {
  it.each([
    [
      'belongs to the item that it refers to',
      named('i', by('ManufacturedItemDefinition/1')),
      item('1'),
      true,
    ],
    [
      'belongs to an item that it refers to by URL and version',
      named('i', by('https://x.example/r5/ManufacturedItemDefinition/1/_history/2')),
      item('1'),
      true,
    ],
    ['belongs to an item that it refers to by the id alone', named('i', by('1')), item('1'), true],
    [
      'belongs to an item that it refers to by id and `type`',
      named('i', by('1', 'ManufacturedItemDefinition')),
      item('1'),
      true,
    ],
    [
      'belongs to each of several items that it refers to',
      named('i', by('ManufacturedItemDefinition/2'), by('ManufacturedItemDefinition/1')),
      item('1'),
      true,
    ],
    [
      'does not belong to an item with another id',
      named('i', by('ManufacturedItemDefinition/2')),
      item('1'),
      false,
    ],
    [
      'does not belong to an item if it refers to a record of another type',
      named('i', by('AdministrableProductDefinition/1')),
      item('1'),
      false,
    ],
    ['does not belong to an item if it refers to nothing', named('i'), item('1'), false],
    [
      'does not belong to an item if its reference is only a text',
      named('i', { display: 'Tablet' }),
      item('1'),
      false,
    ],
    [
      'does not belong to an item if its `for` is malformed',
      record('Ingredient', 'i', { for: 'x' }),
      item('1'),
      false,
    ],
    [
      'belongs to an item that is contained in the same record, by `#id`',
      named('600000000001#i', by('#tablet')),
      item('600000000001#tablet'),
      true,
    ],
    [
      'belongs to an item that is contained in the same record, by type and id',
      named('600000000001#i', by('ManufacturedItemDefinition/tablet')),
      item('600000000001#tablet'),
      true,
    ],
    [
      'does not belong to an item that is contained in another record',
      named('600000000001#i', by('#tablet')),
      item('600000000002#tablet'),
      false,
    ],
    [
      'contained in an item belongs to it, by `#`',
      named('ManufacturedItemDefinition/1#i', by('#')),
      item('1'),
      true,
    ],
    [
      'contained in an item belongs to it if it refers to nothing',
      named('ManufacturedItemDefinition/1#i'),
      item('1'),
      true,
    ],
    [
      'contained in an item does not belong to it if it refers to another item',
      named('ManufacturedItemDefinition/1#i', by('ManufacturedItemDefinition/2')),
      item('1'),
      false,
    ],
  ])('%s', (_title, ingredient, of, expected) => {
    expect(isFor(ingredient, of)).toBe(expected);
  });

  it('belongs to the administrable product or the product that it refers to', () => {
    expect(isFor(named('i', by('AdministrableProductDefinition/9')), given('9'))).toBe(true);
    expect(isFor(named('i', by('MedicinalProductDefinition/600000000001')), product())).toBe(true);
    expect(isFor(named('600000000001#i', by('#')), product())).toBe(true);
    expect(isFor(named('600000000001#i', by('#')), item('600000000001'))).toBe(false);
  });
});
