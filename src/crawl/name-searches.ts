/**
 * Chooses searches for names that find all products of an upstream which shows only the first page of each result, and
 * the total. The texts are beginnings of names. A text is extended by a letter until as many products with it are known
 * as its total states. The text from which most new products can be expected comes first.
 */
import { eachInTurn } from '../search-index/turns.js';
import { foldText } from '../terms/fold.js';

/** The result of one search. */
export interface NameSearch {
  readonly text: string;
  /** The number of products with such a name; undefined if the upstream refused the search. */
  readonly total?: number | undefined;
}

export interface NameSearches {
  /** Adds a product and its names. */
  learn(id: string, names: readonly string[]): void;
  /**
   * Adds the result of a search.
   * @param found ids of the products on its page, which must have been added before
   */
  tell(search: NameSearch, found?: readonly string[]): void;
  /** Returns the text of the next search; undefined if no search can be expected to find another product. */
  next(): Promise<string | undefined>;
}

/** A text with which products are missing. */
interface Open {
  readonly text: string;
  /** The number of products with the text; undefined if the upstream refused the search. */
  readonly total: number | undefined;
  readonly parent: Open | undefined;
  /** The number of missing products. Before the first count, it is the total. Without a total, it is an estimate. */
  missing: number;
  /** The number of missing products of the open texts that extend this one. */
  missingBelow: number;
  /** The next text to search; undefined before a count, and if there is none. */
  best: Extension | undefined;
  /** What was known at the last count. */
  countedAt: string;
}

interface Extension {
  readonly text: string;
  /** The part of the missing products that this text can be expected to have. */
  readonly share: number;
  /** Whether no known name begins with this text. */
  readonly isRare: boolean;
}

/** An upstream that refuses a text with fewer letters may accept a longer text. */
const leastLetters = 3;
/** Each text is extended by these letters. Other characters are added when a name has them. */
const usual = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** Names may begin with these characters, too: the other letters of the EU's languages, and signs. */
const unusual = 'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯÆØŒŁĐÐÞ([+-./\'"«„“‘’#@';
/**
 * The number of products that are expected if none seem to be missing. The upstream may compare names more strictly than
 * this service, so that its total counts fewer products than are known.
 */
const doubt = 0.001;
/** The share of a text that could not be extended when it was last counted. */
const leastShare = 1e-9;
/** Other characters have a meaning in searches, or a firewall may refuse them. */
const isSearchable = /^[^\p{C}\p{Z}*%_<>|\\$&]$/u;

/**
 * @param total the number of products of the upstream
 * @param pageSize the number of products on a full page; a page with fewer shows all products of its search
 */
export function createNameSearches(total: number, pageSize: number): NameSearches {
  const names = new Map<string, readonly string[]>();
  const letters = new Set(usual);
  const open = new Map<string, Open>();
  const searched = new Set<string>();
  /** The number of searches for rare texts, and of those that found products. */
  const rare = { searched: 0, found: 0 };
  const followers = createFollowers();
  let placesIn: Places = atStart;
  add({ text: '', total }, undefined, total);

  function add(search: NameSearch, parent: Open | undefined, missing: number): void {
    const counts = { missing, missingBelow: 0, best: undefined, countedAt: '' };
    open.set(search.text, { total: undefined, ...search, parent, ...counts });
    if (parent) parent.missingBelow += missing;
  }

  const known = (): string => `${names.size} ${placesIn.name}`;

  /** Counts the missing products, and chooses the best extension. */
  async function recount(each: Open): Promise<void> {
    const countedAt = known();
    const extensions = new Map<string, number>();
    let [held, beginning] = [0, 0];
    await eachInTurn(names.values(), (all) => {
      if (!all.some((name) => placesIn(name, each.text).length > 0)) return;
      held += 1;
      for (const name of all) {
        if (!name.startsWith(each.text)) continue;
        beginning += 1;
        const extended = extendedIn(name, each.text);
        if (extended !== undefined) extensions.set(extended, (extensions.get(extended) ?? 0) + 1);
      }
    });
    if (each.total !== undefined) settle(each, Math.max(doubt, each.total - held));
    // The total also counts names that contain the text elsewhere. They are found by their own beginnings.
    each.best = bestOf(each.text, extensions, Math.min(1, beginning / Math.max(1, held)));
    each.countedAt = countedAt;
  }

  function bestOf(text: string, counts: ReadonlyMap<string, number>, part: number): Extension | undefined {
    // The more searches for rare texts find nothing, the later the others come.
    const rareCount = (0.5 * (1 + rare.found)) / (1 + rare.searched);
    const likely = followers.after(text);
    let best: { readonly text: string; readonly count: number } | undefined;
    let all = 0;
    const rareLetters = text === '' ? [...letters, ...unusual] : [...letters];
    for (const each of new Set([...counts.keys(), ...rareLetters.map((letter) => text + letter)])) {
      const count = counts.get(each) ?? rareCount * likely(each.slice(text.length));
      all += count;
      if (!searched.has(each) && (!best || count > best.count)) best = { text: each, count };
    }
    return best && { text: best.text, share: (part * best.count) / all, isRare: !counts.has(best.text) };
  }

  function settle(each: Open, missing: number): void {
    if (each.parent) each.parent.missingBelow += missing - each.missing;
    each.missing = missing;
  }

  function mostHopeful(): Open | undefined {
    let best: Open | undefined;
    const now = known();
    for (const each of open.values()) if (!best || hopeOf(each, now) > hopeOf(best, now)) best = each;
    return best;
  }

  return {
    learn(id, given) {
      const folded = given.map(foldText);
      names.set(id, folded);
      for (const letter of folded.join('')) if (isSearchable.test(letter)) letters.add(letter);
      for (const name of folded) followers.learn(name);
    },
    tell({ text, total: count }, found = []) {
      for (const id of found) placesIn = tolerantEnough(placesIn, names.get(id) ?? [], text);
      const parent = longestBeginning(text, open);
      const extension = parent?.best?.text === text ? parent.best : undefined;
      if (extension?.isRare) {
        rare.searched += 1;
        if (count !== 0) rare.found += 1;
      }
      searched.add(text);
      // Another extension is the best one now.
      if (parent) Object.assign(parent, { countedAt: '', best: undefined });
      if (count === undefined) {
        const expected = (parent?.missing ?? total) * (extension?.share ?? 1);
        if (lettersIn(text) < leastLetters) add({ text }, parent, expected);
      } else if (count > found.length && found.length >= pageSize) add({ text, total: count }, parent, count);
    },
    async next() {
      for (let each = mostHopeful(); each; each = mostHopeful()) {
        if (each.countedAt === known()) return each.best?.text;
        await recount(each);
      }
      return undefined;
    },
  };
}

