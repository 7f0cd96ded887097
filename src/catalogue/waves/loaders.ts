/**
 * One DataLoader for each upstream search. If several parents need a search, the search is sent once for all of them.
 */
import DataLoader from 'dataloader';
import { PmsError } from '../../errors.js';
import { groupBy } from '../graph/group.js';
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

  const readings = new DataLoader<Read, Settled, string>(
    async (reads) => {
      const byKey = groupBy(reads, ({ key }) => key);
      const missing = await asking.read(new Map([...byKey].map(([key, same]) => [key, united(same)])));
      for (const [key, why] of missing) known.settleReading(key, why);
      return reads.map(({ key }) => {
        if (known.reading(key) === undefined) known.settleReading(key, unanswered());
        return 'settled';
      });
    },
    { cacheKeyFn: ({ key, deep }) => (deep ? `${key} deep` : key) },
  );

  const products = each(searchQuestion, async (search: ProductSearch) =>
    known.settleRootList(searchQuestion(search), await asking.products(search)),
  );
  const lookups = each(termsQuestion, async (terms: readonly string[]) =>
    known.settleTermFinds(termsQuestion(terms), await asking.terms(terms)),
  );
  const values = each(valueQuestion, async (question: ValueQuestion) =>
    known.settleAnswer(valueQuestion(question), await asking.value(question)),
  );

  function childrenOf(question: Reverse | Bundled): DataLoader<Key, Settled> {
    const name = question.asks;
    const loader =
      children.get(name) ??
      new DataLoader<Key, Settled>(async (parents) => {
        const found = await asking.children(question, parents);
        return parents.map((parent) => {
          known.settleChildren(name, parent, found.get(parent) ?? failedRelation(unanswered()));
          return 'settled';
        });
      });
    children.set(name, loader);
    return loader;
  }

  return {
    async load({ questions, reads, searches, lookups: terms, values: asked }) {
      await Promise.all([
        ...[...searches.values()].map((search) => products.load(search)),
        ...[...terms.values()].map((some) => lookups.load(some)),
        ...[...asked.values()].map((question) => values.load(question)),
        ...[...reads].map(([key, read]) => readings.load({ key, ...read })),
        ...[...questions.values()].flatMap(({ question, parents }) => {
          const loader = childrenOf(question);
          return [...parents].map((parent) => loader.load(parent));
        }),
      ]);
    },
  };
}

/**
 * Creates a loader for requests that cannot be combined. It sends them at the same time, and equal requests only
 * once.
 */
function each<Question>(
  nameOf: (question: Question) => string,
  settle: (question: Question) => Promise<void>,
): DataLoader<Question, Settled, string> {
  return new DataLoader<Question, Settled, string>(
    (questions) =>
      Promise.all(
        questions.map(async (question): Promise<Settled> => {
          await settle(question);
          return 'settled';
        }),
      ),
    { cacheKeyFn: nameOf },
  );
}

/**
 * Merges several reads of the same key. If links are followed from the record in one of them, the same applies to the
 * merged read.
 */
function united(reads: readonly Read[]): RecordRead {
  const [only] = reads;
  if (only && reads.length === 1) return only;
  return {
    deep: reads.some(({ deep }) => deep),
    from: new Set(reads.flatMap(({ from }) => [...from])),
  };
}

/**
 * The error for a request to which a profile returned no result. Without this error, the request would be repeated
 * for ever.
 */
function unanswered(): PmsError {
  return new PmsError('INTERNAL_SERVER_ERROR', 'A question to the upstream was left without an answer.');
}
