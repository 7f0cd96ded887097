/** Takes over from memory what one operation wants, as old as it may be: with all that it needs of it, or not at all. */
import { isOutage, isPmsError, type ErrorCode } from '../../errors.js';
import type { FhirResource } from '../../fhir/resources.js';
import { typeOf, type Key } from '../graph/key.js';
import type { Origin } from '../known/known.js';
import type { Operation } from '../profiles/profile.js';
import type { Whereabouts } from '../upstream/whereabouts.js';
import type { Memory } from './memory.js';
import type { Age } from './shelf.js';

/** An operation, and the memory that it goes by. */
export interface Remembering extends Pick<Operation, 'known' | 'elementsOf' | 'features'> {
  readonly memory: Memory;
  readonly whereabouts: Whereabouts;
  /** Whether lists are found in the bundles of products: then these are remembered, and no list by itself. */
  readonly hasBundles: boolean;
  /** When the oldest answer was read that this operation goes by. */
  readonly asOf: () => Date;
  /** Told of each list and record that needs no request, and when it was read. */
  readonly onHit: (asOf: Date) => void;
}

/**
 * Takes records over from memory.
 * @param asOf of the list that they are in
 * @returns when the oldest of all was read; undefined where one of them is not there, and then none is taken
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
 * Of what is wanted, what neither this process nor another replica remembers.
 * @param recallOne whether this process did
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

/** An older answer is better than none: where there was none, or this operation had nothing left to ask with. */
export function isUnanswered(outcome: unknown): boolean {
  return isOutage(outcome) || (isPmsError(outcome) && unasked.has(outcome.code));
}

const unasked: ReadonlySet<ErrorCode> = new Set([
  'OVERLOADED',
  'UPSTREAM_BUDGET_EXCEEDED',
  'UPSTREAM_INCOMPLETE',
]);
