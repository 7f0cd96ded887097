/** Suggestions over random data: each has a filter that finds a product, and they do not depend on the order of writes. */
import { expect, it } from 'vitest';
import type { SuggestedFilter } from '../../../src/search-index/suggest/suggestion.js';
import { randomWorld } from '../../support/random-world.js';
import { propertyRuns } from '../../support/tier.js';
import { suggesting, type Suggesting } from './suggesting.js';

const worlds = Math.ceil(propertyRuns(60) / 4);

/** Returns texts that someone may type: words in the index, their beginnings, and the beginnings of numbers. */
async function typedIn({ store }: Suggesting): Promise<readonly string[]> {
  const kinds = [
    'said',
    'authorization authorizationNumber',
    'authorization procedureNumber',
    'product identifier',
  ];
  const values = (await Promise.all(kinds.map((kind) => store.values(kind))))
    .flat()
    .map(({ value }) => value);
  return [...new Set(values.flatMap((value) => [value, value.slice(0, 1), value.slice(0, 4)]))].filter(
    (text) => /^[\p{L}\p{N}]/u.test(text),
  );
}

it(`each suggestion has a filter that finds a product, over ${worlds} random data sets`, async () => {
  let found = 0;
  for (let seed = 1; seed <= worlds; seed += 1) {
    const resources = randomWorld(seed, { untold: true });
    const [one, other] = [
      await suggesting(resources),
      await suggesting(resources, (rows) => rows.toReversed()),
    ];
    const filters = new Map<string, SuggestedFilter>();
    for (const text of await typedIn(one)) {
      const suggestions = await one.suggest(text, 20);
      expect(await other.suggest(text, 20), `world ${seed}, ${text}`).toEqual(suggestions);
      for (const { filter } of suggestions) filters.set(JSON.stringify(filter), filter);
    }
    for (const [told, filter] of filters)
      expect(await one.found(filter), `world ${seed}, ${told}`).toBeGreaterThan(0);
    found += filters.size;
  }
  expect(found).toBeGreaterThan(worlds);
}, 300_000);
