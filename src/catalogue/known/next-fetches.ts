/** Collects the records and lists that a wave must fetch, each only once. Declares the loaders that fetch them. */
import type { Fetches } from './follow.js';
import { containerOf, type Key } from '../graph/key.js';
import type { Bundled, Reverse } from '../graph/link.js';
import {
  valueQuestion,
  searchQuestion,
  termsQuestion,
  type ValueQuestion,
  type ProductSearch,
} from '../question/selection.js';

/** A record to read, with the records that refer to it, and whether links are followed from it. */
export interface RecordRead {
  readonly deep: boolean;
  readonly from: ReadonlySet<Key>;
}

export interface RootFetches {
  products(search: ProductSearch): void;
  terms(terms: readonly string[]): void;
  asked(question: ValueQuestion): void;
}

/** All records and lists to fetch in the next wave, each only once. */
export interface NextFetches extends Fetches, RootFetches {
  readonly isEmpty: boolean;
  readonly questions: ReadonlyMap<
    string,
    { readonly question: Reverse | Bundled; readonly parents: Set<Key> }
  >;
  readonly reads: ReadonlyMap<Key, RecordRead>;
  readonly searches: ReadonlyMap<string, ProductSearch>;
  readonly lookups: ReadonlyMap<string, readonly string[]>;
  readonly values: ReadonlyMap<string, ValueQuestion>;
}

export function createNextFetches(): NextFetches {
  return new WaveFetches();
}

class WaveFetches implements NextFetches {
  readonly questions = new Map<string, { question: Reverse | Bundled; parents: Set<Key> }>();
  readonly reads = new Map<Key, { deep: boolean; readonly from: Set<Key> }>();
  readonly searches = new Map<string, ProductSearch>();
  readonly lookups = new Map<string, readonly string[]>();
  readonly values = new Map<string, ValueQuestion>();

  get isEmpty(): boolean {
    const { questions, reads, searches, lookups, values } = this;
    return questions.size + reads.size + searches.size + lookups.size + values.size === 0;
  }

  children(question: Reverse | Bundled, parent: Key): void {
    const asked = this.questions.get(question.asks);
    if (asked) asked.parents.add(parent);
    else this.questions.set(question.asks, { question, parents: new Set([parent]) });
  }

  read(wanted: Key, deep: boolean, from?: Key): void {
    const key = containerOf(wanted) ?? wanted;
    const asked = this.reads.get(key);
    if (!asked) this.reads.set(key, { deep, from: new Set(from === undefined ? [] : [from]) });
    else {
      asked.deep ||= deep;
      if (from !== undefined) asked.from.add(from);
    }
  }

  products(search: ProductSearch): void {
    this.searches.set(searchQuestion(search), search);
  }

  terms(terms: readonly string[]): void {
    this.lookups.set(termsQuestion(terms), terms);
  }

  asked(question: ValueQuestion): void {
    this.values.set(valueQuestion(question), question);
  }
}

export interface Loaders {
  /** Fetches everything, with one batch for each search. Afterwards `Known` contains every result or error. */
  load(wanted: NextFetches): Promise<void>;
}
