/**
 * Finds products by words that a user typed, in any order, even if they are misspelt. The best matches come first.
 */
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { HeldWords } from './held-words.js';
import type { Match } from '../matching.js';
import type { Group, Order } from '../order.js';
import { readNumber, unreadNumbers, type NumberMatch } from './read-number.js';
import {
  anything,
  foldingPart,
  readTexts,
  textFields,
  textPart,
  unreadableTexts,
  spelledPart,
  spelling,
  type Folding,
  type ProductTexts,
  type TextField,
} from './product-texts.js';
import { eachRow } from '../store/each-row.js';
import type { IndexStore } from '../store/index-store.js';
import type { TextMatches, TextQuery, TextRow } from '../query.js';
import { among } from '../verdicts.js';
import { interpret, type Interpretation, type ReadWord, type TokenReading } from '../words/interpret.js';
import { wordsIn } from '../words/tokens.js';
import type { Vocabulary } from '../words/vocabulary.js';

export interface TextSearch {
  find(query: TextQuery): Promise<TextMatches>;
  /**
   * Returns the numbers of the products that a text finds; undefined for a query without a text, which all products
   * match.
   */
  products(query: TextFilter): Promise<ReadonlySet<number> | undefined>;
}

export type TextFilter = Pick<TextQuery, 'text' | 'typos' | 'mayLackWords'>;

export interface TextSearchOptions {
  readonly store: IndexStore;
  readonly words: HeldWords;
  readonly match: Match;
  readonly order: Order;
}

/** How well a product matches a text. A lower value is a better match. */
interface Hit {
  /** The number of edits of all words together. */
  readonly distance: number;
  /** The number of edits. Spellings that sound alike have a lower weight. */
  readonly weight: number;
  readonly isAmbiguous: boolean;
  /**
   * Whether every typed word, without correction, equals a word in the product's names or is the beginning of one.
   */
  readonly isNamed: boolean;
}

/** The products that match a text, for one generation of the index. */
interface Reading {
  readonly hits: ReadonlyMap<number, Hit>;
  /** The ranks of products. A lower rank is better. */
  readonly ranks: ReadonlyMap<number, number>;
  /** The products that have the complete text as one of their numbers. */
  readonly numbered: ReadonlyMap<number, NumberMatch>;
  readonly interpretation: Interpretation;
}

/** Maximum number of texts whose matches are cached. */
const mostReadings = 30;

