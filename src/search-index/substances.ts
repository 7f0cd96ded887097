/** Lists the substances of the products in the index, each once, A to Z, with the number of its products. */
import { createHash } from 'node:crypto';
import type { CodeableReference } from 'fhir/r5.js';
import { IngredientRole } from '../terms/ema-codes.js';
import { foldWord } from '../terms/fold.js';
import { createLatest } from './latest.js';
import type { IndexStore } from './store/index-store.js';
import { keyOfCode, readSubstanceShape, substancesPart, type Mention } from './substance-shapes.js';

export interface SubstanceQuery {
  /** Selects only the substance with this code. */
  readonly code?: string;
  /** Selects substances by the beginning of a word in a name, or by a complete code. */
  readonly text?: string;
  /** Selects substances whose name begins with these letters. */
  readonly startsWith?: string;
  /** Selects substances that have this role in at least one product. */
  readonly role?: IngredientRole;
  /** Maximum number of rows. */
  readonly first: number;
  /** The position after which the rows begin; undefined for the first page. */
  readonly after?: SubstancePlace;
}

/** The position of a substance in the list from A to Z. It is shortened to fit into a cursor. */
export interface SubstancePlace {
  /** The name in folded spelling, shortened to `longestName` characters. */
  readonly name: string;
  /** The key of the substance, shortened by `shortKey`. */
  readonly key: string;
}

/** The number of characters of a name that are used for sorting. No typed text is longer. */
const longestName = 500;
const longestKey = 200;

function shortKey(key: string): string {
  if (key.length <= longestKey) return key;
  return `${key.slice(0, longestKey / 2)} ${createHash('sha256').update(key).digest('base64url')}`;
}

export interface SubstanceRow {
  readonly place: SubstancePlace;
  /** The substance as most records write it. */
  readonly told: CodeableReference;
  /** The number of products that contain the substance, or state a strength in terms of it. */
  readonly products: number;
}

export interface SubstanceMatches {
  readonly rows: readonly SubstanceRow[];
  readonly hasNext: boolean;
  /** The number of all matching substances. */
  readonly total: number;
  /**
   * The number of products that may match, because they have unknown substances, or a matching substance whose role
   * is unknown.
   */
  readonly untold: number;
}

/** A substance with all its names. */
export interface CalledSubstance extends Pick<SubstanceRow, 'told'> {
  /** All names, sorted alphabetically by their folded spelling. */
  readonly names: readonly string[];
  /** The number of products in which the substance is active or its role is unknown. */
  readonly activeIn: number;
}

export interface Substances {
  find(query: SubstanceQuery): Promise<SubstanceMatches>;
  /** Returns all substances in the list, from A to Z. */
  called(): Promise<readonly CalledSubstance[]>;
  /** Counts the substances of the current rows. */
  prepare(): Promise<void>;
}

interface Substance {
  readonly place: SubstancePlace;
  readonly told: CodeableReference;
  /** Whether the substance is in the list. If it is listed under another code, it is not listed again. */
  readonly isShown: boolean;
  /** All names of the substance, by their folded spelling. */
  readonly names: ReadonlyMap<string, string>;
  readonly products: Tally;
}

interface Tally {
  readonly all: number;
  readonly byRole: ReadonlyMap<IngredientRole, number>;
  /** Products in which the role of the substance is unknown. */
  readonly roleless: ReadonlySet<number>;
}

interface Snapshot {
  readonly byKey: ReadonlyMap<string, Substance>;
  /** The substances of the list, A to Z. */
  readonly shown: readonly Substance[];
  /** Products whose substances are not all known. */
  readonly untold: ReadonlySet<number>;
}

/** Number of products in one batch. Other calls run between batches. */
const slice = 5_000;

