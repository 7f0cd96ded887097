/**
 * The vocabulary: the words of all products in the index and of all terms. It finds the words that equal a typed
 * word, begin with it, contain it as a part, or have a similar spelling. It is in memory, and is created again for
 * each generation of the index. The order in which words are added makes no difference.
 */
import { cutsOf } from './compounds.js';
import { toleranceFor, type Difference } from './distance.js';
import { compareTexts, createFormTable, type Form, type FormTable } from './form-table.js';
import { latinForms, scriptOf, type Script } from './latin.js';
import { createNearForms } from './near-forms.js';
import { hasDigit, isNumber } from './tokens.js';

/** Where a word comes from. `TERM` means a term of a list, whether or not a product has it. */
export const wordKinds = ['NAME', 'SUBSTANCE', 'HOLDER', 'ATC', 'TERM'] as const;
export type WordKind = (typeof wordKinds)[number];

export interface VocabularyEntry {
  /** The word, in the form that `wordsIn` returns. */
  readonly word: string;
  readonly kind: WordKind;
  /** The number of products with the word; 0 if only a term contains it. */
  readonly products: number;
  /**
   * Whether the word is the complete name of a substance: PREDNISOLONE is, but not the CHLORIDE of Sodium chloride.
   * Such a word never matches as a part of another substance's name: methylprednisolone is not prednisolone.
   */
  readonly isSubstance?: boolean;
}

/** A word of the vocabulary. */
export interface KnownWord {
  readonly word: string;
  readonly kinds: readonly WordKind[];
  /** The number of products with the word. If the word comes from several kinds of texts, the highest number. */
  readonly products: number;
}

/**
 * How a word of the vocabulary matches the typed word, the best way first: it equals the typed word, begins with it,
 * contains it as its second part, is another spelling that sounds alike, or has a similar spelling.
 */
export const matchWays = ['exact', 'prefix', 'part', 'spelling', 'near'] as const;
export type MatchWay = (typeof matchWays)[number];

export interface WordMatch extends KnownWord, Difference {
  readonly way: MatchWay;
  /**
   * The number of edits. It is 0 only if the word equals or begins with the typed word, ignoring case, accents and
   * script.
   */
  readonly distance: number;
}

export interface Vocabulary {
  /** The number of words. */
  readonly size: number;
  /** The size of its arrays in bytes, without the overhead of JavaScript. */
  readonly bytes: number;
  /** Returns the word with exactly these letters. */
  find(word: string): KnownWord | undefined;
  /**
   * Returns the words that equal a folded word, begin with it, or contain it as a part; the best first. Empty for an
   * unknown word. A number matches only itself, and the digits of a code are never split: B1 is not a beginning of
   * B12.
   */
  matches(word: string): readonly WordMatch[];
  /** Returns other words within the allowed number of edits, the most similar first, even if no product has them. */
  near(word: string): readonly WordMatch[];
  /** Returns the two known words that a word is composed of; undefined if there is no such pair, or more than one. */
  partsOf(word: string): readonly [KnownWord, KnownWord] | undefined;
  /**
   * Returns the number of words that are compared letter by letter to find similar ones. It is used for measurements.
   */
  compared(word: string): number;
}

interface Gathered {
  products: number;
  /** One bit for each of `wordKinds`. */
  kinds: number;
  isSubstance: boolean;
}

export function createVocabulary(entries: Iterable<VocabularyEntry>): Vocabulary {
  const gathered = gather(entries);
  const words = [...gathered.keys()].sort(compareTexts);
  const numbers = new Map(words.map((word, number) => [word, number]));
  const facts = words.map((word) => gathered.get(word)).filter((each) => each !== undefined);
  const products = Uint32Array.from(facts, (each) => each.products);
  const kinds = Uint8Array.from(facts, (each) => each.kinds);
  const compounds = compoundsOf(words, numbers, (word) => facts[word]?.isSubstance ?? false);
  const forms = createFormTable(words.flatMap(formsOf));
  const ownForms = new Uint32Array(words.length);
  for (let form = 0; form < forms.size; form += 1) {
    const number = forms.wordOf(form);
    if (forms.textOf(form) === words[number]) ownForms[number] = form;
  }
  return createLookup({ forms, ownForms, products, kinds, compounds });
}

