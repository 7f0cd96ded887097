/** Computes a hash for each part of a product, so that a later copy shows which parts have changed. */
import { hash } from 'node:crypto';
import { asSent } from '../../fhir/guarded.js';
import type { FhirResource } from '../../fhir/resources.js';
import { changedParts, type ChangedPart } from './change.js';

/**
 * The hashes of a product's parts, by name. Only hashes with equal names can be compared. A name states the part and
 * where it was read, because `$everything` and searches return different sets of records. Parts that were not read are
 * missing.
 */
export type PartHashes = Readonly<Record<string, string>>;

/** Must be increased whenever hashes are computed differently. Hashes of another version are not compared. */
const version = 1;

/** The elements of the product's own record that belong to a part. All others belong to OTHER. */
const ownElements: Readonly<Partial<Record<ChangedPart, readonly string[]>>> = {
  NAME: ['name'],
  STATUS: ['status', 'statusDate', 'marketingStatus'],
};

/** The types of records that belong to a part. All others belong to OTHER. */
const partsOfTypes: Readonly<Record<string, ChangedPart>> = {
  PackagedProductDefinition: 'PACKAGES',
  ManufacturedItemDefinition: 'PACKAGES',
  Ingredient: 'INGREDIENTS',
  SubstanceDefinition: 'INGREDIENTS',
  RegulatedAuthorization: 'AUTHORIZATIONS',
};

/** Returns the hashes of the parts that the product's own record states. */
export function ownHashes(product: FhirResource): PartHashes {
  const { name, status, statusDate, marketingStatus, ...others } = contentOf(product);
  const elements: Readonly<Record<string, unknown>> = { name, status, statusDate, marketingStatus };
  const hashes = Object.entries(ownElements).map(([part, names]) => [
    nameOf('own', part),
    hashOf(names.map((each) => textOf(elements[each]))),
  ]);
  return { ...Object.fromEntries(hashes), [nameOf('own', 'OTHER')]: hashOf([textOf(others)]) };
}

/**
 * Returns the hashes of the records that belong to a product. Their order does not count.
 * @param way how the records were read
 */
export function restHashes(records: readonly unknown[], way: 'bundle' | 'searches'): PartHashes {
  const texts = new Map<ChangedPart, string[]>(
    changedParts.filter((part) => !ownElements[part]).map((part) => [part, []]),
  );
  for (const record of records) {
    const content = contentOf(record);
    texts.get(partsOfTypes[String(content['resourceType'])] ?? 'OTHER')?.push(textOf(content));
  }
  return Object.fromEntries([...texts].map(([part, each]) => [nameOf(way, part), hashOf(each.sort())]));
}

/** Returns the parts that both copies state, and that differ. */
export function partsThatDiffer(before: PartHashes, now: PartHashes): readonly ChangedPart[] {
  const differing = new Set(
    Object.keys(now).flatMap((name) =>
      before[name] === undefined || before[name] === now[name] ? [] : [name.slice(name.lastIndexOf(' ') + 1)],
    ),
  );
  return changedParts.filter((part) => differing.has(part));
}

function nameOf(place: string, part: string): string {
  return `${version} ${place} ${part}`;
}

type Content = Readonly<Record<string, unknown>>;

/**
 * Returns a record without `meta` and `text`, because these may differ from one response to the next. Malformed
 * elements are compared as they were sent.
 */
function contentOf(record: unknown): Content {
  const sent = typeof record === 'object' && record !== null ? asSent(record as FhirResource) : undefined;
  return { ...(sent as Content | undefined), meta: undefined, text: undefined };
}

/** Returns 48 bits of a hash. By chance, one change in 10^14 is missed. */
function hashOf(texts: readonly string[]): string {
  return hash('sha256', texts.join('\n'), 'base64url').slice(0, 8);
}

/** Returns a value as JSON whose members are sorted, because upstreams may write them in any order. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${textOf(member)}`).join()}}`;
}