export function createTextSearch({ store, words, match, order }: TextSearchOptions): TextSearch {
  const readings = new LRUCache<string, { readonly by: Vocabulary; readonly reading: Promise<Reading> }>({
    max: mostReadings,
  });

  async function read(text: string, { typos, mayLackWords }: TextFilter): Promise<Reading> {
    const name = JSON.stringify([text, typos, mayLackWords, await store.generation()]);
    // The vocabulary may be older than the rows, and may be renewed without a write. So its version is compared as
    // well.
    const vocabulary = await words.current();
    const before = readings.get(name);
    if (before?.by === vocabulary) return before.reading;
    const reading = readAnew(text, vocabulary, { typos, mayLackWords });
    readings.set(name, { by: vocabulary, reading });
    reading.catch(() => readings.delete(name));
    return reading;
  }

  async function readAnew(
    text: string,
    vocabulary: Vocabulary,
    options: Pick<TextFilter, 'typos' | 'mayLackWords'>,
  ): Promise<Reading> {
    const interpretation = interpret(text, vocabulary, options);
    const numbered = await readNumber(text, store);
    const hits = await hitsOf(interpretation.tokens, store);
    return { hits, numbered, interpretation, ranks: await ranksOf(text, hits, numbered) };
  }

  async function products(query: TextFilter): Promise<ReadonlySet<number> | undefined> {
    if (query.text === undefined) return undefined;
    const { hits, numbered } = await read(query.text, query);
    return new Set([...numbered.keys(), ...hits.keys()]);
  }

  return {
    products,
    async find(query) {
      const reading = query.text === undefined ? undefined : await read(query.text, query);
      const [{ yes, open, stranger }, called] = [await match(query.filter), await products(query)];
      const found = called ? among(called, yes) : yes;
      const untold = called ? await untoldOf(query.text ?? '', called, yes, open) : open.size - yes.size;
      const ranks = query.sort ? undefined : reading?.ranks;
      const page = await order.groups(found, {
        ...query,
        ...(ranks && { rankOf: (product) => ranks.get(product) ?? worst }),
        groupOf: await groupsOf(found, query.collapse),
      });
      return {
        rows: await rowsOf(page.groups, reading),
        hasNext: page.hasNext,
        isPlaceLost: page.isPlaceLost,
        total: found.size,
        untold,
        stranger,
        didYouMean: reading?.interpretation.didYouMean ?? [],
      };
    },
  };

  /** Counts the products that may match: they lack data to decide the filter, or their texts cannot be read. */
  async function untoldOf(
    text: string,
    called: ReadonlySet<number>,
    yes: ReadonlySet<number>,
    open: ReadonlySet<number>,
  ): Promise<number> {
    const untold = new Set([...among(called, open)].filter((each) => !yes.has(each)));
    const borne = await store.tokens(unreadableTexts, [anything]);
    const texts = Array.from({ length: borne.length / 3 }, (_, at) => borne[at * 3] ?? 0);
    for (const product of [...texts, ...(await unreadNumbers(text, store))])
      if (open.has(product) && !called.has(product)) untold.add(product);
    return untold.size;
  }

  async function ranksOf(
    text: string,
    hits: Reading['hits'],
    numbered: Reading['numbered'],
  ): Promise<Reading['ranks']> {
    const named = [...hits].flatMap(([product, { isNamed }]) => (isNamed ? [product] : []));
    const spelled = named.length > mostNamed ? new Map<number, never>() : await spelledNames(named, store);
    const typed = spelling(text);
    const ranks = new Map(
      [...hits].map(([product, hit]) => [product, rankOf(hit, typed, spelled.get(product))]),
    );
    for (const product of numbered.keys()) ranks.set(product, isNumber);
    return ranks;
  }

  /** Returns a function that gives the group of a product. Products of one group share a row. */
  async function groupsOf(
    found: ReadonlySet<number>,
    folding: Folding | undefined,
  ): Promise<((product: number) => number | undefined) | undefined> {
    if (!folding) return undefined;
    // Products with the same shape form a group. The text of the shape is not needed.
    const { told } = await store.told(foldingPart(folding), [...found], () => true);
    const groups = new Map<number, number>();
    for (let at = 0; at < told.length; at += 3) groups.set(told[at] ?? 0, told[at + 2] ?? 0);
    return (product) => groups.get(product);
  }

  async function rowsOf(groups: readonly Group[], reading: Reading | undefined): Promise<readonly TextRow[]> {
    const said = reading
      ? await saidOf(
          groups.map(({ product }) => product),
          store,
        )
      : new Map<number, never>();
    return groups.map(({ product, ...row }) => ({
      ...row,
      match: reading && matchOf(product, reading, said.get(product)),
    }));
  }
}

/** Number of products in one batch. Other calls run between batches. */
const slice = 5_000;
/**
 * Maximum number of matches for which exact names are ranked first. A text with more matches is very short, such as
 * `m`.
 */
const mostNamed = 20_000;

async function spelledNames(
  products: readonly number[],
  store: IndexStore,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const names = new Map<number, readonly string[]>();
  for (let from = 0; from < products.length; from += slice) {
    await eachRow(store, spelledPart, products.slice(from, from + slice), (product, _record, shape) =>
      names.set(product, JSON.parse(shape) as readonly string[]),
    );
    await setImmediate();
  }
  return names;
}

async function saidOf(
  products: readonly number[],
  store: IndexStore,
): Promise<ReadonlyMap<number, ProductTexts>> {
  const said = new Map<number, ProductTexts>();
  await eachRow(store, textPart, products, (product, _record, shape) => said.set(product, readTexts(shape)));
  return said;
}

/** A rank that comes after all others. */
const worst = Number.MAX_SAFE_INTEGER;
const [isNumber, exactName, nameBegins, wordsBegin, wordsAreNear] = [0, 1, 2, 3, 4] as const;
/** A number that is higher than the number of edits of any text, because a text has at most eight words. */
const most = 1_000;

/**
 * Returns the rank of a product: exact name, beginning of a name, beginnings of words, then misspelt words, the most
 * similar first.
 */
