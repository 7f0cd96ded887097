/**
 * Recalls records and lists from memory for one operation, if they are young enough. Recalls a list with all of its
 * records, or not at all.
 */
import { isOutage, isPmsError, type ErrorCode } from '../../errors.js';
import type { FhirResource } from '../../fhir/resources.js';
import { typeOf, type Key } from '../graph/key.js';
import type { Origin } from '../known/known.js';
import type { Operation } from '../profiles/profile.js';
import type { Whereabouts } from '../upstream/whereabouts.js';
import type { Memory } from './memory.js';
import type { Age } from './shelf.js';

/** An operation with the memory that it uses. */
export interface Remembering extends Pick<Operation, 'known' | 'elementsOf' | 'features'> {
  readonly memory: Memory;
  readonly whereabouts: Whereabouts;
  /** Whether lists are found in the bundles of products. Then bundles are remembered, and no single lists. */
  readonly hasBundles: boolean;
  /** Returns when the oldest answer was read that this operation uses. */
  readonly asOf: () => Date;
  /** Called for each list and record that needs no request, with the time of its reading. */
  readonly onHit: (asOf: Date) => void;
}

/**
 * Copies records from memory into `known`.
 * @param asOf of the list that they are in
 * @returns when the oldest of all was read; undefined where one is not in memory, and then none is copied
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
 * Recalls items from this process, and then from other replicas. Returns the items that neither remembers.
 * @param recallOne recalls an item from this process; returns whether it did
 */
export async function recallAll<Each>(
  wanted: readonly Each[],
  recallOne: (each: Each) => boolean,
  bring: (left: readonly Each[]) => Promise<boolean>,
): Promise<ReadonlySet<Each>> {
  const left = wanted.filter((each) => !recallOne(each));
  if (left.length === 0 || !(await bring(left))) return new Set(left);
  return new Set(left.filter((each) => !recallOne(each)));
}

export function isKeys(list: unknown): list is readonly Key[] {
  return Array.isArray(list) && list.every((key) => typeof key === 'string');
}

/**
 * Whether an outcome is no answer, so that an older answer is better: the upstream gave none, or this operation had no
 * requests left.
 */
export function isUnanswered(outcome: unknown): boolean {
  return isOutage(outcome) || (isPmsError(outcome) && unasked.has(outcome.code));
}

const unasked: ReadonlySet<ErrorCode> = new Set([
  'OVERLOADED',
  'UPSTREAM_BUDGET_EXCEEDED',
  'UPSTREAM_INCOMPLETE',
]);
