/** Finds products by what people call them: several words in any order, misspelt ones too, the best first. */
import { LRUCache } from 'lru-cache';
import type { ProductFilter } from '../facts/filter.js';
import type { HeldWords } from './held-words.js';
import type { Match } from './matching.js';
import type { Order } from './order.js';
import { readNumber, type NumberMatch } from './read-number.js';
import { foldingPart, readSaid, saidFields, saidPart, type Folding, type SaidField } from './said.js';
import type { IndexStore } from './store/index-store.js';
import type { TextMatches, TextQuery, TextRow } from './query.js';
import { among } from './verdicts.js';
import { interpret, type Interpretation, type ReadWord, type TokenReading } from './words/interpret.js';
import { typedWords, wordsIn } from './words/tokens.js';

export interface TextSearch {
  find(query: TextQuery): Promise<TextMatches>;
  /** The products that a text finds, by their numbers; undefined where there is no text, and all are meant. */
  products(query: AskedText): Promise<ReadonlySet<number> | undefined>;
}

export type AskedText = Pick<TextQuery, 'text' | 'typos' | 'mayLackWords'>;

export interface TextSearchOptions {
  readonly store: IndexStore;
  readonly words: HeldWords;
  readonly match: Match;
  readonly order: Order;
}

/** How well a product answers a text: the lower the better. */
interface Hit {
  /** Edits, of all words. */
  readonly distance: number;
  /** What sounds alike weighs less. */
  readonly weight: number;
  readonly isAmbiguous: boolean;
}

/** What a text finds in the products of one generation. */
interface Reading {
  readonly hits: ReadonlyMap<number, Hit>;
  /** The products that bear the whole text as a number. */
  readonly numbered: ReadonlyMap<number, NumberMatch>;
  readonly interpretation: Interpretation;
}

/** So many texts keep what they find. */
const mostReadings = 30;

