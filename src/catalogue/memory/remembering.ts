/**
 * Wraps a profile with the record cache: fresh records and lists of earlier operations are not requested again. Children
 * are cached within the bundles of products if the profile has bundles, otherwise list by list.
 */
import { isForbidden } from '../../cache/freshness.js';
import { isPmsError } from '../../errors.js';
import type { Key } from '../graph/key.js';
import type { Bundled, Reverse } from '../graph/link.js';
import { completeRelation, type Relation } from '../graph/relation.js';
import { isHeld, type Missing } from '../known/known.js';
import type { RecordRead } from '../known/next-fetches.js';
import type { OperationAnswers } from '../profiles/operation-answers.js';
import { isKeys, isUnanswered, recall, recallAll, type Remembering } from './recall.js';
import { createRememberedBundles, isProduct, type RememberedBundles } from './remembered-bundles.js';
import { foundForTerms, foundProducts } from './remembered-finds.js';
import type { Age } from './shelf.js';

export function createRememberingProfile(inner: OperationAnswers, at: Remembering): OperationAnswers {
  const bundles = at.hasBundles ? createRememberedBundles(at) : undefined;
  return {
    products: (search) => foundProducts(inner, at, search),
    brings: (search) => inner.brings(search),
    terms: (terms) => foundForTerms(inner, at, terms),
    value: (question) => inner.value(question),
    children: (question, parents) =>
      bundles
        ? childrenInBundles(inner, at, bundles, question, parents)
        : childrenInLists(inner, at, question, parents),
    read: (reads) => readRecords(inner, at, bundles, reads),
  };
}

async function childrenInBundles(
  inner: OperationAnswers,
  { memory, asOf }: Remembering,
  bundles: RememberedBundles,
  question: Reverse | Bundled,
  parents: readonly Key[],
): Promise<Map<Key, Relation>> {
  const { bring } = bundles;
  const recallBundles = (products: readonly Key[], age: Age): Promise<ReadonlySet<Key>> =>
    recallAll(products, (product) => bundles.recall(product, age), bring && ((left) => bring(left, [], age)));
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

async function childrenInLists(
  inner: OperationAnswers,
  at: Remembering,
  question: Reverse | Bundled,
  parents: readonly Key[],
): Promise<Map<Key, Relation>> {
  const { memory, known, asOf } = at;
  const found = new Map<Key, Relation>();
  const left = await recallLists(at, question, parents, 'fresh', found);
  if (left.length === 0) return found;
  const asked = await inner.children(question, left);
  for (const [parent, relation] of asked) {
    found.set(parent, relation);
    // The index stores the list already, with the time of its fetch.
    if (known.bundlesWith(parent).some(({ isIndexed }) => isIndexed)) continue;
    if (relation.state.kind === 'complete' && relation.unresolved.length === 0)
      memory.keepList(listOf(question, parent), relation.refs, relation.refs, asOf());
  }
  const out = left.filter((parent) => isOut(asked.get(parent)));
  if (out.length > 0) await recallLists(at, question, out, 'any', found);
  return found;
}

function listOf({ asks }: Reverse | Bundled, parent: Key): string {
  return `${asks} of ${parent}`;
}

/** Loads the lists of children into `found`. Returns the parents whose lists are not cached. */
async function recallLists(
  at: Remembering,
  question: Reverse | Bundled,
  parents: readonly Key[],
  age: Age,
  found: Map<Key, Relation>,
): Promise<readonly Key[]> {
  const { elementsOf } = at;
  const { bring } = at.memory;
  const nameOf = (parent: Key): string => listOf(question, parent);
  const left = await recallAll(
    parents,
    (parent) => {
      const relation = recallList(at, nameOf(parent), age);
      if (relation) found.set(parent, relation);
      return relation !== undefined;
    },
    bring && ((of) => bring({ lists: of.map(nameOf), isList: isKeys, records: [], elementsOf, age })),
  );
  return [...left];
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

type Reads = ReadonlyMap<Key, RecordRead>;

/**
 * Reads records by id. That a record does not exist is cached for a short time too.
 * @param bundles the cached bundles; undefined if the profile has none
 */
async function readRecords(
  inner: OperationAnswers,
  at: Remembering,
  bundles: RememberedBundles | undefined,
  reads: Reads,
): Promise<Map<Key, Missing>> {
  const { memory, known, asOf, onHit } = at;
  const missing = new Map<Key, Missing>();
  const unknown = await recallAll(
    [...reads.keys()],
    (key) => {
      if (bundles && isProduct(key) && reads.get(key)?.deep) bundles.recall(key, 'fresh');
      if (recallRecord(at, bundles, key, 'fresh')) return true;
      const since = memory.absentSince(key);
      if (!since) return false;
      missing.set(key, 'absent');
      onHit(since);
      return true;
    },
    bringingRecords(at, bundles, reads, 'fresh'),
  );
  if (unknown.size === 0) return missing;
  const left = new Map([...reads].filter(([key]) => unknown.has(key)));
  for (const [key, why] of await inner.read(left)) {
    // Profiles return a reason for each requested key, even if its record arrived from elsewhere.
    if (isHeld(known.reading(key))) continue;
    missing.set(key, why);
    // The index stores the record already, with the time of its fetch.
    if (known.bundlesWith(key).some(({ isIndexed }) => isIndexed)) continue;
    if (why === 'absent' || (isPmsError(why) && isForbidden(why)))
      memory.forget(key, asOf(), why === 'absent');
  }
  const out = [...missing.keys()].filter((key) => isUnanswered(missing.get(key)));
  if (out.length > 0) {
    const recallOne = (key: Key): boolean => recallRecord(at, bundles, key, 'any');
    const lost = await recallAll(out, recallOne, bringingRecords(at, bundles, reads, 'any'));
    for (const key of out) if (!lost.has(key)) missing.delete(key);
  }
  bundles?.keep([...left.keys()].filter(isProduct));
  return missing;
}

/** Loads one record. With bundles, it is loaded with its product's bundle, which also has its children. */
function recallRecord(at: Remembering, bundles: RememberedBundles | undefined, key: Key, age: Age): boolean {
  if (!bundles || isProduct(key)) return recallAlone(at, key, age);
  const product = at.whereabouts.of(key);
  return product !== undefined && bundles.recall(product, age) && isHeld(at.known.reading(key));
}

function recallAlone(at: Remembering, key: Key, age: Age): boolean {
  const oldest = recall(at, [key], age);
  if (oldest) at.onHit(oldest);
  return oldest !== undefined;
}

/** Returns a function that copies records from the shared cache; undefined without a shared cache. */
function bringingRecords(
  { memory: { bring }, whereabouts, elementsOf }: Remembering,
  bundles: RememberedBundles | undefined,
  reads: Reads,
  age: Age,
): ((keys: readonly Key[]) => Promise<void>) | undefined {
  if (!bring) return undefined;
  return async (keys) => {
    if (!bundles) return bring({ lists: [], isList: isKeys, records: keys, elementsOf, age });
    const [products, others] = [keys.filter(isProduct), keys.filter((key) => !isProduct(key))];
    const deep = products.filter((key) => reads.get(key)?.deep);
    const owners = [...(await whereabouts.find(others)).values()];
    return bundles.bring?.([...new Set([...deep, ...owners])], products, age);
  };
}