export function createSubstances(store: IndexStore): Substances {
  /** The mentions of substances, by the number of the shape. A shape's number never changes. */
  const mentions = new Map<number, Mention | undefined>();
  const latest = createLatest(store, snapshot);

  async function snapshot(): Promise<Snapshot> {
    const count = createCount();
    // `all` includes products that no longer exist, but these have no rows.
    const all = await store.all();
    for (let from = 0; from < all.length; from += slice) {
      const { told, shapes } = await store.told(substancesPart, [...all.subarray(from, from + slice)]);
      for (const { number, shape } of shapes)
        if (!mentions.has(number)) mentions.set(number, readSubstanceShape(shape));
      for (let at = 0; at < told.length; at += 3) {
        const shape = told[at + 2] ?? 0;
        count.take(told[at] ?? 0, shape, mentions.get(shape));
      }
    }
    const byKey = count.substances();
    const shown = [...byKey.values()].filter(({ isShown }) => isShown).sort(byPlace);
    return { byKey, shown, untold: count.untold };
  }

  return {
    async find(query) {
      const { byKey, shown, untold } = await latest.current();
      const { code, role, first, after } = query;
      const one = code === undefined ? undefined : byKey.get(keyOfCode(code));
      const meant = code === undefined ? shown.filter(isMeant(query)) : one ? [one] : [];
      const found = role ? meant.filter(({ products }) => products.byRole.has(role)) : meant;
      const start = after ? found.findIndex(({ place }) => comparePlaces(place, after) > 0) : 0;
      const page = start < 0 ? [] : found.slice(start, start + first);
      return {
        rows: page.map(({ place, told, products }) => ({ place, told, products: numberOf(products, role) })),
        hasNext: start >= 0 && start + page.length < found.length,
        total: found.length,
        untold: untoldAmong(meant, role, untold),
      };
    },
    async prepare() {
      await latest.renewed();
    },
    async called() {
      const { shown } = await latest.current();
      return shown.map(({ told, names, products: { byRole, roleless } }) => ({
        told,
        names: [...names].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, name]) => name),
        activeIn: (byRole.get(IngredientRole.ACTIVE) ?? 0) + roleless.size,
      }));
    },
  };
}

function isMeant({ text, startsWith }: SubstanceQuery): (substance: Substance) => boolean {
  const beginning = startsWith === undefined ? undefined : foldWord(startsWith);
  const held = text === undefined ? undefined : foldWord(text);
  const key = text === undefined ? undefined : shortKey(keyOfCode(text));
  return ({ place, names }) =>
    (beginning === undefined || (beginning !== '' && place.name.startsWith(beginning))) &&
    (held === undefined || place.key === key || [...names.keys()].some((name) => beginsWordIn(name, held)));
}

/** Whether a text occurs in a name at the beginning of a word. */
function beginsWordIn(name: string, text: string): boolean {
  if (text === '') return false;
  for (let at = name.indexOf(text); at >= 0; at = name.indexOf(text, at + 1))
    if (at === 0 || !/[\p{L}\p{N}]$/u.test(name.slice(0, at)) || !/^[\p{L}\p{N}]/u.test(text)) return true;
  return false;
}

function numberOf({ all, byRole }: Tally, role: IngredientRole | undefined): number {
  return role ? (byRole.get(role) ?? 0) : all;
}

function untoldAmong(
  meant: readonly Substance[],
  role: IngredientRole | undefined,
  untold: ReadonlySet<number>,
): number {
  if (!role) return untold.size;
  return new Set([...untold, ...meant.flatMap(({ products }) => [...products.roleless])]).size;
}

function byPlace(one: Substance, other: Substance): number {
  return comparePlaces(one.place, other.place);
}

function comparePlaces(one: SubstancePlace, other: SubstancePlace): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  return one.key === other.key ? 0 : one.key < other.key ? -1 : 1;
}

/** The counts of one substance so far. */
interface Counted {
  readonly products: Distinct;
  readonly byRole: Map<IngredientRole, Distinct>;
  readonly roleless: Set<number>;
  /**
   * How many times each mention of the substance occurs. `others` are mentions that are listed under another key.
   * They are used if `tellings` is empty.
   */
  readonly tellings: Map<string, Telling>;
  readonly others: Map<string, Telling>;
  readonly names: Map<string, string>;
}