export function createTextSearch({ store, words, match, order }: TextSearchOptions): TextSearch {
  const readings = new LRUCache<string, Promise<Reading>>({ max: mostReadings });

  async function read(text: string, { typos, mayLackWords }: AskedText): Promise<Reading> {
    const name = JSON.stringify([text, typos, mayLackWords, await store.generation()]);
    const before = readings.get(name);
    if (before) return before;
    const reading = readAnew(text, typos, mayLackWords);
    readings.set(name, reading);
    reading.catch(() => readings.delete(name));
    return reading;
  }

  async function readAnew(text: string, typos: boolean, mayLackWords: boolean): Promise<Reading> {
    const vocabulary = await words.current();
    const interpretation = interpret(text, vocabulary, { typos, mayLackWords });
    const numbered = await readNumber(text, store);
    return { hits: await hitsOf(interpretation.tokens, store), numbered, interpretation };
  }

  async function products(query: AskedText): Promise<ReadonlySet<number> | undefined> {
    if (query.text === undefined) return undefined;
    const { hits, numbered } = await read(query.text, query);
    return new Set([...numbered.keys(), ...hits.keys()]);
  }

  return {
    products,
    async find(query) {
      const reading = query.text === undefined ? undefined : await read(query.text, query);
      const [{ yes, open, stranger }, called] = [await matching(query.filter), await products(query)];
      const found = called ? among(called, yes) : yes;
      const untold = called
        ? [...among(called, open)].filter((each) => !yes.has(each)).length
        : open.size - yes.size;
      const ranks = await ranksOf(found, reading, query);
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

  function matching(filter: ProductFilter): ReturnType<Match> {
    return match(filter);
  }

  /** Undefined where the order is another than that of relevance. */
  async function ranksOf(
    found: ReadonlySet<number>,
    reading: Reading | undefined,
    { sort, text }: TextQuery,
  ): Promise<ReadonlyMap<number, number> | undefined> {
    if (sort || !reading || text === undefined) return undefined;
    const typed = spelling(text);
    const names = await order.namesOf(found);
    return new Map(
      [...found].map((product) => {
        if (reading.numbered.has(product)) return [product, 0];
        const hit = reading.hits.get(product);
        return [product, rankOf(hit, typed, names.get(product) ?? [])];
      }),
    );
  }

  /** Which products are folded together. */
  async function groupsOf(
    found: ReadonlySet<number>,
    folding: Folding | undefined,
  ): Promise<((product: number) => number | undefined) | undefined> {
    if (!folding) return undefined;
    const { told } = await store.told(foldingPart(folding), [...found]);
    const groups = new Map<number, number>();
    for (let at = 0; at < told.length; at += 3) groups.set(told[at] ?? 0, told[at + 2] ?? 0);
    return (product) => groups.get(product);
  }

  async function rowsOf(
    groups: readonly (readonly { readonly product: number; readonly id: string }[])[],
    reading: Reading | undefined,
  ): Promise<readonly TextRow[]> {
    const heads = groups.flatMap(([head]) => head ?? []);
    const said = reading ? await saidOf(heads.map(({ product }) => product)) : new Map<number, never>();
    return groups.flatMap(([head, ...folded]): readonly TextRow[] => {
      if (!head) return [];
      const match = reading && matchOf(head.product, reading, said.get(head.product));
      return [{ id: head.id, folded: folded.map(({ id }) => id), match }];
    });
  }

  async function saidOf(
    products: readonly number[],
  ): Promise<ReadonlyMap<number, ReturnType<typeof readSaid>>> {
    const { told, shapes } = await store.told(saidPart, products);
    const texts = new Map(shapes.map(({ number, shape }) => [number, shape]));
    const said = new Map<number, ReturnType<typeof readSaid>>();
    for (let at = 0; at < told.length; at += 3) {
      const shape = texts.get(told[at + 2] ?? 0);
      if (shape !== undefined && shape !== '') said.set(told[at] ?? 0, readSaid(shape));
    }
    return said;
  }
}

/** Behind all ranks. */
const worst = Number.MAX_SAFE_INTEGER;
const [exactName, nameBegins, wordsBegin, wordsAreNear] = [1, 2, 3, 4] as const;
/** More edits than eight words can have. */
const mostDistance = 1_000;
const mostWeight = 1_000;

/** Exact name, name begins, words begin, words are near: of these the nearest first. */
function rankOf(hit: Hit | undefined, typed: string, names: readonly string[]): number {
  if (!hit) return worst;
  const { distance, weight } = hit;
  if (distance > 0)
    return (
      wordsAreNear +
      (Math.min(distance, mostDistance) + Math.min(weight, mostWeight) / mostWeight) / mostDistance
    );
  const spelled = names.map(spelling);
  if (spelled.includes(typed)) return exactName;
  return spelled.some((name) => name.startsWith(typed)) ? nameBegins : wordsBegin;
}

/** A text as its words alone, whatever stands between them. */
function spelling(text: string): string {
  return typedWords(text)
    .map((word) => word.text)
    .join(' ');
}

/** The products that have something for each of the words. */
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
  const each = words.map(({ distance, weight, ambiguous }) => ({ distance, weight, isAmbiguous: ambiguous }));
  const found = await store.tokens(
    saidPart,
    words.map(({ word }) => word),
  );
  for (let at = 0; at < found.length; at += 3) {
    const [product = 0, hit] = [found[at], each[found[at + 2] ?? 0]];
    const before = hits.get(product);
    if (hit && (!before || isBetter(hit, before))) hits.set(product, hit);
  }
  return hits;
}

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
      });
  }
  return both;
}

/** Why a product is there: the text of it that has most of the words, of equals the one that comes first. */
function matchOf(
  product: number,
  { hits, numbered, interpretation }: Reading,
  said: ReturnType<typeof readSaid> | undefined,
): TextRow['match'] {
  const number = numbered.get(product);
  if (number) return { ...number, distance: 0, isAmbiguous: false };
  const hit = hits.get(product);
  if (!hit || !said) return undefined;
  let best: { readonly field: SaidField; readonly value: string } | undefined;
  let most = 0;
  for (const field of saidFields)
    for (const value of said[field]) {
      const count = countIn(new Set(wordsIn(value)), interpretation.tokens);
      if (count > most) [best, most] = [{ field, value }, count];
    }
  return best && { ...best, distance: hit.distance, isAmbiguous: hit.isAmbiguous };
}

/** A word says more than a number, and one that was corrected is to be seen. */
function countIn(words: ReadonlySet<string>, tokens: readonly TokenReading[]): number {
  const told = tokens.filter((token) => token.words.some(({ word }) => words.has(word)));
  return told.reduce((sum, { kind }) => sum + tellsBy[kind], 0);
}

const tellsBy: Readonly<Record<TokenReading['kind'], number>> = {
  number: 1,
  exact: 2,
  prefix: 2,
  corrected: 3,
  unknown: 0,
};
