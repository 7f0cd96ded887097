/** Products as people call them: several words in any order, misspelt, in another script; and why each is there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tell } from '../../src/catalogue/profiles/held/tell.js';
import type { FhirResource } from '../../src/fhir/resources.js';
import { everythingAbout } from '../../src/sandbox/everything.js';
import { createHoldings } from '../../src/sandbox/holdings.js';
import { sampleResources } from '../../src/sandbox/world/sample.js';
import { listedWorld } from '../../src/sandbox/world/world.js';
import { openIndex } from '../../src/search-index/open-index.js';
import type { TextQuery } from '../../src/search-index/query.js';
import type { SearchIndex } from '../../src/search-index/search-index.js';

let index: SearchIndex;
const names = new Map<string, string>();

beforeAll(async () => {
  index = await openIndex({ file: undefined, identity: 'test', maxBytes: 2 ** 30 });
  const listed = listedWorld(sampleResources({ quirks: true }));
  const holdings = createHoldings(listed);
  const products = [...listed.each('MedicinalProductDefinition')].map(({ resource }) => resource.id ?? '');
  const held = products.flatMap((id) => {
    const records = (everythingAbout(holdings, id) ?? []) as unknown as readonly FhirResource[];
    const tells = tell({ product: `MedicinalProductDefinition/${id}`, records, unidentified: [] });
    return tells ? [{ id, asOf: new Date(), url: '/', records, unidentified: [], tells }] : [];
  });
  for (const { id, records } of held) {
    const [own] = records as unknown as readonly { readonly name?: readonly { readonly productName: string }[] }[];
    names.set(id, own?.name?.[0]?.productName ?? '');
  }
  await index.put(held);
  await index.enumerated({ asOf: Date.now(), listed: held.length, total: held.length, gaps: [] });
  await index.know({ words: [], hasSubstances: true });
});
afterAll(() => index.close());

async function search(text: string | undefined, query: Partial<TextQuery> = {}) {
  const found = await index.search({
    filter: {},
    first: 10,
    typos: true,
    ...(text !== undefined && { text }),
    ...query,
  });
  return { ...found, rows: found.rows.map((row) => ({ ...row, name: names.get(row.id) ?? '' })) };
}

describe('a text', () => {
  it('prints', async () => {
    console.log([...names].slice(0, 40).map((x) => x.join(' ')).join('\n'));
    for (const t of ['amlodipine', 'amlodipne 5', 'imatara', 'EU/1/24/9001/001', 'C08', 'pfizer', 'par'])
      console.log(t, JSON.stringify(await search(t, {first: 4}), null, 1));
    expect(1).toBe(1);
  });
});
