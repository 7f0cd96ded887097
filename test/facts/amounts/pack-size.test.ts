/** The number of units of presentation in a package. */
import type { PackagedProductDefinition, Quantity } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { contentOf, packSizeOf } from '../../../src/facts/amounts/pack-size.js';
import { emaList } from '../../support/views.js';

const tablets = (value: number): Quantity => ({
  value,
  code: '200000002152',
  system: emaList('200000000014'),
});
const measured = (value: number, code: string): Quantity => ({
  value,
  code,
  system: emaList('100000110633'),
});
const ucum = (value: number, code: string): Quantity => ({
  value,
  code,
  system: 'http://unitsofmeasure.org',
});
const pack = (...quantities: unknown[]) =>
  ({
    resourceType: 'PackagedProductDefinition',
    containedItemQuantity: quantities,
  }) as PackagedProductDefinition;

describe('the size of a package', () => {
  it.each<[string, unknown[], number | null | undefined]>([
    ['28 tablets', [tablets(28)], 28],
    ['half a tablet', [tablets(0.5)], 0.5],
    ['10 pieces', [measured(10, '200000000170')], 10],
    ['10 units', [measured(10, '100000110756')], 10],
    ['10 countable units', [measured(10, '200000027120')], 10],
    ['30 {tablets}', [ucum(30, '{tablets}')], 30],
    ['3 in the UCUM unit 1', [ucum(3, '1')], 3],
    ['28 without a unit', [{ value: 28 }], 28],
    ['7 in an unknown unit of presentation', [{ ...tablets(7), code: '200000099999' }], 7],
    ['28 tablets beside null', [null, tablets(28)], 28],
    ['of an empty list', [], null],
    ['0 tablets', [tablets(0)], null],
    ['100 ml', [measured(100, '100000110662')], null],
    ['30 g', [ucum(30, 'g')], null],
    ['10 mg/ml', [ucum(10, 'mg/mL')], null],
    ['a pessary and a tube', [{ ...tablets(1), code: '200000002137' }, tablets(1)], null],
    ['21 tablets and 7 tablets', [tablets(21), tablets(7)], null],
    ['2 in an unknown unit', [{ value: 2, unit: 'Blisterpackung(en)' }], undefined],
    ['2 in an unknown EMA unit', [measured(2, '100000999999')], undefined],
    ['more than 28 tablets', [{ ...tablets(28), comparator: '>' }], undefined],
    ['tablets without a number', [{ ...tablets(28), value: undefined }], undefined],
    ['28 tablets as a string', [{ ...tablets(28), value: '28' }], undefined],
    ['-1 tablets', [tablets(-1)], undefined],
  ])('is $2 for the contained quantity %s', (_, quantities, size) => {
    expect(packSizeOf(pack(...quantities))).toBe(size);
  });

  it('is null if the record has no contained quantity', () => {
    expect(packSizeOf({ resourceType: 'PackagedProductDefinition' } as PackagedProductDefinition)).toBeNull();
  });

  it('is read from all contained quantities of the record', () => {
    const quantities = [tablets(21), tablets(7)];
    expect(contentOf(pack(...quantities))).toEqual({ from: 'CONTAINED_QUANTITY', quantities });
    expect(contentOf(pack())).toBeUndefined();
  });
});

describe('the number of units in nested packagings', () => {
  const boxed = (packaging: unknown, ...quantities: unknown[]) => {
    const { containedItemQuantity, ...none } = pack(...quantities);
    return { ...(quantities.length > 0 ? { containedItemQuantity } : {}), ...none, packaging } as never;
  };
  const item = (amount: unknown, type = 'ManufacturedItemDefinition') => ({
    item: { reference: { reference: `${type}/1` } },
    amount,
  });
  const spoon = item(measured(1, '200000000170'), 'DeviceDefinition');

  it.each<[string, unknown, number | null | undefined]>([
    ['3 blisters of 10', { packaging: [{ quantity: 3, containedItem: [item(tablets(10))] }] }, 30],
    [
      '2 boxes of 3 blisters of 10',
      { quantity: 2, packaging: [{ quantity: 3, containedItem: [item(tablets(10))] }] },
      60,
    ],
    ['a bottle of 100', { quantity: 1, containedItem: [item(tablets(100))] }, 100],
    [
      'a blister of 21 and one of 7',
      {
        packaging: [
          { quantity: 1, containedItem: [item(tablets(21))] },
          { quantity: 1, containedItem: [item(tablets(7))] },
        ],
      },
      28,
    ],
    ['one object instead of a list', { packaging: { quantity: 3, containedItem: item(tablets(10)) } }, 30],
    ['a spoon beside 100 tablets', { containedItem: [item(tablets(100)), spoon] }, 100],
    ['100 ml', { containedItem: [item(measured(100, '100000110662'))] }, null],
    [
      'a tube and 6 tablets',
      { containedItem: [item({ ...tablets(1), code: '200000002164' }), item(tablets(6))] },
      null,
    ],
    ['a spoon alone', { containedItem: [spoon] }, null],
    ['blisters without their number', { packaging: [{ containedItem: [item(tablets(10))] }] }, null],
    [
      'blisters without their content',
      { packaging: [{ quantity: 3, containedItem: [item(undefined)] }] },
      null,
    ],
    [
      'a blister with its content and one without',
      { packaging: [{ quantity: 3, containedItem: [item(tablets(10)), item({ unit: 'tablet' })] }] },
      null,
    ],
    [
      'a package within the package',
      { containedItem: [item(tablets(10)), item(tablets(1), 'PackagedProductDefinition')] },
      null,
    ],
    [
      '3 blisters of more than 10',
      { packaging: [{ quantity: 3, containedItem: [item({ ...tablets(10), comparator: '>' })] }] },
      undefined,
    ],
  ])('is $2 for %s', (_, packaging, size) => {
    expect(packSizeOf(boxed(packaging))).toBe(size);
  });

  it('is the size of the package if the record has no contained quantity', () => {
    const blisters = { packaging: [{ quantity: 3, containedItem: [item(tablets(10))] }] };
    expect(packSizeOf(boxed(blisters, tablets(28)))).toBe(28);
    expect(packSizeOf(boxed(blisters, tablets(0)))).toBeNull();
  });
});
