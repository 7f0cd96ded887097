/**
 * Shapes of records: records that no filter can tell apart have equal shapes, so that each shape is stored once and tested
 * once.
 */
import { describe, expect, it } from 'vitest';
import { facts } from '../../src/facts/table.js';
import { isAuthorizedIn } from '../../src/facts/authorizations/countries.js';
import { guarded } from '../../src/fhir/guarded.js';
import type { FhirResource, ResourceOf } from '../../src/fhir/resources.js';
import { recordShape, wholeShape } from '../../src/search-index/shapes.js';
import { authorizationType, kindsOfNumbers } from '../../src/terms/ema-codes.js';
import { record } from '../facts/ingredient-records.js';

const system = 'http://ema.europa.eu/fhir/marketingAuthorizationNumber';

function authorization(numbers: readonly object[], more: object = {}): ResourceOf<'RegulatedAuthorization'> {
  const made = record('RegulatedAuthorization', 'a', { identifier: numbers, ...more });
  return made as ResourceOf<'RegulatedAuthorization'>;
}

function shapeOf(resource: FhirResource, part: 'lifecycle' | 'holder' | 'country' = 'country'): string {
  return recordShape({ resource, key: '', product: undefined }, facts[part].reads);
}

function product(updated: string): FhirResource {
  return record('MedicinalProductDefinition', 'p', { meta: { lastUpdated: updated } });
}

function ingredient(reference: string): FhirResource {
  return record('Ingredient', 'i', { for: [{ reference }] });
}

describe('the shapes of authorizations', () => {
  it('are equal if only their numbers differ', () => {
    const [one, other] = ['EU/1/14/200', 'EU/1/15/300'].map((value) => authorization([{ system, value }]));
    for (const part of ['lifecycle', 'holder', 'country'] as const)
      expect(shapeOf(one as FhirResource, part)).toBe(shapeOf(other as FhirResource, part));
  });

  it('differ if their numbers are of different kinds', () => {
    const numbers = [{ value: 'EU/1/2' }, { value: 'EU/3/2' }, { value: 'PL 2' }, { system, value: 'PL 2' }];
    const shapes = numbers.map((number) => shapeOf(authorization([number])));
    expect(new Set(shapes).size).toBe(4);
  });

  it.each([
    [[{ value: 'EU/1/14/200/001' }]],
    [[{ value: ' eu / 1 / 14' }]],
    [[{ value: ' EU/3/07/480' }]],
    [[{ value: 'EU / 3 / 07' }]],
    [[{ value: 'AEU/1/2' }, { system, value: 'x' }]],
    [[{ system: 'https://x/manufacturingAuthorizationNumber' }]],
    [[{ system }, { value: 'EU/3/1' }]],
    [[]],
  ])('of %j contain the kind of the numbers', (numbers) => {
    const whole = authorization(numbers);
    const reduced = authorization(kindsOfNumbers(whole.identifier));
    expect(authorizationType(reduced)).toBe(authorizationType(whole));
    expect(isAuthorizedIn(reduced, ['EU', 'DE'])).toBe(isAuthorizedIn(whole, ['EU', 'DE']));
  });

  it('with unreadable numbers contain the numbers unchanged', () => {
    const odd = guarded(authorization([{ value: 7 }]));
    expect(shapeOf(odd)).toContain('"value":7');
  });
});

describe('the shape of a product with its children', () => {
  const { reads } = facts.withoutSubstance;
  const shape = (updated: string, reference: string): string =>
    wholeShape(
      product(updated),
      [['ingredient', { records: [ingredient(reference)], isWhole: true }]],
      reads,
    );

  it('does not depend on the date of change, or on which of the product’s children a reference names', () => {
    const one = shape('2025-01-01T00:00:00Z', 'AdministrableProductDefinition/1');
    expect(shape('2026-01-01T00:00:00Z', 'https://x/AdministrableProductDefinition/2')).toBe(one);
  });

  it('depends on whether a reference is to the product itself, or to a record outside the product', () => {
    const shapes = [
      'AdministrableProductDefinition/1',
      'MedicinalProductDefinition/p',
      'SubstanceDefinition/1',
    ];
    expect(new Set(shapes.map((reference) => shape('2025', reference))).size).toBe(3);
    expect(shape('2025', 'SubstanceDefinition/1')).not.toBe(shape('2025', 'SubstanceDefinition/2'));
  });
});