interface Telling {
  readonly mention: Mention;
  times: number;
}

/** Counts distinct products, given in the order of their numbers. */
interface Distinct {
  last: number;
  count: number;
}

/** The counters that increase for a product with a shape. They are looked up once for each shape. */
interface Place {
  readonly one: Counted;
  /** The counter of the role; undefined if the role is unknown. */
  readonly ofRole: Distinct | undefined;
  readonly telling: Telling;
}

function createCount(): {
  readonly untold: ReadonlySet<number>;
  take(product: number, shape: number, mention: Mention | undefined): void;
  substances(): ReadonlyMap<string, Substance>;
} {
  const counted = new Map<string, Counted>();
  const places = new Map<number, readonly Place[]>();
  const untold = new Set<number>();

  function placesOf(mention: Mention): readonly Place[] {
    return mention.keys.map((key) => {
      const one = counted.get(key) ?? nothingYet();
      counted.set(key, one);
      return placeIn(one, mention, mention.key === key);
    });
  }

  return {
    untold,
    take(product, shape, mention) {
      if (mention?.key === undefined) untold.add(product);
      if (!mention) return;
      const all = places.get(shape) ?? placesOf(mention);
      places.set(shape, all);
      for (const { one, ofRole, telling } of all) {
        distinct(one.products, product);
        if (ofRole) distinct(ofRole, product);
        else one.roleless.add(product);
        telling.times += 1;
      }
    },
    substances: () => new Map([...counted].map(([key, one]) => [key, substanceOf(key, one)])),
  };
}

function nothingYet(): Counted {
  return {
    products: { last: 0, count: 0 },
    byRole: new Map(),
    roleless: new Set(),
    tellings: new Map(),
    others: new Map(),
    names: new Map(),
  };
}

function placeIn(one: Counted, mention: Mention, isShown: boolean): Place {
  const { role, text, names } = mention;
  for (const name of names) {
    const known = one.names.get(foldWord(name));
    // If there are several spellings, the first in alphabetical order is stored, so that the order of reading does not
    // matter.
    if (known === undefined || name < known) one.names.set(foldWord(name), name);
  }
  const tellings = isShown ? one.tellings : one.others;
  const telling = tellings.get(text) ?? { mention, times: 0 };
  tellings.set(text, telling);
  if (role === null) return { one, ofRole: undefined, telling };
  const ofRole = one.byRole.get(role) ?? { last: 0, count: 0 };
  one.byRole.set(role, ofRole);
  return { one, ofRole, telling };
}

function distinct(one: Distinct, product: number): void {
  if (one.last === product) return;
  one.last = product;
  one.count += 1;
}

function substanceOf(
  key: string,
  { products, byRole, roleless, tellings, others, names }: Counted,
): Substance {
  const isShown = tellings.size > 0;
  const { told, names: given } = mostFrequent([...(isShown ? tellings : others).values()]);
  // A substance without a name is sorted by its code.
  const [name = key.slice(key.indexOf(' ') + 1)] = given;
  return {
    place: { name: foldWord(name).slice(0, longestName), key: shortKey(key) },
    told,
    isShown,
    names,
    products: {
      all: products.count,
      byRole: new Map([...byRole].map(([role, { count }]) => [role, count])),
      roleless,
    },
  };
}

/**
 * Returns the most frequent mention that has a name, if there is one. Equally frequent mentions are ordered by text,
 * so that the order of reading does not matter.
 */
function mostFrequent(tellings: readonly Telling[]): Mention {
  const named = tellings.filter(({ mention }) => mention.names.length > 0);
  const best = (named.length > 0 ? named : tellings).reduce((one, other) => {
    if (one.times !== other.times) return one.times > other.times ? one : other;
    return one.mention.text < other.mention.text ? one : other;
  });
  return best.mention;
}
