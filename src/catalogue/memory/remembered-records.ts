/** Caches records that were read by id. Also caches, for a short time, that a record does not exist. */
import { isPmsError } from '../../errors.js';
import { isForbidden } from '../../cache/freshness.js';
import type { Key } from '../graph/key.js';
import { isHeld, type Missing } from '../known/known.js';
import type { RecordRead } from '../known/next-fetches.js';
import type { OperationAnswers } from '../profiles/operation-answers.js';
import type { Age } from './shelf.js';
import { isKeys, isUnanswered, recall, recallAll, type Remembering } from './recall.js';
import { isProduct, type RememberedBundles } from './remembered-bundles.js';

type Reads = ReadonlyMap<Key, RecordRead>;

/** @param bundles the cached bundles; undefined if the profile reads no bundles */
export async function readRecords(
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
    (left) => bringRecords(at, bundles, left, reads, 'fresh'),
  );
  if (unknown.size === 0) return missing;
  const left = new Map([...reads].filter(([key]) => unknown.has(key)));
  for (const [key, why] of await inner.read(left)) {
    // Profiles return a reason for each requested key, even if the record arrived from another source.
    if (isHeld(known.reading(key))) continue;
    missing.set(key, why);
    // The index already stores the record, with the time when the upstream sent it.
    if (known.bundlesWith(key).some(({ isIndexed }) => isIndexed)) continue;
    if (why === 'absent' || (isPmsError(why) && isForbidden(why)))
      memory.forget(key, asOf(), why === 'absent');
  }
  const out = [...missing].flatMap(([key, why]) => (isUnanswered(why) ? [key] : []));
  const lost = await recallAll(
    out,
    (key) => recallRecord(at, bundles, key, 'any'),
    (keys) => bringRecords(at, bundles, keys, reads, 'any'),
  );
  for (const key of out) if (!lost.has(key)) missing.delete(key);
  bundles?.keep([...left.keys()].filter(isProduct));
  return missing;
}

/**
 * Copies one record from the cache. If the profile reads bundles, the record is copied with its product's bundle,
 * which also contains its children.
 */
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

async function bringRecords(
  { memory, whereabouts, elementsOf }: Remembering,
  bundles: RememberedBundles | undefined,
  keys: readonly Key[],
  reads: Reads,
  age: Age,
): Promise<boolean> {
  if (!bundles) return memory.bring({ lists: [], isList: isKeys, records: keys, elementsOf, age });
  const [products, others] = [keys.filter(isProduct), keys.filter((key) => !isProduct(key))];
  const deep = products.filter((key) => reads.get(key)?.deep);
  const owners = [...(await whereabouts.find(others)).values()];
  return bundles.bring([...new Set([...deep, ...owners])], products, age);
}
