/**
 * The engine of the index. It stores the rows of products, and answers all queries from these rows. It runs in a
 * worker thread, or in the calling thread.
 */
import { PmsError } from '../errors.js';
import type { ChangesFound, ChangesQuery } from './changes/change.js';
import { createFacets } from './facets/facets.js';
import type { Facet } from './facets/facet.js';
import { find } from './find.js';
import { createHeldWords } from './text/held-words.js';
import { createJudge } from './judge.js';
import { createMatch } from './matching.js';
import { createOrder } from './order.js';
import { isUnpackable, packBytes, unpackEach } from './packed-bytes.js';
import type { IndexMatches, IndexQuery, TextFacetsQuery, TextMatches, TextQuery } from './query.js';
import type {
  HeldDetails,
  HeldOwn,
  HeldRow,
  IndexStatus,
  IndexStore,
  ProductRows,
} from './store/index-store.js';
import { liveProducts } from './store/live-products.js';
import type { Suggestion } from './suggest/suggestion.js';
import { createSuggestions, type SuggestQuery } from './suggest/suggestions.js';
import { createTextSearch } from './text/text-search.js';
import { createSubstances, type SubstanceMatches, type SubstanceQuery } from './substances.js';

export interface Engine {
  /** @param products products with uncompressed bytes; the engine compresses them */
  write(products: readonly ProductRows[]): Promise<void>;
  find(query: IndexQuery): Promise<IndexMatches>;
  /**
   * Searches products by a text that a user typed, such as a name or a substance.
   * @throws BAD_USER_INPUT if the text has no words that can be searched
   */
  search(query: TextQuery): Promise<TextMatches>;
  /** For each value of some fields, counts the matching products that have this value. */
  facets(query: TextFacetsQuery): Promise<readonly Facet[]>;
  /** Suggests completions of a typed text. */
  suggest(query: SuggestQuery): Promise<readonly Suggestion[]>;
  /**
   * Computes, from the current rows, the data in memory for searches, facets and suggestions. Without this call, the
   * next query must wait for it.
   */
  prepare(): Promise<void>;
  /** Sets the terms of the built-in and imported lists, which the index uses to recognize words. */
  know(terms: TermsToKnow): Promise<void>;
  /**
   * Returns the products' own records (MedicinalProductDefinition). Damaged records are left out, as in `details`.
   */
  owns(ids: readonly string[]): Promise<ReadonlyMap<string, HeldOwn>>;
  details(ids: readonly string[]): Promise<ReadonlyMap<string, HeldDetails>>;
  /** Returns what the index stores about products, in the order of `ids`. Unknown ids are left out. */
  rows(ids: readonly string[]): Promise<readonly HeldRow[]>;
  /** Returns the ids of all products that still exist upstream. */
  ids(): Promise<readonly string[]>;
  /** Returns the ids of products that have all tokens: at most `most`, and one more if there are more products. */
  bearing(tokens: readonly Token[], most: number): Promise<readonly string[]>;
  /**
   * For each value of one kind of token, returns the id of one product that has it. Values that no product has are
   * left out.
   */
  owners(kind: string, values: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Returns the substances of the products, A to Z. */
  substances(query: SubstanceQuery): Promise<SubstanceMatches>;
  /** Returns the changes of products that the index has recorded. */
  changes(query: ChangesQuery): Promise<ChangesFound>;
  /** Claims a work that only one process does at a time, as `IndexStore.claim`. */
  claim(name: string, holder: string, ms: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
  status(): Promise<IndexStatus>;
  /** Whether the whole file of the index can be read. This reads the whole file. */
  isSound(): Promise<boolean>;
  note(name: string, value: string | undefined): Promise<void>;
  noted(name: string): Promise<string | undefined>;
  purge(): Promise<void>;
  close(): Promise<void>;
}

/** The words and codes that the index uses from the built-in and imported lists of terms. */
export interface TermsToKnow {
  /** The words of all terms. Searches never treat them as misspelt. */
  readonly words: readonly string[];
  /** Maps the code of EMA's term for an ATC class to the ATC code of the class. */
  readonly atcCodes: readonly (readonly [term: string, code: string])[];
}

/** A condition on tokens of one kind. A product meets it if it has any of the values. */
export interface Token {
  readonly kind: string;
  readonly values: readonly string[];
  /** Whether a token also matches if it only begins with a value. @default false */
  readonly isBeginning?: boolean;
}

/** Creates the parts of the engine that answer queries. Each one caches data in memory. */
function createFinders(store: IndexStore) {
  const judge = createJudge(store);
  const [match, order, words] = [createMatch(store, judge), createOrder(store), createHeldWords(store)];
  const substances = createSubstances(store);
  return {
    match,
    order,
    words,
    substances,
    texts: createTextSearch({ store, words, match, order }),
    facets: createFacets(store, judge),
    suggestions: createSuggestions(store, words, substances),
  };
}

export function createEngine(store: IndexStore): Engine {
  let finders = createFinders(store);
  let known: TermsToKnow | undefined;

  function learn(): void {
    if (!known) return;
    finders.words.know(known.words);
    finders.facets.learnAtc(new Map(known.atcCodes));
  }

  return {
    write: (products) =>
      store.write(
        products.map((product) => ({
          ...product,
          own: packBytes(product.own),
          rest: product.rest && packBytes(product.rest),
        })),
      ),
    find: (query) => undamaged(() => find(query, { ...finders, store })),
    search: (query) => undamaged(() => finders.texts.find(query)),
    facets: ({ text, typos, mayLackWords, ...query }) =>
      undamaged(async () => {
        const { texts, facets } = finders;
        const among = await texts.products({ ...(text !== undefined && { text }), typos, mayLackWords });
        return facets.count({ ...query, ...(among && { among }) });
      }),
    suggest: (query) => undamaged(() => finders.suggestions.suggest(query)),
    async prepare() {
      const { facets, substances, suggestions, words } = finders;
      await words.renewed();
      await substances.prepare();
      await suggestions.prepare();
      await facets.prepare();
    },
    async know(terms) {
      known = terms;
      learn();
    },
    owns: async (ids) =>
      unpackEach(await store.owns(ids), ({ own, ...held }, unpack) => ({ ...held, own: unpack(own) })),
    details: async (ids) =>
      unpackEach(await store.details(ids), ({ own, rest, ...held }, unpack) => ({
        ...held,
        own: unpack(own),
        rest: rest && unpack(rest),
      })),
    rows: (ids) => store.byId(ids),
    async ids() {
      const rows = await store.rows([...(await liveProducts(store))]);
      return rows.map(({ id }) => id);
    },
    async bearing(tokens, most) {
      const [first, ...others] = await Promise.all(tokens.map((token) => productsWith(token, store)));
      if (!first) return [];
      const all = [...first].filter((product) => others.every((other) => other.has(product)));
      const rows = await store.rows(all.slice(0, most + 1));
      return rows.map(({ id }) => id);
    },
    async owners(kind, values) {
      const found = await store.tokens(kind, values);
      const products = new Map<number, number>();
      for (let at = 0; at < found.length; at += 3)
        if (!products.has(found[at + 2] ?? 0)) products.set(found[at + 2] ?? 0, found[at] ?? 0);
      const rows = await store.rows([...new Set(products.values())]);
      const ids = new Map(rows.map(({ number, id }) => [number, id]));
      return new Map(
        [...products].flatMap(([place, product]) => {
          const [value, id] = [values[place], ids.get(product)];
          return value === undefined || id === undefined ? [] : [[value, id]];
        }),
      );
    },
    substances: (query) => undamaged(() => finders.substances.find(query)),
    changes: (query) => store.changes(query),
    claim: (name, holder, ms) => store.claim(name, holder, ms),
    release: (name, holder) => store.release(name, holder),
    status: () => store.status(),
    isSound: () => store.isSound(),
    note: (name, value) => store.note(name, value),
    noted: (name) => store.noted(name),
    async purge() {
      await store.purge();
      // The old parts have cached data of deleted rows, so they are created again.
      finders = createFinders(store);
      learn();
    },
    close: () => store.close(),
  };
}

/**
 * Converts errors of parsing or decompression to INDEX_UNAVAILABLE. Such an error shows that another program has
 * changed the file.
 */
async function undamaged<Found>(find: () => Promise<Found>): Promise<Found> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isUnpackable(error)) throw error;
    throw new PmsError(
      'INDEX_UNAVAILABLE',
      'The index is damaged. Delete its file, and the service fills a new one.',
      { cause: error },
    );
  }
}

async function productsWith(
  { kind, values, isBeginning = false }: Token,
  store: IndexStore,
): Promise<ReadonlySet<number>> {
  const found = isBeginning ? await store.tokensFrom(kind, values) : await store.tokens(kind, values);
  const products = new Set<number>();
  for (let at = 0; at < found.length; at += 3) products.add(found[at] ?? 0);
  return products;
}