function rankOf({ distance, weight }: Hit, typed: string, names: readonly string[] = []): number {
  if (distance > 0) return wordsAreNear + (Math.min(distance, most) + Math.min(weight, most) / most) / most;
  if (names.includes(typed)) return exactName;
  return names.some((name) => name.startsWith(typed)) ? nameBegins : wordsBegin;
}

/** Returns the products that have a match for each of the words. */
async function hitsOf(tokens: readonly TokenReading[], store: IndexStore): Promise<ReadonlyMap<number, Hit>> {
  let all: ReadonlyMap<number, Hit> | undefined;
  for (const { words } of tokens) {
    const own = await hitsOfWords(words, store);
    all = all ? bothOf(all, own) : own;
    if (all.size === 0) return all;
  }
  return all ?? new Map();
}

async function hitsOfWords(words: readonly ReadWord[], store: IndexStore): Promise<ReadonlyMap<number, Hit>> {
  const hits = new Map<number, Hit>();
  if (words.length === 0) return hits;
  const each = words.map(({ distance, weight, ambiguous }) => ({
    distance,
    weight,
    isAmbiguous: ambiguous,
    isNamed: false,
  }));
  const found = await store.tokens(
    textPart,
    words.map(({ word }) => word),
  );
  for (let at = 0; at < found.length; at += 3) {
    const [product = 0, hit] = [found[at], each[found[at + 2] ?? 0]];
    if (!hit) continue;
    const before = hits.get(product);
    const isNamed = before?.isNamed === true || (hit.distance === 0 && found[at + 1] === nameRecord);
    const better = !before || isBetter(hit, before) ? hit : before;
    if (better !== before || isNamed !== before.isNamed) hits.set(product, { ...better, isNamed });
  }
  return hits;
}

const nameRecord = textFields.indexOf('NAME');

function isBetter(one: Hit, other: Hit): boolean {
  return one.distance === other.distance ? one.weight < other.weight : one.distance < other.distance;
}

function bothOf(one: ReadonlyMap<number, Hit>, other: ReadonlyMap<number, Hit>): ReadonlyMap<number, Hit> {
  const both = new Map<number, Hit>();
  for (const [product, hit] of one) {
    const second = other.get(product);
    if (second)
      both.set(product, {
        distance: hit.distance + second.distance,
        weight: hit.weight + second.weight,
        isAmbiguous: hit.isAmbiguous || second.isAmbiguous,
        isNamed: hit.isNamed && second.isNamed,
      });
  }
  return both;
}

/**
 * Returns why a product matched: the text of it that contains the most typed words. If there are several such texts,
 * the first is returned.
 */
function matchOf(
  product: number,
  { hits, numbered, interpretation }: Reading,
  said: ProductTexts | undefined,
): TextRow['match'] {
  const number = numbered.get(product);
  if (number) return { ...number, distance: 0, isAmbiguous: false };
  const hit = hits.get(product);
  if (!hit || !said) return undefined;
  const best = bestText(said, interpretation.tokens);
  return best && { ...best, distance: hit.distance, isAmbiguous: hit.isAmbiguous };
}

function bestText(
  said: ProductTexts,
  tokens: readonly TokenReading[],
): { readonly field: TextField; readonly value: string } | undefined {
  const all = countOf(tokens);
  let best: { readonly field: TextField; readonly value: string } | undefined;
  let most = 0;
  for (const field of textFields)
    for (const value of said[field]) {
      const count = countIn(new Set(wordsIn(value)), tokens);
      if (count > most) [best, most] = [{ field, value }, count];
      // No other text can contain more words, so the product's names in other languages need not be read.
      if (most === all) return best;
    }
  return best;
}

/**
 * Returns a weight for the typed words that a text contains. Words weigh more than numbers. Corrected words weigh
 * most, so that the correction is displayed.
 */
function countIn(words: ReadonlySet<string>, tokens: readonly TokenReading[]): number {
  return countOf(tokens.filter((token) => token.words.some(({ word }) => words.has(word))));
}

function countOf(tokens: readonly TokenReading[]): number {
  return tokens.reduce((sum, { kind }) => sum + tellsBy[kind], 0);
}

const tellsBy: Readonly<Record<TokenReading['kind'], number>> = {
  number: 1,
  exact: 2,
  prefix: 2,
  corrected: 3,
  unknown: 0,
};
