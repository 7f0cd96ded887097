/** Reads records by id: many in one search if the upstream has a search by `_id`, otherwise one by one. */
import { isPmsError } from '../../../errors.js';
import type { ResourceType } from '../../../fhir/resources.js';
import { idOf, typeOf, type Key } from '../../graph/key.js';
import { isHeld, type Missing } from '../../known/known.js';
import { notSearchable, type Chunks } from './chunks.js';
import { unread } from '../pages.js';
import type { Operation } from '../profile.js';
import { refuseIfOthers, whyMissing } from '../reading.js';

export interface Reads {
  /**
   * Reads records of one type into `Known`.
   * @param missing receives the reason for each record that was not read
   */
  ofType(type: ResourceType, keys: readonly Key[], missing: Map<Key, Missing>): Promise<void>;
}

export function createReads(at: Operation, { eachChunk, searchToEnd }: Chunks): Reads {
  const { client, known, features } = at;
  return { ofType };

  async function ofType(type: ResourceType, keys: readonly Key[], missing: Map<Key, Missing>): Promise<void> {
    const [only] = keys;
    const isOne = keys.length === 1 && type === 'MedicinalProductDefinition' && features.has('read');
    if (isOne && only !== undefined && (await readOne(only, missing))) return;
    if (isReadByItself(type)) return readEach(await unseenOf(keys, missing), missing);
    await eachChunk(type, '_id', keys, async (chunk) => {
      const ids = new Set(chunk.map(idOf));
      const { pages, state } = await searchToEnd(type, '_id', chunk, (page) =>
        refuseIfOthers(type, ids, page),
      );
      for (const page of pages) for (const resource of page.resources) known.hold(resource, page);
      // The failed search has shown that the upstream does not support a search by `_id`.
      if (state.kind === 'failed' && isReadByItself(type))
        return readEach(await unseenOf(chunk, missing), missing);
      for (const key of chunk) if (!isHeld(known.reading(key))) missing.set(key, whyMissing(state));
    });
  }

  function isReadByItself(type: ResourceType): boolean {
    return !features.has(`search ${type}?_id`) && features.has('read');
  }

  /** Leaves out records that were in a product's bundle. They can be read with that bundle, but rarely by id. */
  async function unseenOf(keys: readonly Key[], missing: Map<Key, Missing>): Promise<readonly Key[]> {
    if (!features.has('everything')) return keys;
    const seen = await at.whereabouts.find(keys);
    for (const key of seen.keys()) missing.set(key, notSearchable(typeOf(key)));
    return keys.filter((key) => !seen.has(key));
  }

  /**
   * Reads records one by one if the upstream has no search by `_id`. A 404 does not prove that a record does not
   * exist, because the upstream may not support reads of this type by id.
   */
  async function readEach(keys: readonly Key[], missing: Map<Key, Missing>): Promise<void> {
    await Promise.all(
      keys.map(async (key) => {
        await readOne(key, missing);
        const isTold = typeOf(key) === 'MedicinalProductDefinition' && features.isProven('read');
        if (missing.get(key) === 'absent' && !isTold) missing.set(key, notSearchable(typeOf(key)));
      }),
    );
  }

  /**
   * Reads one record. Returns whether the result can be relied on: until a read by id has succeeded once, a 404
   * proves nothing.
   */
  async function readOne(key: Key, missing: Map<Key, Missing>): Promise<boolean> {
    try {
      const found = await client.read(typeOf(key), idOf(key));
      if (found) {
        known.hold(found.resource, found);
        if (typeOf(key) === 'MedicinalProductDefinition') features.note('read', 'seen');
      } else missing.set(key, 'absent');
      return found !== undefined || features.isProven('read');
    } catch (error) {
      if (!isPmsError(error)) throw error;
      missing.set(key, unread(error));
      return error.code !== 'UPSTREAM_UNSUPPORTED';
    }
  }
}
