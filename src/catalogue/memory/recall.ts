/**
 * Copies records and lists from the cache into one operation, if they are fresh enough. A list is copied with all of
 * its records, or not at all.
 */
import { isOutage, isPmsError, type ErrorCode } from '../../errors.js';
import type { FhirResource } from '../../fhir/resources.js';
import { typeOf, type Key } from '../graph/key.js';
import type { Origin } from '../known/known.js';
import type { Operation } from '../profiles/profile.js';
import type { Whereabouts } from '../upstream/whereabouts.js';
import type { Memory } from './memory.js';
import type { Age } from './shelf.js';

/** An operation, with the cache that it uses. */
export interface Remembering extends Pick<Operation, 'known' | 'elementsOf' | 'features'> {
  readonly memory: Memory;
  readonly whereabouts: Whereabouts;
  /**
   * Whether lists come from the `$everything` bundles of products. If so, whole bundles are cached, and no single
   * lists.
   */
  readonly hasBundles: boolean;
  /** Returns when the upstream sent the oldest response that this operation uses. */
  readonly asOf: () => Date;
  /** Called for each list and record that the cache supplies, with the time when the upstream sent it. */
  readonly onHit: (asOf: Date) => void;
}

/**
 * Copies records from the cache into `known`. If one of them is not cached, none is copied.
 * @param asOf when the upstream sent the list of these records
 * @returns when the upstream sent the oldest of these records; undefined if none was copied
 */
export function recall(
  { memory, known, elementsOf }: Remembering,
  keys: readonly Key[],
  age: Age,
  asOf = new Date(),
): Date | undefined {
  let oldest = asOf;
  const all: { readonly resource: FhirResource; readonly origin: Origin }[] = [];
  for (const key of keys) {
    const { resource, origin } = memory.record(key, elementsOf(typeOf(key)), age) ?? {};
    if (!resource || !origin) return undefined;
    all.push({ resource, origin });
    if (origin.fetchedAt < oldest) oldest = origin.fetchedAt;
  }
  for (const { resource, origin } of all) known.hold(resource, origin);
  return oldest;
}

/**
 * Loads items from this process's cache, then from the shared cache. Returns the items that neither has.
 * @param recallOne loads an item from this process's cache; returns whether it did
 * @param bring copies items from the shared cache; undefined without a shared cache
 */
export async function recallAll<Each>(
  wanted: readonly Each[],
  recallOne: (each: Each) => boolean,
  bring: ((left: readonly Each[]) => Promise<void>) | undefined,
): Promise<ReadonlySet<Each>> {
  const left = wanted.filter((each) => !recallOne(each));
  if (left.length === 0 || !bring) return new Set(left);
  await bring(left);
  return new Set(left.filter((each) => !recallOne(each)));
}

export function isKeys(list: unknown): list is readonly Key[] {
  return Array.isArray(list) && list.every((key) => typeof key === 'string');
}

/**
 * Whether an older cached copy is better than this outcome, because the upstream is down, or because this operation
 * had no requests left.
 */
export function isUnanswered(outcome: unknown): boolean {
  return isOutage(outcome) || (isPmsError(outcome) && unasked.has(outcome.code));
}

const unasked: ReadonlySet<ErrorCode> = new Set([
  'OVERLOADED',
  'UPSTREAM_BUDGET_EXCEEDED',
  'UPSTREAM_INCOMPLETE',
]);
