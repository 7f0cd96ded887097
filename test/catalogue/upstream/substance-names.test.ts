/** Names of substances from records, with limits on how many names one record can add. */
import { expect, it } from 'vitest';
import { createSubstanceNames } from '../../../src/catalogue/upstream/substance-names.js';

const many = (count: number, name: string): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${name} ${at}`);

it('a substance name has each code that a record states for it, once', () => {
  const names = createSubstanceNames();
  names.note(['A', 'B'], ['1']);
  names.note(['A'], ['1', '2']);
  expect([names.codesOf('A'), names.codesOf('B'), names.codesOf('C')]).toEqual([['1', '2'], ['1'], []]);
});

it('a substance record with 100,000 names and codes adds only 20 of each', () => {
  const names = createSubstanceNames();
  names.note(many(100_000, 'name'), many(100_000, 'code'));
  const told = many(100_000, 'name').filter((name) => names.codesOf(name).length > 0);
  expect([told.length, names.codesOf('name 0').length]).toEqual([20, 20]);
});

it('a substance name in 1,000 records has at most 100 codes', () => {
  const names = createSubstanceNames();
  for (let at = 0; at < 1_000; at += 1) names.note(['A'], [`${at}`]);
  expect(names.codesOf('A')).toEqual(Array.from({ length: 100 }, (_, at) => `${at}`));
});

it('only the newest substance names are stored if there are too many', () => {
  const names = createSubstanceNames({ most: 2 });
  for (const name of ['A', 'B', 'C']) names.note([name], ['1']);
  names.note(['B'], ['2']);
  names.note(['D'], ['1']);
  expect(['A', 'B', 'C', 'D'].filter((name) => names.codesOf(name).length > 0)).toEqual(['B', 'D']);
});
