/** Peculiarities of lists, which the service remembers for a while. */
import { expect, it } from 'vitest';
import { createPassingTraits } from '../../../src/catalogue/upstream/passing-traits.js';

const trait = 'overstates Ingredient?for';

it('a peculiarity of an upstream list, such as a wrong total, is forgotten after ten minutes', () => {
  let now = 0;
  const traits = createPassingTraits(() => now);
  traits.note(trait, 'a');
  const seen = (): readonly boolean[] => [
    traits.has(trait, 'a'),
    traits.has(trait, 'b'),
    traits.has('overstates Ingredient?_id', 'a'),
    traits.has('repeats Ingredient', 'a'),
  ];
  expect(seen()).toEqual([true, false, false, false]);
  now = 599_999;
  expect(seen()).toEqual([true, false, false, false]);
  now = 600_000;
  expect(seen()).toEqual([false, false, false, false]);
  traits.note(trait, 'a');
  expect(seen()).toEqual([true, false, false, false]);
});

it('a peculiarity of three upstream lists is assumed for every list of the same search', () => {
  let now = 0;
  const traits = createPassingTraits(() => now);
  const others = (): readonly boolean[] => [traits.has(trait, 'x'), traits.has('repeats Ingredient', 'x')];
  for (let time = 0; time < 10; time += 1) traits.note(trait, 'a');
  traits.note(trait, 'b');
  expect(others()).toEqual([false, false]);
  traits.note(trait, 'c');
  expect(others()).toEqual([true, false]);
  now = 600_000;
  expect(others()).toEqual([false, false]);
});

it('a peculiarity of upstream lists is no longer assumed after one list lacked it, until three lists have it again', () => {
  let now = 0;
  const traits = createPassingTraits(() => now);
  traits.noteWithout(trait);
  for (const list of ['a', 'b', 'c']) traits.note(trait, list);
  expect(traits.has(trait, 'x')).toBe(true);
  now = 1;
  traits.noteWithout(trait);
  expect([traits.has(trait, 'x'), traits.has(trait, 'a')]).toEqual([false, true]);
  now = 2;
  for (const list of ['a', 'b']) traits.note(trait, list);
  expect(traits.has(trait, 'x')).toBe(false);
  traits.note(trait, 'd');
  expect(traits.has(trait, 'x')).toBe(true);
});

it('only the newest 500 peculiarities of upstream lists are stored, each with its newest 100 lists', () => {
  const traits = createPassingTraits();
  for (let at = 0; at <= 500; at += 1) traits.note(`repeats ${at}`, 'a');
  const has = (at: number): boolean => traits.has(`repeats ${at}`, 'a');
  expect([has(0), has(1), has(500)]).toEqual([false, true, true]);
  for (let at = 0; at <= 100; at += 1) traits.note(trait, `${at}`);
  traits.noteWithout(trait);
  const isKept = (list: number): boolean => traits.has(trait, `${list}`);
  expect([isKept(0), isKept(1), isKept(100)]).toEqual([false, true, true]);
});