/**
 * Returns the number of products that the next search of a text can be expected to find.
 * @param known what is known now
 */
function hopeOf({ missing, missingBelow, best, countedAt }: Open, known: string): number {
  // A text that could not be extended may be extended by a letter that was found since.
  const share = best?.share ?? (countedAt === known ? 0 : countedAt === '' ? 1 : leastShare);
  // The counts of several texts overlap, so that products may be missing although none seem to be.
  return Math.max(missing - missingBelow, missing / 100) * share;
}

/** Counts which letters follow each other in names. */
function createFollowers(): {
  learn(name: string): void;
  /** Returns how much likelier a letter is after this text than an average one. It is never 0. */
  after(text: string): (letter: string) => number;
} {
  const counts = new Map<string, Map<string, number>>();
  return {
    learn(name) {
      let before = ' ';
      for (const letter of name) {
        const after = counts.get(before) ?? new Map<string, number>();
        counts.set(before, after.set(letter, (after.get(letter) ?? 0) + 1));
        before = letter;
      }
    },
    after(text) {
      const after = counts.get(text.at(-1) ?? ' ') ?? new Map<string, number>();
      const mean = [...after.values()].reduce((sum, count) => sum + count, 1) / 40;
      return (letter) => (after.get(letter) ?? 0) / mean + 0.05;
    },
  };
}

/** Returns the places of a text in a name where an upstream may find it. */
type Places = (name: string, text: string) => readonly number[];

/** The ways in which upstreams compare names, from the strictest to the most tolerant. */
const comparisons: readonly Places[] = [atStart, afterSpaces, atWords, anywhere];

function atStart(name: string, text: string): readonly number[] {
  return name.startsWith(text) ? [0] : [];
}

function afterSpaces(name: string, text: string): readonly number[] {
  return anywhere(name, text).filter((at) => at === 0 || /\p{Z}/u.test(name.charAt(at - 1)));
}

function atWords(name: string, text: string): readonly number[] {
  return anywhere(name, text).filter((at) => at === 0 || !/[\p{L}\p{N}]/u.test(name.charAt(at - 1)));
}

function anywhere(name: string, text: string): readonly number[] {
  const places: number[] = [];
  for (let at = name.indexOf(text); at !== -1 && at < name.length; at = name.indexOf(text, at + 1))
    places.push(at);
  return places;
}

/** Returns the strictest comparison, from the given one on, by which a name has the text; the given one if none does. */
function tolerantEnough(given: Places, names: readonly string[], text: string): Places {
  const finds = (places: Places): boolean => names.some((name) => places(name, text).length > 0);
  return comparisons.slice(comparisons.indexOf(given)).find(finds) ?? given;
}

/** Returns the text with the next letter of the name. An upstream may ignore a space at the end, so a letter follows it. */
function extendedIn(name: string, text: string): string | undefined {
  const rest = name.slice(text.length);
  const [spaces = ''] = /^\p{Z}*/u.exec(rest) ?? [];
  const [letter] = rest.slice(spaces.length);
  return letter !== undefined && isSearchable.test(letter) ? text + spaces + letter : undefined;
}

function longestBeginning(text: string, open: ReadonlyMap<string, Open>): Open | undefined {
  for (let length = text.length - 1; length >= 0; length -= 1) {
    const found = open.get(text.slice(0, length));
    if (found) return found;
  }
  return undefined;
}

function lettersIn(text: string): number {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, '').length;
}
