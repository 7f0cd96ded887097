/**
 * Caches the children of records. If the profile reads bundles, they are cached within the bundles of products,
 * otherwise as single lists.
 */
import { isForbidden } from '../../cache/freshness.js';
import type { Key } from '../graph/key.js';
import type { Bundled, Reverse } from '../graph/link.js';
import { completeRelation, type Relation } from '../graph/relation.js';
import type { OperationAnswers } from '../profiles/operation-answers.js';
import type { Age } from './shelf.js';
import { isKeys, isUnanswered, recall, recallAll, type Remembering } from './recall.js';
import { isProduct, type RememberedBundles } from './remembered-bundles.js';

export async function childrenInBundles(
  inner: OperationAnswers,
  { memory, asOf }: Remembering,
  bundles: RememberedBundles,
  question: Reverse | Bundled,
  parents: readonly Key[],
): Promise<Map<Key, Relation>> {
  const recallBundles = (products: readonly Key[], age: Age): Promise<ReadonlySet<Key>> =>
    recallAll(
      products,
      (product) => bundles.recall(product, age),
      (left) => bundles.bring(left, [], age),
    );
  const products = parents.filter(isProduct);
  await recallBundles(products, 'fresh');
  const found = new Map(await inner.children(question, parents));
  bundles.keep(products);
  for (const [parent, { state }] of found)
    if (state.kind === 'failed' && isForbidden(state.error)) memory.forget(parent, asOf(), false);
  const out = parents.filter((parent) => isOut(found.get(parent)));
  const lost = await recallBundles(out, 'any');
  const older = out.filter((parent) => !lost.has(parent));
  if (older.length === 0) return found;
  for (const [parent, relation] of await inner.children(question, older)) found.set(parent, relation);
  return found;
}

export async function childrenInLists(
  inner: OperationAnswers,
  at: Remembering,
  question: Reverse | Bundled,
  parents: readonly Key[],
): Promise<Map<Key, Relation>> {
  const { memory, known, elementsOf, asOf } = at;
  const found = new Map<Key, Relation>();
  const nameOf = (parent: Key): string => `${question.asks} of ${parent}`;
  const recallLists = (of: readonly Key[], age: Age): Promise<ReadonlySet<Key>> =>
    recallAll(
      of,
      (parent) => {
        const relation = recallList(at, nameOf(parent), age);
        if (relation) found.set(parent, relation);
        return relation !== undefined;
      },
      (left) => memory.bring({ lists: left.map(nameOf), isList: isKeys, records: [], elementsOf, age }),
    );
  const left = [...(await recallLists(parents, 'fresh'))];
  if (left.length === 0) return found;
  const asked = await inner.children(question, left);
  for (const [parent, relation] of asked) {
    found.set(parent, relation);
    // The index already stores the list, with the time when the upstream sent it.
    if (known.bundlesWith(parent).some(({ isIndexed }) => isIndexed)) continue;
    if (relation.state.kind === 'complete' && relation.unresolved.length === 0)
      memory.keepList(nameOf(parent), relation.refs, relation.refs, asOf());
  }
  await recallLists(
    left.filter((parent) => isOut(asked.get(parent))),
    'any',
  );
  return found;
}

function recallList(at: Remembering, name: string, age: Age): Relation | undefined {
  const kept = at.memory.list<readonly Key[]>(name, age);
  const oldest = kept && recall(at, kept.list, age, kept.asOf);
  if (!kept || !oldest) return undefined;
  at.onHit(oldest);
  return completeRelation(kept.list, kept.staleSince);
}

function isOut(relation: Relation | undefined): boolean {
  if (relation?.state.kind === 'cut')
    return relation.state.reason === 'BUDGET' || relation.state.reason === 'TIME';
  return relation?.state.kind === 'failed' && isUnanswered(relation.state.error);
}
