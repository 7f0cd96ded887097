/** Compares and merges two copies of one record. The copies may have different elements or different versions. */
import { isReadable } from '../../fhir/bundle.js';
import { asSent, guarded } from '../../fhir/guarded.js';
import type { FhirResource } from '../../fhir/resources.js';
import { keyOf, type Key } from '../graph/key.js';
import type { Held, Origin } from '../known/known.js';
import type { Remembered } from './shared-memory.js';

/** A copy of a record. Its value is a `Held`, or `gone` if the upstream no longer serves the record. */
export interface CopyOfRecord extends Remembered {
  readonly key: Key;
}

/** The value for a record that the upstream no longer serves. */
export const gone = { isGone: true };

export function isGone({ value }: Remembered): boolean {
  return 'isGone' in value;
}

/** A record in the shared cache, with the URL of the response that contained it. */
interface SharedRecord {
  readonly resource: FhirResource;
  readonly url: string;
}

/** Converts a copy to the form that the shared cache stores. */
export function sharedForm({ value, ...others }: CopyOfRecord): Remembered {
  const { resource, origin } = value as Held;
  return { ...others, value: { resource, url: origin?.url ?? '' } satisfies SharedRecord };
}

/** Parses a copy from the shared cache; returns undefined if it has an unknown form. */
export function copyOf({ value, asOf, elements }: Remembered): CopyOfRecord | undefined {
  const { resource, url } = value as Partial<SharedRecord>;
  if (!isReadable(resource) || typeof url !== 'string') return undefined;
  const held: Held = { resource, origin: originOf(url, new Date(asOf), elements) };
  return { key: keyOf(resource), value: held, asOf, elements };
}

/** @param elements the elements that the copy certainly has; undefined for a whole record */
export function originOf(url: string, fetchedAt: Date, elements: readonly string[] | undefined): Origin {
  return { url, fetchedAt, stale: false, isNarrow: elements !== undefined };
}

interface Joined {
  /** The newest copy, with all elements of this version that were read. */
  readonly record: CopyOfRecord;
  /** A copy of an older version that has elements which the newest copy lacks. */
  readonly wider?: CopyOfRecord;
}

/**
 * Merges two copies of one record. If both have the same version, the result has the elements of both and the age of
 * the newer copy. So a request with other `_elements` never loses cached elements. If the versions differ or are
 * unknown, the newer copy is used. The copy with more elements is stored too, for times when the upstream is down.
 */
export function join(a: CopyOfRecord, b: CopyOfRecord): Joined {
  const [older, newer] = a.asOf <= b.asOf ? [a, b] : [b, a];
  if (isGone(newer) || isGone(older) || covers(newer.elements, older.elements)) return { record: newer };
  const [held, added] = [older.value as Held, newer.value as Held];
  if (!isOneVersion(held.resource, added.resource)) return { record: newer, wider: older };
  const resource = guarded({ ...asSent(held.resource), ...asSent(added.resource) } as FhirResource);
  const elements =
    older.elements && newer.elements ? [...new Set([...older.elements, ...newer.elements])] : undefined;
  const origin = added.origin && { ...added.origin, isNarrow: elements !== undefined };
  return { record: { key: newer.key, value: { resource, origin }, asOf: newer.asOf, elements } };
}

/** Merges a new copy with the stored copy. Returns the copies to store, by their names in the cache. */
export function joinTold(
  name: string,
  stored: Remembered,
  added: Remembered,
): readonly [string, Remembered][] {
  if (isGone(stored)) return added.asOf >= stored.asOf ? [[name, added]] : [];
  const [a, b] = [copyOf(stored), copyOf(added)];
  if (!a || !b || a.key !== b.key) return [[name, added]];
  const { record, wider } = join(a, b);
  return [
    ...(record === a ? [] : [[name, sharedForm(record)] as [string, Remembered]]),
    ...(wider ? [[widerName(name), sharedForm(wider)] as [string, Remembered]] : []),
  ];
}

function isOneVersion(a: FhirResource, b: FhirResource): boolean {
  const [one, other] = [asSent(a).meta, asSent(b).meta];
  return (
    one?.versionId !== undefined &&
    one.versionId === other?.versionId &&
    one.lastUpdated === other.lastUpdated
  );
}

/** Whether a copy with the elements `has` contains all elements in `needed`. A whole record contains all elements. */
export function covers(has: readonly string[] | undefined, needed: readonly string[] | undefined): boolean {
  if (has === undefined) return true;
  if (needed === undefined) return false;
  return needed.every((element) => has.includes(element));
}

/**
 * Returns the name in the cache for an older copy that has elements which the newest copy lacks. The older copy is
 * used while the upstream is down.
 */
export function widerName(name: string): string {
  return `wider ${name}`;
}
