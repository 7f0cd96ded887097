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

describe('the stored shape of an authorization', () => {
  it('is the same for authorizations that differ only in their numbers', () => {
    const [one, other] = ['EU/1/14/200', 'EU/1/15/300'].map((value) => authorization([{ system, value }]));
    for (const part of ['lifecycle', 'holder', 'country'] as const)
      expect(shapeOf(one as FhirResource, part)).toBe(shapeOf(other as FhirResource, part));
  });

  it('differs between numbers of different kinds, such as EU/1 and EU/3', () => {
    const numbers = [{ value: 'EU/1/2' }, { value: 'EU/3/2' }, { value: 'PL 2' }, { system, value: 'PL 2' }];
    const shapes = numbers.map((number) => shapeOf(authorization([number])));
    expect(new Set(shapes).size).toBe(4);
  });

  it.each([
    ['an EU/1 number', [{ value: 'EU/1/14/200/001' }]],
    ['an EU/1 number with blanks in lower case', [{ value: ' eu / 1 / 14' }]],
    ['an EU/3 number', [{ value: ' EU/3/07/480' }]],
    ['an EU/3 number with blanks', [{ value: 'EU / 3 / 07' }]],
    [
      'a number of another kind beside a marketing authorization number',
      [{ value: 'AEU/1/2' }, { system, value: 'x' }],
    ],
    ['a manufacturing authorization number', [{ system: 'https://x/manufacturingAuthorizationNumber' }]],
    ['a number without a value beside an EU/3 number', [{ system }, { value: 'EU/3/1' }]],
    ['no number', []],
  ])('with %s still states the type and the countries of the authorization', (_what, numbers) => {
    const whole = authorization(numbers);
    const reduced = authorization(kindsOfNumbers(whole.identifier));
    expect(authorizationType(reduced)).toBe(authorizationType(whole));
    expect(isAuthorizedIn(reduced, ['EU', 'DE'])).toBe(isAuthorizedIn(whole, ['EU', 'DE']));
  });

  it('contains a malformed number unchanged', () => {
    const odd = guarded(authorization([{ value: 7 }]));
    expect(shapeOf(odd)).toContain('"value":7');
  });
});

describe('the stored shape of a product with its linked records', () => {
  const { reads } = facts.withoutSubstance;
  const shape = (updated: string, reference: string): string =>
    wholeShape(
      product(updated),
      [['ingredient', { records: [ingredient(reference)], isWhole: true }]],
      reads,
    );

  it('does not depend on the date of change, or on which linked record of the product a reference names', () => {
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
