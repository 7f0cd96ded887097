/** Finds the products that records belong to, by following links upward from the records that a search found. */
import { PmsError } from '../../errors.js';
import { fetchNothing, follow, haveRead, type Fetches } from './follow.js';
import { typeOf, type Key } from '../graph/key.js';
import { isHeld, type Known } from './known.js';
import { upward } from '../graph/links.js';
import {
  completeRelation,
  cutRelation,
  failedRelation,
  nothing,
  unite,
  type Relation,
} from '../graph/relation.js';

const productType = 'MedicinalProductDefinition';

/**
 * Returns the products that a record belongs to; undefined while records must still be fetched. The function `ask`
 * requests these records.
 */
export function productsAbove(key: Key, known: Known, ask: Fetches): Relation | undefined {
  if (typeOf(key) === productType) return completeRelation([key]);
  const link = upward[typeOf(key)];
  if (!link) return nothing;
  const parents = follow(link, key, known, ask);
  // The parents of an item are found by a search with the item's id, so the item itself is not read. Other record types
  // state their parents themselves, so they are read.
  const toRead = parents?.refs.filter((parent) => typeOf(parent) !== 'ManufacturedItemDefinition') ?? [];
  if (!parents || !haveRead(toRead, known, ask, false, key)) return undefined;
  const reached = parents.refs.map((parent) => above(parent, known, ask));
  if (reached.some((relation) => !relation)) return undefined;
  const all = unite([{ ...parents, refs: [] }, ...reached.flatMap((relation) => relation ?? [])]);
  // No search finds the package that contains an item in its inner packaging.
  const isLost = typeOf(key) === 'ManufacturedItemDefinition' && parents.refs.length === 0;
  return isLost && all.state.kind === 'complete' ? cutRelation([], 'OUT_OF_REACH') : all;
}

/**
 * Returns the keys of the products that a record belongs to, even if these products are unread or do not exist.
 * Returns undefined if a record between the two is unread.
 */
export function productsNamed(key: Key, known: Known): readonly Key[] | undefined {
  if (typeOf(key) === productType) return [key];
  const link = upward[typeOf(key)];
  if (!link) return [];
  const named = follow(link, key, known, fetchNothing)?.refs.map((parent) => productsNamed(parent, known));
  return !named || named.includes(undefined) ? undefined : named.flatMap((keys) => keys ?? []);
}

function above(parent: Key, known: Known, ask: Fetches): Relation | undefined {
  const reading = known.reading(parent);
  if (reading instanceof PmsError) return failedRelation(reading);
  const isNowhere = reading !== undefined && !isHeld(reading);
  return isNowhere ? nothing : productsAbove(parent, known, ask);
}
