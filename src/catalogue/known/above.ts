/** Leads from the records that a search found up to the products that they belong to. */
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

/** The products that a record belongs to; undefined while something has yet to be fetched, which is then asked for. */
export function productsAbove(key: Key, known: Known, ask: Fetches): Relation | undefined {
  if (typeOf(key) === productType) return completeRelation([key]);
  const link = upward[typeOf(key)];
  if (!link) return nothing;
  const parents = follow(link, key, known, ask);
  // What an item is in, is searched for; the others say it themselves.
  const toRead = parents?.refs.filter((parent) => typeOf(parent) !== 'ManufacturedItemDefinition') ?? [];
  if (!parents || !haveRead(toRead, known, ask, false, key)) return undefined;
  const reached = parents.refs.map((parent) => above(parent, known, ask));
  if (reached.some((relation) => !relation)) return undefined;
  const all = unite([{ ...parents, refs: [] }, ...reached.flatMap((relation) => relation ?? [])]);
  // An item that lies deep in its packaging is found by no search.
  const isLost = typeOf(key) === 'ManufacturedItemDefinition' && parents.refs.length === 0;
  return isLost && all.state.kind === 'complete' ? cutRelation([], 'OUT_OF_REACH') : all;
}

/**
 * Returns the products that a record belongs to, before they are read, so that some may not exist; undefined while the
 * records between are not known.
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
