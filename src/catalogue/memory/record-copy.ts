/** Copies of one record, wide and narrow, of one version or of two: which of them counts, and what they are together. */
import { isReadable } from '../../fhir/bundle.js';
import { asSent, guarded } from '../../fhir/guarded.js';
import type { FhirResource } from '../../fhir/resources.js';
import { keyOf, type Key } from '../graph/key.js';
import type { Held, Origin } from '../known/known.js';
import type { Remembered } from './shared-memory.js';

/** A record's copy; its value is what is held of it, or empty where the upstream no longer gives it. */
export interface CopyOfRecord extends Remembered {
  readonly key: Key;
}

/** What stands for a record that the upstream no longer gives. */
export const gone = { isGone: true };

export function isGone({ value }: Remembered): boolean {
  return 'isGone' in value;
}

/** What is told of a record beside it. */
interface SharedRecord {
  readonly resource: FhirResource;
  readonly url: string;
}

/** As other replicas are told of it. */
export function told({ value, ...others }: CopyOfRecord): Remembered {
  const { resource, origin } = value as Held;
  return { ...others, value: { resource, url: origin?.url ?? '' } satisfies SharedRecord };
}

/** Undefined for what no program of this kind has written. */
export function copyOf({ value, asOf, elements }: Remembered): CopyOfRecord | undefined {
  const { resource, url } = value as Partial<SharedRecord>;
  if (!isReadable(resource) || typeof url !== 'string') return undefined;
  const held: Held = { resource, origin: originOf(url, new Date(asOf), elements) };
  return { key: keyOf(resource), value: held, asOf, elements };
}

/** @param elements all that it has for certain; undefined of a whole one */
export function originOf(url: string, fetchedAt: Date, elements: readonly string[] | undefined): Origin {
  return { url, fetchedAt, stale: false, isNarrow: elements !== undefined };
}

interface Joined {
  /** The newest, with as much as is known of its version. */
  readonly record: CopyOfRecord;
  /** What it does not cover, of an older version. */
  readonly wider?: CopyOfRecord;
}

/**
 * Two copies of one record. Of one version they are one copy, as wide as both and as young as the younger, which has
 * confirmed the other: no question costs what another has brought. Of two versions, or where that cannot be told, the
 * younger counts, and the wider is kept for the time when nothing better is to be had.
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

/** What is to stand where `stored` stands, and beside it. */
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
    ...(record === a ? [] : [[name, told(record)] as [string, Remembered]]),
    ...(wider ? [[widerName(name), told(wider)] as [string, Remembered]] : []),
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

/** Whether a copy with some elements has all that are needed; a whole one always has. */
export function covers(has: readonly string[] | undefined, needed: readonly string[] | undefined): boolean {
  if (has === undefined) return true;
  if (needed === undefined) return false;
  return needed.every((element) => has.includes(element));
}

/** Of a record's name: where a copy is that the newest does not cover, for want of anything better. */
export function widerName(name: string): string {
  return `wider ${name}`;
}
