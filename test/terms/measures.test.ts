/** Units of measure, as records and people write them. */
import { describe, expect, it } from 'vitest';
import { unitsOfMeasurement, unitsOfPresentation } from '../../src/terms/ema-terms.js';
import { anyThing, measureNamed, nearestUnits, unitNamed, unitOf } from '../../src/terms/measures.js';
import { ucumCodes } from '../../src/terms/ucum.js';
import { ucumNamed, ucumOf } from '../../src/terms/ucum-of.js';
import { emaList } from '../support/views.js';

const measures = emaList('100000110633');

describe('a unit of measure', () => {
  it.each([
    ['mg', 'mass', 1e-3],
    ['MG', 'mass', 1e-3],
    ['milligram(s)', 'mass', 1e-3],
    ['Milligrams', 'mass', 1e-3],
    ['kg', 'mass', 1e3],
    ['µg', 'mass', 1e-6],
    ['μg', 'mass', 1e-6],
    ['mcg', 'mass', 1e-6],
    ['cc', 'volume', 1e-3],
    ['cm³', 'volume', 1e-3],
    ['mL', 'volume', 1e-3],
    ['millimole(s)', 'amount of substance', 1e-3],
    ['I.U.', 'IU', 1],
    ['[iU]', 'IU', 1],
    ['10*6.[iU]', 'IU', 1e6],
    ['million international units', 'IU', 1e6],
    ['kilo international units', 'IU', 1e3],
    ['thousand units', 'unit', 1e3],
    ['unit(s)', 'unit', 1],
    ['million colony forming units', 'colony forming unit', 1e6],
    ['billion colony forming units', 'colony forming unit', 1e9],
    ['million cells', 'cell', 1e6],
    ['percent weight/volume', '% w/v', 1],
    ['% (m/V)', '% w/v', 1],
    ['hours', 'time', 3_600],
    ['patches', 'patch', 1],
    ['Matrices', 'matrix', 1],
    ['{tablets}', 'tablet', 1],
    ['{tbl}', 'tablet', 1],
    ['{caps}', 'capsule', 1],
    ['drop(s)', 'drop', 1],
    ['[drp]', 'drop', 1],
    ['countable unit(s)', 'thing', 1],
  ])('"%s" measures %s, with the factor %s to its base unit', (name, kind, scale) => {
    const measure = measureNamed(name);
    expect([measure?.kind, measure?.scale]).toEqual([kind, scale]);
  });

  it.each(['', ' ', '.', 'milli', 'mgg', 'million', 'toString', 'constructor', '__proto__', '%%', 'mg/ml'])(
    'does not exist under the name %j',
    (name) => expect(measureNamed(name)).toBeUndefined(),
  );

  it.each([
    ['mg/ml', 'mass', 'volume', 1e-3],
    ['milligram(s)/24 hours', 'mass', 'time', 86_400],
    ['mg/(24.h)', 'mass', 'time', 86_400],
    ['mg/5 mL', 'mass', 'volume', 5e-3],
    ['international unit(s)/dose', 'IU', 'dose', 1],
    ['mg/{dose}', 'mass', 'dose', 1],
  ])('"%s" is one unit per another unit', (name, above, below, scale) => {
    const unit = unitNamed(name);
    expect([unit?.above.kind, unit?.below?.kind, unit?.below?.scale]).toEqual([above, below, scale]);
  });

  it.each(['mg/ml/h', 'mg/', '/ml', 'mg/0 ml', 'mg/nothing'])('%j is no ratio of units', (name) => {
    expect(unitNamed(name)).toBeUndefined();
  });

  it('exists for every EMA unit, by its code and by its name', () => {
    for (const [code, name] of Object.entries(unitsOfMeasurement)) {
      expect(unitOf({ code, system: measures, unit: name }), name).toEqual(unitNamed(name));
      expect(unitNamed(name), name).toBeDefined();
    }
    for (const [code, name] of Object.entries(unitsOfPresentation)) {
      const unit = unitOf({ code, system: emaList('200000000014') });
      expect(unit?.above, name).toMatchObject({ kind: name.toLowerCase(), isThing: true });
    }
  });

  it('is the same by its UCUM code and by its EMA code', () => {
    for (const [code, ucum] of Object.entries(ucumCodes)) {
      expect(unitNamed(ucum), ucum).toEqual(unitOf({ code, system: measures }));
      expect([ucumOf(measures, code), ucumNamed(ucum)]).toEqual([ucum, ucum]);
    }
  });

  it('may be any unit if the record has none, and is unknown if its code and text contradict each other', () => {
    expect(unitOf({ value: 3 })).toEqual({ above: anyThing });
    expect(unitOf({ unit: ' ', code: '' })).toEqual({ above: anyThing });
    expect(unitOf({ code: '100000110655', system: measures, unit: 'gram(s)' })).toBeUndefined();
    expect(unitOf({ code: '100000110655', system: measures, unit: 'Milligramm' })?.above.scale).toBe(1e-3);
    expect(unitOf({ code: '200000027120', unit: 'tablet' })?.above).toEqual(anyThing);
    expect(unitOf({ code: 5, unit: {} } as never)).toEqual({ above: anyThing });
  });
});

describe('the suggestions for an unknown unit', () => {
  it.each([
    ['miligram', 'mg'],
    ['microgramm', 'microgram'],
    ['iuu', 'IU'],
    ['tabelt', 'tablet'],
    ['capsul', 'capsule'],
  ])('begin for "%s" with "%s"', (name, first) => {
    expect(nearestUnits(name, 5)[0]).toBe(first);
    expect(new Set(nearestUnits(name, 5)).size).toBe(5);
  });
});