function gather(entries: Iterable<VocabularyEntry>): ReadonlyMap<string, Gathered> {
  const gathered = new Map<string, Gathered>();
  for (const { word, kind, products, isSubstance = false } of entries) {
    const known = gathered.get(word) ?? { products: 0, kinds: 0, isSubstance: false };
    known.products = Math.max(known.products, products);
    known.kinds |= 1 << wordKinds.indexOf(kind);
    known.isSubstance ||= isSubstance;
    gathered.set(word, known);
  }
  return gathered;
}

/** The numbers of compound words, grouped by the number of their second part. */
type Compounds = ReadonlyMap<number, readonly number[]>;

function compoundsOf(
  words: readonly string[],
  numbers: ReadonlyMap<string, number>,
  isSubstance: (word: number) => boolean,
): Compounds {
  const compounds = new Map<number, number[]>();
  words.forEach((word, number) => {
    if (hasDigit(word)) return;
    for (const cut of cutsOf(word, (part) => numbers.has(part))) {
      const part = numbers.get(word.slice(cut));
      if (part === undefined || (isSubstance(number) && isSubstance(part))) continue;
      const others = compounds.get(part);
      if (others) others.push(number);
      else compounds.set(part, [number]);
    }
  });
  return compounds;
}

interface Packed {
  readonly forms: FormTable;
  /** The original form of each word, by the word's number. */
  readonly ownForms: Uint32Array;
  readonly products: Uint32Array;
  readonly kinds: Uint8Array;
  readonly compounds: Compounds;
}

function formsOf(word: string, number: number): readonly Form[] {
  return [word, ...latinForms(word)].map((text) => ({ text, word: number }));
}

function createLookup(packed: Packed): Vocabulary {
  const { forms, products, kinds, compounds } = packed;
  const nearForms = createNearForms(forms);
  const { wordAt, find } = createWords(packed);

  /**
   * Whether a form may match. Words in the same script are compared only in that script: two Greek words are
   * different even if their Latin forms are equal.
   */
  const isComparable = (form: number, typed: TypedForm): boolean =>
    typed.script === undefined || scriptOf(wordAt(forms.wordOf(form)).word) !== typed.script;

  /**
   * Whether the text is a beginning of an ATC code, even within its digits. Users type ATC codes digit by digit: L0
   * is the beginning of L01. No other code may be split within its digits.
   */
  const isClass = (text: string, word: number): boolean =>
    /^[A-Z]\d/.test(text) && ((kinds[word] ?? 0) & (1 << wordKinds.indexOf('ATC'))) !== 0;

  function matchesBy(typed: TypedForm, found: Found): void {
    const { text } = typed;
    const [from, to] = forms.beginningWith(text);
    for (let form = from; form < to; form += 1) {
      const isExact = forms.lengthOf(form) === text.length;
      const isBegun = isExact || isBeginning(text, forms, form) || isClass(text, forms.wordOf(form));
      if (isComparable(form, typed) && isBegun)
        found.add(forms.wordOf(form), { way: isExact ? 'exact' : 'prefix', distance: 0, weight: 0 });
    }
    for (const { number, way } of found.all())
      if (way === 'exact') for (const compound of compounds.get(number) ?? []) found.add(compound, asPart);
  }

  function nearBy(typed: TypedForm, found: Found): void {
    for (const { form, distance, weight } of nearForms.near(typed.text, typed.most)) {
      const way = 2 * weight <= distance ? 'spelling' : 'near';
      if (isComparable(form, typed))
        found.add(forms.wordOf(form), { way: distance === 0 ? 'exact' : way, distance, weight });
    }
  }

  function sought(word: string, seek: (typed: TypedForm, found: Found) => void): readonly WordMatch[] {
    const found = createFound();
    for (const typed of typedForms(word)) seek(typed, found);
    return found
      .all()
      .map(({ number, ...difference }) => ({ ...wordAt(number), ...difference }))
      .sort(compareMatches);
  }

  return {
    size: products.length,
    bytes: forms.bytes + nearForms.bytes + bytesOf(packed),
    find: (word) => {
      const number = find(word);
      return number === undefined ? undefined : wordAt(number);
    },
    matches: (word) => (word === '' ? [] : sought(word, matchesBy)),
    near: (word) =>
      // The same word in another script has the distance 0. It is not a similar word, but the same.
      hasDigit(word) ? [] : sought(word, nearBy).filter(({ distance }) => distance > 0),
    partsOf(word) {
      const [cut, ...others] = cutsOf(word, (part) => find(part) !== undefined);
      if (cut === undefined || others.length > 0) return undefined;
      const [first, second] = [find(word.slice(0, cut)), find(word.slice(cut))];
      return first === undefined || second === undefined ? undefined : [wordAt(first), wordAt(second)];
    },
    compared: (word) => nearForms.compared(word, toleranceFor(word.length)),
  };
}

