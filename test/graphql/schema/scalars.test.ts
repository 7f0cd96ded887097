/** Dates of any precision, in answers and in arguments. */
import { describe, expect, it } from 'vitest';
import { FhirDateTime } from '../../../src/graphql/schema/scalars.js';

describe('a FhirDateTime', () => {
  it.each(['2017', '2017-05', '2017-05-04', '2017-05-04T12:00', '2017-05-04T12:00:00.5+02:00'])(
    'accepts the input %s unchanged',
    (date) => {
      expect(FhirDateTime.parseValue(date)).toBe(date);
      expect(FhirDateTime.serialize(date)).toBe(date);
    },
  );

  it.each([
    ['2026-13', 'its month is not between 01 and 12'],
    ['2026-02-29', 'its day is not between 01 and 28'],
    ['yesterday', 'it has another format'],
    [2017, 'it is not text'],
    [null, 'it is not text'],
  ])('refuses the input %j, because %s', (value, fault) => {
    expect(() => FhirDateTime.parseValue(value)).toThrow(
      `FhirDateTime must be a date such as 2017, 2017-05 or 2017-05-04: ${fault}`,
    );
  });

  it.each([
    ['', 'it has another format'],
    ['not a date', 'it has another format'],
    ['2026-02-30', 'its day is not between 01 and 28'],
    [{}, 'it is not text'],
  ])('fails if the record has %j, because %s', (value, fault) => {
    expect(() => FhirDateTime.serialize(value)).toThrow(`The upstream sent an invalid date: ${fault}.`);
  });
});
