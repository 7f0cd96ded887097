/**
 * One DataLoader for each upstream search. If several parents need a search, the search is sent once for all of them.
 */
import DataLoader from 'dataloader';
import { PmsError } from '../../errors.js';
import type { Key } from '../graph/key.js';
import type { Known } from '../known/known.js';
import type { Bundled, Reverse } from '../graph/link.js';
import { failedRelation } from '../graph/relation.js';
import type { OperationAnswers } from '../profiles/operation-answers.js';
import {
  valueQuestion,
  searchQuestion,
  termsQuestion,
  type ValueQuestion,
  type ProductSearch,
} from '../question/selection.js';
import type { Loaders, RecordRead } from '../known/next-fetches.js';

interface Read extends RecordRead {
  readonly key: Key;
}

/**
 * The value that a loader resolves to. The result itself, or its error, is in `Known`, because a DataLoader would
 * turn an error into a rejection.
 */
type Settled = 'settled';

export function createLoaders(asking: OperationAnswers, known: Known): Loaders {
  const children = new Map<string, DataLoader<Key, Settled>>();
  // Most operations ask no more than one of these.
  let products: DataLoader<ProductSearch, Settled, string> | undefined;
  let lookups: DataLoader<readonly string[], Settled, string> | undefined;
  let values: DataLoader<ValueQuestion, Settled, string> | undefined;

  const readings = new DataLoader<Read, Settled, string>(
    async (reads) => {
      const missing = await asking.read(unitedByKey(reads));
      for (const [key, why] of missing) known.settleReading(key, why);
      for (const { key } of reads)
        if (known.reading(key) === undefined) known.settleReading(key, unanswered());
      return allSettled(reads);
    },
    { cacheKeyFn: ({ key, deep }) => (deep ? `${key} deep` : key) },
  );

  function childrenOf(question: Reverse | Bundled): DataLoader<Key, Settled> {
    const name = question.asks;
    const before = children.get(name);
    if (before) return before;
    const loader = new DataLoader<Key, Settled>(async (parents) => {
      const found = await asking.children(question, parents);
      for (const parent of parents)
        known.settleChildren(name, parent, found.get(parent) ?? failedRelation(unanswered()));
      return allSettled(parents);
    });
    children.set(name, loader);
    return loader;
  }

  async function findProducts(search: ProductSearch): Promise<void> {
    known.settleRootList(searchQuestion(search), await asking.products(search));
  }

  async function findTerms(terms: readonly string[]): Promise<void> {
    known.settleTermFinds(termsQuestion(terms), await asking.terms(terms));
  }

  async function findValue(question: ValueQuestion): Promise<void> {
    known.settleAnswer(valueQuestion(question), await asking.value(question));
  }

  return {
    async load(wanted) {
      const loading: Promise<Settled>[] = [];
      for (const search of wanted.searches.values())
        loading.push((products ??= each(searchQuestion, findProducts)).load(search));
      for (const terms of wanted.lookups.values())
        loading.push((lookups ??= each(termsQuestion, findTerms)).load(terms));
      for (const question of wanted.values.values())
        loading.push((values ??= each(valueQuestion, findValue)).load(question));
      for (const [key, read] of wanted.reads) loading.push(readings.load({ key, ...read }));
      for (const { question, parents } of wanted.questions.values()) {
        const loader = childrenOf(question);
        for (const parent of parents) loading.push(loader.load(parent));
      }
      await Promise.all(loading);
    },
  };
}

function allSettled(asked: readonly unknown[]): Settled[] {
  return Array.from<Settled>({ length: asked.length }).fill('settled');
}

/** Creates a loader for single requests. It sends them concurrently, and each one once. */
function each<Question>(
  nameOf: (question: Question) => string,
  settle: (question: Question) => Promise<void>,
): DataLoader<Question, Settled, string> {
  return new DataLoader<Question, Settled, string>(
    async (questions) => {
      await Promise.all(questions.map(settle));
      return allSettled(questions);
    },
    { cacheKeyFn: nameOf },
  );
}

/** Merges reads of the same key. The result is deep if any of them is. */
function unitedByKey(reads: readonly Read[]): Map<Key, RecordRead> {
  const byKey = new Map<Key, RecordRead>();
  for (const { key, deep, from } of reads) {
    const before = byKey.get(key);
    byKey.set(
      key,
      before ? { deep: before.deep || deep, from: new Set([...before.from, ...from]) } : { deep, from },
    );
  }
  return byKey;
}

/**
 * The error for a request to which a profile returned no result. Without this error, the request would be repeated
 * for ever.
 */
function unanswered(): PmsError {
  return new PmsError('INTERNAL_SERVER_ERROR', 'A question to the upstream was left without an answer.');
}
