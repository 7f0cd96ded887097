/**
 * Finds products that are in the index, but not in a complete listing. Only a read by id can show that such a product
 * no longer exists.
 */
import { isPmsError } from '../errors.js';
import type { FhirClient } from '../fhir/client.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { Listing } from './standing.js';
import type { ReadOptions } from './read.js';
import { isPassing } from './setbacks.js';
import { chunksOf } from './sort-out.js';

export interface Suspects {
  /** Products that must be read by id. */
  readonly doubted: readonly string[];
  /** The number of products that were not listed, but were read after the listing began, so that they exist. */
  readonly seen: number;
}

const atOnce = 500;

export async function suspectsOf(
  { ids: listed, asOf }: Pick<Listing, 'ids' | 'asOf'>,
  index: Pick<SearchIndex, 'ids' | 'rows'>,
): Promise<Suspects> {
  const lacking = (await index.ids()).filter((id) => !listed.has(id));
  const doubted: string[] = [];
  for (const chunk of chunksOf(lacking, atOnce)) {
    const rows = await index.rows(chunk);
    doubted.push(...chunk.filter((id) => (rows.get(id)?.asOf ?? 0) < asOf));
  }
  return { doubted, seen: lacking.length - doubted.length };
}

/** Reads the product records by id. This is done if the details of products cannot be read. */
export async function confirmGone(
  ids: readonly string[],
  options: Pick<ReadOptions, 'index' | 'pace' | 'signal' | 'setbacks' | 'onOutcome' | 'onRequests'> & {
    readonly client: Pick<FhirClient, 'read'>;
  },
): Promise<void> {
  const { client, index, pace, signal, setbacks, onOutcome, onRequests } = options;
  for (const id of ids) {
    await pace.turn(signal);
    if (signal.aborted) return;
    onRequests(1);
    try {
      const found = await client.read('MedicinalProductDefinition', id, { signal, cache: 'no-store' });
      setbacks.forget();
      if (!found) await index.putGone(id, new Date());
      onOutcome(id, found ? 'read' : 'gone');
    } catch (error) {
      if (signal.aborted) return;
      if (!isPmsError(error) || error.code === 'INDEX_UNAVAILABLE') throw error;
      onOutcome(id, 'failed');
      if (isPassing(error)) await setbacks.pause(error);
      else setbacks.note(error);
    }
  }
}
