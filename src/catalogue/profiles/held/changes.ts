/** Reads the changes of products from the index, with the product records that the index has. */
import { PmsError } from '../../../errors.js';
import { resourceKey } from '../../../fhir/reference.js';
import type { ChangesFound, ChangesQuery } from '../../../search-index/changes/change.js';
import { mustRefetchMessage } from '../../../search-index/changes/must-refetch.js';
import type { ClientIndex } from '../../../search-index/search-index.js';
import { complete, type State } from '../../graph/relation.js';
import { isHeld, type Known, type ValuePage } from '../../known/known.js';
import type { BringRows } from './bring.js';

export interface ChangesOptions {
  readonly index: Pick<ClientIndex, 'changes' | 'current'>;
  readonly known: Known;
  readonly bringRows: BringRows;
  /** Whether the index contains all products of the upstream. */
  readonly isWhole: () => boolean;
  readonly oldSince: () => Date | undefined;
}

/**
 * Returns a page of changes.
 * @throws BAD_CURSOR if changes after the cursor may be missing
 */
export async function findChanges(
  query: ChangesQuery,
  { index, known, bringRows, isWhole, oldSince }: ChangesOptions,
): Promise<ValuePage> {
  const found = await index.changes(query);
  await index.current();
  const { rows, hasNext, total, head, mustRefetch } = found;
  if (mustRefetch) throw new PmsError('BAD_CURSOR', mustRefetchMessage(mustRefetch));
  const keyed = rows.map((change) => ({
    change,
    key: resourceKey('MedicinalProductDefinition', change.productId),
  }));
  await bringRows([...new Set(keyed.flatMap(({ key, change }) => (change.kind === 'GONE' ? [] : [key])))]);
  const state = stateOf(query, found, isWhole());
  return {
    kind: 'page',
    rows: keyed.map(({ change, key }) => ({
      // No links are followed from a product that the index does not have any more.
      key: isHeld(known.reading(key)) ? key : '',
      value: change,
      place: { handle: head.handle, offset: change.offset },
    })),
    hasNext,
    total: state.kind === 'complete' ? (total ?? null) : null,
    state,
    staleSince: oldSince(),
  };
}

/** A list is incomplete if changes may have happened that the index does not know, or has deleted. */
function stateOf({ since, after }: ChangesQuery, { recordedSince }: ChangesFound, isWhole: boolean): State {
  if (!after && since !== undefined && since < recordedSince)
    return {
      kind: 'cut',
      reason: 'NOT_ALL_HELD',
      message: `The index has the changes since ${new Date(recordedSince).toISOString()}. For the time before, fetch all products.`,
    };
  return isWhole ? complete : { kind: 'cut', reason: 'NOT_ALL_HELD' };
}
