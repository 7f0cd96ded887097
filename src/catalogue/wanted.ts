/** What a wave has to fetch, each thing once, and who fetches it. */
import { questionOf, type Ask } from './follow.js';
import type { Key } from './key.js';
import type { Bundled, Reverse } from './link.js';
import type { RootAsk } from './list.js';
import { searchQuestion, termsQuestion, type ProductSearch } from './selection.js';

/** A resource to read: whether more will be asked about it, and what refers to it. */
export interface WantedRead {
  readonly deep: boolean;
  readonly from: ReadonlySet<Key>;
}

/** What has to be fetched before more can be known: each thing once. */
export interface Wanted extends Ask, RootAsk {
  readonly isEmpty: boolean;
  readonly questions: ReadonlyMap<
    string,
    { readonly question: Reverse | Bundled; readonly parents: Set<Key> }
  >;
  readonly reads: ReadonlyMap<Key, WantedRead>;
  readonly searches: ReadonlyMap<string, ProductSearch>;
  readonly lookups: ReadonlyMap<string, readonly string[]>;
}

export function createWanted(): Wanted {
  const questions = new Map<string, { question: Reverse | Bundled; parents: Set<Key> }>();
  const reads = new Map<Key, { deep: boolean; readonly from: Set<Key> }>();
  const searches = new Map<string, ProductSearch>();
  const lookups = new Map<string, readonly string[]>();
  return {
    questions,
    reads,
    searches,
    lookups,
    get isEmpty() {
      return questions.size + reads.size + searches.size + lookups.size === 0;
    },
    children(question, parent) {
      const name = questionOf(question);
      const asked = questions.get(name);
      if (asked) asked.parents.add(parent);
      else questions.set(name, { question, parents: new Set([parent]) });
    },
    read(key, deep, from) {
      const asked = reads.get(key) ?? { deep: false, from: new Set<Key>() };
      asked.deep ||= deep;
      if (from !== undefined) asked.from.add(from);
      reads.set(key, asked);
    },
    products(search) {
      searches.set(searchQuestion(search), search);
    },
    terms(terms) {
      lookups.set(termsQuestion(terms), terms);
    },
  };
}

export interface Loaders {
  /** Fetches all that is wanted, each question in one batch; afterwards all of it is settled in `Known`. */
  load(wanted: Wanted): Promise<void>;
}