function createWords({ forms, ownForms, products, kinds }: Packed): {
  readonly wordAt: (number: number) => KnownWord;
  readonly find: (word: string) => number | undefined;
} {
  return {
    wordAt: (number) => ({
      word: forms.textOf(ownForms[number] ?? 0),
      kinds: wordKinds.filter((_, bit) => ((kinds[number] ?? 0) & (1 << bit)) !== 0),
      products: products[number] ?? 0,
    }),
    find(word) {
      const [from, to] = forms.beginningWith(word);
      for (let form = from; form < to && forms.lengthOf(form) === word.length; form += 1)
        if (ownForms[forms.wordOf(form)] === form) return forms.wordOf(form);
      return undefined;
    },
  };
}

function bytesOf({ ownForms, products, kinds, compounds }: Packed): number {
  const numbers = [...compounds.values()].reduce((sum, words) => sum + words.length, 2 * compounds.size);
  return ownForms.byteLength + products.byteLength + kinds.byteLength + 8 * numbers;
}

/** A form of the typed word that is searched. */
interface TypedForm {
  readonly text: string;
  /** The script of the typed word, if this form is in Latin letters and the word is not; otherwise undefined. */
  readonly script: Script | undefined;
  /** The number of allowed edits. For a form in other letters, it is at most that of the typed word. */
  readonly most: number;
}

function typedForms(word: string): readonly TypedForm[] {
  const script = scriptOf(word);
  const tolerated = toleranceFor(word.length);
  return [
    { text: word, script: undefined, most: tolerated },
    ...latinForms(word).map((text) => ({
      text,
      script,
      most: Math.min(tolerated, toleranceFor(text.length)),
    })),
  ];
}

/** Whether the text is a beginning of the form. The digits of a code are one number, which must not be split. */
function isBeginning(text: string, forms: FormTable, form: number): boolean {
  if (isNumber(text)) return false;
  const { letters, start } = forms.lettersOf(form);
  const next = String.fromCharCode(letters[start + text.length] ?? 0);
  return !/\d$/.test(text) || !hasDigit(next);
}

interface How extends Difference {
  readonly way: MatchWay;
}

/**
 * How a compound word matches its second part. The distance is not 0, because the compound does not begin with this
 * part.
 */
const asPart: How = { way: 'part', distance: 1, weight: 1 };

interface Found {
  /** Adds a match. If there are two matches for one word, the better one is kept. */
  add(number: number, how: How): void;
  all(): readonly (How & { readonly number: number })[];
}

function createFound(): Found {
  const found = new Map<number, How>();
  return {
    add(number, how) {
      const before = found.get(number);
      if (!before || compareWays(how, before) < 0) found.set(number, how);
    },
    all: () => [...found].map(([number, how]) => ({ number, ...how })),
  };
}

function compareWays(one: How, other: How): number {
  return (
    one.distance - other.distance ||
    matchWays.indexOf(one.way) - matchWays.indexOf(other.way) ||
    one.weight - other.weight
  );
}

function compareMatches(one: WordMatch, other: WordMatch): number {
  return compareWays(one, other) || other.products - one.products || compareTexts(one.word, other.word);
}
