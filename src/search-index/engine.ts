/**
 * The engine of the index: its rows, and everything that finds products by them. Runs in a worker, or in the calling
 * thread.
 */
import { PmsError } from '../errors.js';
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
  /** @param products with unpacked bytes, which the engine packs */
  write(products: readonly ProductRows[]): Promise<void>;
  find(query: IndexQuery): Promise<IndexMatches>;
  /** Searches products by text, as people call them. @throws BAD_USER_INPUT for a text without searchable words */
  search(query: TextQuery): Promise<TextMatches>;
  /** Counts how many of the found products have each value of some fields. */
  facets(query: TextFacetsQuery): Promise<readonly Facet[]>;
  /** Suggests completions of a typed text. */
  suggest(query: SuggestQuery): Promise<readonly Suggestion[]>;
  /**
   * Prepares the data for searches, facets and suggestions by all current rows. Otherwise the next caller waits for it.
   */
  prepare(): Promise<void>;
  /** Takes the known terms. */
  know(terms: TermsToKnow): Promise<void>;
  /** Returns own records; here and below, damaged ones are left out. */
  owns(ids: readonly string[]): Promise<ReadonlyMap<string, HeldOwn>>;
  details(ids: readonly string[]): Promise<ReadonlyMap<string, HeldDetails>>;
  /** Returns the state of products, in the order of the ids given; unknown ones are left out. */
  rows(ids: readonly string[]): Promise<readonly HeldRow[]>;
  /** Returns the ids of all products that are not gone. */
  ids(): Promise<readonly string[]>;
  /** Returns the ids of products that have all of the tokens, at most `most` and one more. */
  bearing(tokens: readonly Token[], most: number): Promise<readonly string[]>;
  /** Returns the id of one product for each token of a kind; tokens without a product are left out. */
  owners(kind: string, values: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Returns the substances of the products, A to Z. */
  substances(query: SubstanceQuery): Promise<SubstanceMatches>;
  status(): Promise<IndexStatus>;
  /** Whether everything can be read. Reads the whole file. */
  isSound(): Promise<boolean>;
  note(name: string, value: string | undefined): Promise<void>;
  noted(name: string): Promise<string | undefined>;
  purge(): Promise<void>;
  close(): Promise<void>;
}

/** The terms that the index has to know. */
export interface TermsToKnow {
  /** Words that are never corrected. */
  readonly words: readonly string[];
  /** ATC classes: the code of EMA's term for each, and the code of the class. */
  readonly atcCodes: readonly (readonly [term: string, code: string])[];
}

/** A token to find products by; one of its values suffices. */
export interface Token {
  readonly kind: string;
  readonly values: readonly string[];
  /** Whether tokens that begin with a value match as well. @default false */
  readonly isBeginning?: boolean;
}

/** Creates all finders, with the data that each keeps in memory. */
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
    status: () => store.status(),
    isSound: () => store.isSound(),
    note: (name, value) => store.note(name, value),
    noted: (name) => store.noted(name),
    async purge() {
      await store.purge();
      // Their data in memory belongs to rows that are gone.
      finders = createFinders(store);
      learn();
    },
    close: () => store.close(),
  };
}

/** Turns errors of parsing or unpacking into the error for a damaged index: another program has changed the file. */
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
