/**
 * Tests the random facts: a seed determines them, they leave ids and types of the records unchanged, and roles and kinds are
 * unknown on request only.
 */
import type { Ingredient, RegulatedAuthorization, Resource } from 'fhir/r5.js';
import { expect, it } from 'vitest';
import { randomWorld } from './random-world.js';

const seeds = Array.from({ length: 20 }, (_, seed) => seed);

function ofType<T extends Resource>(type: T['resourceType'], resources: readonly Resource[]): T[] {
  return resources.filter(({ resourceType }) => resourceType === type) as T[];
}

it('the random records of the tests are the same for a seed, with or without unknown roles and kinds', () => {
  for (const seed of seeds) {
    expect(randomWorld(seed)).toEqual(randomWorld(seed));
    const keys = (resources: readonly Resource[]): unknown => resources.map(({ id }) => id);
    expect(keys(randomWorld(seed, { untold: true }))).toEqual(keys(randomWorld(seed)));
  }
});

it('the random records of the tests have roles and kinds from unknown lists only on request', () => {
  const known = /^(?:1000000720(?:72|82)|22000000006[123])$/;
  const strange = (resources: readonly Resource[]): number =>
    [
      ...ofType<Ingredient>('Ingredient', resources).map(({ role }) => role),
      ...ofType<RegulatedAuthorization>('RegulatedAuthorization', resources).map(({ type }) => type),
    ].filter((concept) => !known.test(concept?.coding?.[0]?.code ?? '')).length;
  expect(strange(seeds.flatMap((seed) => randomWorld(seed)))).toBe(0);
  expect(strange(seeds.flatMap((seed) => randomWorld(seed, { untold: true })))).toBeGreaterThan(20);
});

it('the random records of the tests have stated, missing and contradictory regions, statuses, dates and strengths', () => {
  const resources = seeds.flatMap((seed) => randomWorld(seed));
  const authorizations = ofType<RegulatedAuthorization>('RegulatedAuthorization', resources);
  expect(authorizations.some(({ region }) => region?.[0]?.coding?.length === 2)).toBe(true);
  expect(authorizations.some(({ region }) => region === undefined)).toBe(true);
  expect(authorizations.some(({ status }) => status?.coding?.[0]?.code === '200000026056')).toBe(true);
  const periods = authorizations.flatMap(({ validityPeriod }) => validityPeriod ?? []);
  expect(periods.some(({ start = '', end = start }) => end < start)).toBe(true);
  expect(periods.some(({ start }) => start === '2004')).toBe(true);
  const strengths = ofType<Ingredient>('Ingredient', resources).map(
    ({ substance }) => substance.strength?.[0],
  );
  expect(strengths.some((strength) => strength === undefined)).toBe(true);
  expect(strengths.some((strength) => strength?.presentationRatioRange !== undefined)).toBe(true);
  expect(strengths.some((strength) => strength?.referenceStrength?.length === 2)).toBe(true);
});
