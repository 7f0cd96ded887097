/** An index in memory with products of test data, and its suggestions. */
import type { Resource } from 'fhir/r5.js';
import { onTestFinished } from 'vitest';
import { rowsOfProduct } from '../../../src/catalogue/profiles/held/rows-of-product.js';
import type { ProductFilter } from '../../../src/facts/filter.js';
import { isSubstanceCode } from '../../../src/facts/substances/substances.js';
import type { FhirResource } from '../../../src/fhir/resources.js';
import { everythingAbout } from '../../../src/sandbox/everything.js';
import { createHoldings } from '../../../src/sandbox/holdings.js';
import { listedWorld, type World } from '../../../src/sandbox/world/world.js';
import { createEngine } from '../../../src/search-index/engine.js';
import { createHeldWords, type HeldWords } from '../../../src/search-index/text/held-words.js';
import { readTexts, textPart } from '../../../src/search-index/text/product-texts.js';
import { openSqliteStore } from '../../../src/search-index/store/open-sqlite-store.js';
import type { IndexStore, ProductRows } from '../../../src/search-index/store/index-store.js';
import type { SuggestedFilter, Suggestion } from '../../../src/search-index/suggest/suggestion.js';
import { createSuggestions } from '../../../src/search-index/suggest/suggestions.js';
import { createSubstances } from '../../../src/search-index/substances.js';

export interface Suggesting {
  readonly store: IndexStore;
  readonly words: HeldWords;
  suggest(text: string, first?: number): Promise<readonly Suggestion[]>;
  /** Returns the suggestions as lines of `KIND text` with the detail. */
  lines(text: string, first?: number): Promise<readonly string[]>;
  /** Returns the number of products that a suggestion's filter finds. */
  found(filter: SuggestedFilter): Promise<number>;
  /** Returns the names of all products. */
  names(): Promise<readonly string[]>;
  put(resources: readonly Resource[]): Promise<void>;
}

/**
 * Opens an index that is closed after the test.
 * @param inOrder returns the products in the order in which to write them
 */
export async function suggesting(...given: Parameters<typeof openSuggesting>): Promise<Suggesting> {
  const opened = await openSuggesting(...given);
  onTestFinished(() => opened.store.close());
  return opened;
}

/** Opens an index; the caller closes the store. */
export async function openSuggesting(
  world: World | readonly Resource[],
  inOrder: (rows: readonly ProductRows[]) => readonly ProductRows[] = (rows) => rows,
): Promise<Suggesting> {
  const store = await openSqliteStore({ file: undefined, identity: 'test' });
  const engine = createEngine(store);
  const words = createHeldWords(store);
  const { suggest } = createSuggestions(store, words, createSubstances(store));
  const put = async (given: World | readonly Resource[]): Promise<void> => {
    // One write for each product, because products are numbered in the order of writes.
    for (const row of inOrder(rowsOf(given))) await engine.write([row]);
  };
  await put(world);
  return {
    store,
    words,
    put,
    suggest: (text, first = 8) => suggest({ text, first, mayLackWords: false }),
    async lines(text, first = 8) {
      const suggestions = await suggest({ text, first, mayLackWords: false });
      return suggestions.map(({ kind, text: shown, detail }) =>
        [kind, shown, ...(detail === undefined ? [] : [`(${detail})`])].join(' '),
      );
    },
    async names() {
      const shapes = await store.shapes(textPart, 0);
      return shapes.flatMap(({ shape }) => readTexts(shape).NAME);
    },
    found: async (filter) => (await engine.find({ filter: asked(filter), first: 1 })).total,
  };
}

/** Returns the product filter for a suggested filter, without imported terms. */
function asked({ substance, ...others }: SuggestedFilter): ProductFilter {
  const substances = substance?.map((text) =>
    isSubstanceCode(text) ? { codes: [text], names: [] } : { codes: [], names: [text] },
  );
  return { ...others, ...(substances && { substance: substances }) };
}

export function rowsOf(given: World | readonly Resource[]): readonly ProductRows[] {
  const world = 'each' in given ? given : listedWorld(given);
  const holdings = createHoldings(world);
  return [...world.each('MedicinalProductDefinition')].map(({ resource: { id = '' } }) => {
    const records = (everythingAbout(holdings, id) ?? []) as unknown as readonly FhirResource[];
    const derived = rowsOfProduct({ product: `MedicinalProductDefinition/${id}`, records, unidentified: [] });
    if (!derived) throw new Error('no rows of a product');
    const own = new Uint8Array(Buffer.from(JSON.stringify(records[0])));
    return {
      id,
      asOf: 1_000,
      versionId: undefined,
      lastUpdated: undefined,
      state: 'held',
      own,
      rest: undefined,
      parts: {},
      ...derived,
    };
  });
}
