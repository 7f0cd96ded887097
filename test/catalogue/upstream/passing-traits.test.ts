/** Oddities of lists, which are believed for a while. */
import { expect, it } from 'vitest';
import { createPassingTraits } from '../../../src/catalogue/upstream/passing-traits.js';

it('a trait is that of its own kind of question, and forgotten after ten minutes', () => {
  let now = 0;
  const traits = createPassingTraits(() => now);
  traits.note('overstates Ingredient?for');
  const seen = (): readonly boolean[] => [
    traits.has('overstates Ingredient?for'),
    traits.has('overstates Ingredient?_id'),
    traits.has('repeats Ingredient'),
  ];
  expect(seen()).toEqual([true, false, false]);
  now = 599_999;
  expect(seen()).toEqual([true, false, false]);
  now = 600_000;
  expect(seen()).toEqual([false, false, false]);
  traits.note('overstates Ingredient?for');
  expect(seen()).toEqual([true, false, false]);
});

it('no more than 500 are kept, the newest', () => {
  const traits = createPassingTraits();
  for (let at = 0; at <= 500; at += 1) traits.note(`repeats ${at}`);
  expect([traits.has('repeats 0'), traits.has('repeats 1'), traits.has('repeats 500')]).toEqual([
    false,
    true,
    true,
  ]);
});
