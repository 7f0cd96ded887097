/** Shapes: what records tell in a column, as text that equal tellings share, and read again to be tested. */
import {
  notTold,
  type Reads,
  type Subject,
  type SubjectRecords,
  type ToldTogether,
  type ToldValues,
} from '../facts/fact.js';
import { isObject } from '../fhir/answer.js';
import { guarded } from '../fhir/guarded.js';
import { unlessOdd } from '../fhir/unless-odd.js';
import { kindsOfNumbers } from '../terms/ema-codes.js';
import type { FhirResource, ResourceOf } from '../fhir/resources.js';

/** What nothing is known of, or cannot be read: whatever is asked, it does not tell. */
export const untoldShape = '';

const productType = 'MedicinalProductDefinition';

/** One record, as a test of it takes it. */
export interface RecordShape {
  /** Undefined where it is referred to, and is not there. */
  readonly resource: FhirResource | undefined;
  readonly key: string;
  /** The product that it belongs to, where that is read. */
  readonly product: FhirResource | undefined;
}

/** All records of some subjects. */
export interface WholeShape {
  readonly product: ResourceOf<typeof productType>;
  readonly subjects: Readonly<Partial<Record<Subject, SubjectRecords>>>;
}

/** An organization is told by its key as well, others by their elements alone. */
export function recordShape({ resource, key, product }: RecordShape, reads: Reads): string {
  if (!resource) return JSON.stringify([key]);
  const readsProduct = resource.resourceType !== productType && reads.some(([type]) => type === productType);
  return JSON.stringify([
    resource.resourceType === 'Organization' ? key : '',
    elementsIn(resource, reads),
    ...(readsProduct && product ? [elementsIn(product, reads)] : []),
  ]);
}

export function readRecordShape(shape: string): RecordShape {
  const [key, ...told] = JSON.parse(shape) as [string, FhirResource?, FhirResource?];
  const [resource, product] = told.map((each) => each && guarded(each));
  return { resource, key, product: resource?.resourceType === productType ? resource : product };
}

/** The values that a record tells; a value that cannot be read is told from all others. */
export function valuesShape(
  { resource, product }: RecordShape,
  { valuesIn }: ToldValues,
  reads: Reads,
): string {
  const values = resource && valuesIn(elementsIn(resource, reads), product && elementsIn(product, reads));
  if (!values) return untoldShape;
  return JSON.stringify(values.map((value) => (value === notTold ? 0 : [value])));
}

export function readValuesShape(shape: string): readonly unknown[] {
  const values = JSON.parse(shape) as readonly (0 | readonly [unknown])[];
  return values.map((value) => (value === 0 ? notTold : value[0]));
}

/** What records of some subjects tell together, as one value. */
export function togetherShape(
  product: ResourceOf<typeof productType>,
  subjects: ReadonlyMap<Subject, SubjectRecords>,
  { valueIn }: ToldTogether,
): string {
  const value = valueIn(product, (subject) => subjects.get(subject) ?? nothingRead);
  return value === undefined ? untoldShape : JSON.stringify(value);
}

const nothingRead: SubjectRecords = { records: [], isWhole: false };

export function readTogetherShape(shape: string): unknown {
  return JSON.parse(shape);
}

/** Ids are told by the places of their records: two products that are alike in all else have one shape. */
export function wholeShape(
  product: FhirResource,
  subjects: readonly (readonly [Subject, SubjectRecords])[],
  reads: Reads,
): string {
  const all = [product, ...subjects.flatMap(([, { records }]) => records)];
  const places = placesOf(all);
  const told = (record: FhirResource): object => ({
    ...elementsIn(record, reads),
    id: places?.get(keyOf(record))?.id ?? record.id,
  });
  const whole = [
    told(product),
    subjects.map(([subject, { records, isWhole }]) => [subject, isWhole, records.map(told)]),
  ];
  return JSON.stringify(whole, (name, value: unknown) =>
    places && name === 'reference' && typeof value === 'string' ? placed(value, places) : value,
  );
}

export function readWholeShape(shape: string): WholeShape {
  const [product, subjects] = JSON.parse(shape) as [
    WholeShape['product'],
    readonly [Subject, boolean, readonly FhirResource[]][],
  ];
  return {
    product: guarded(product),
    subjects: Object.fromEntries(
      subjects.map(([subject, isWhole, records]) => [subject, { records: records.map(guarded), isWhole }]),
    ),
  };
}

/** The elements that are read of a record, and what FHIR says beside a primitive one. */
function elementsIn(record: FhirResource, reads: Reads): FhirResource {
  const names = reads.flatMap(([type, elements]) => (type === record.resourceType ? elements : []));
  const given = record as unknown as Readonly<Record<string, unknown>>;
  const told: Record<string, unknown> = { resourceType: record.resourceType };
  for (const name of [...new Set(names)].sort()) {
    const value = given[name] === undefined ? undefined : reducedIn(record, name, given[name]);
    if (value !== undefined) told[name] = value;
    if (given[`_${name}`] !== undefined) told[`_${name}`] = given[`_${name}`];
  }
  return told as unknown as FhirResource;
}

/** What no two records have alike is left out where no fact looks at it: equal shapes are tested once. */
function reducedIn(record: FhirResource, name: string, value: unknown): unknown {
  if (name === 'meta') return unlessOdd(() => updatedIn(record)) ?? value;
  // Numbers themselves are tokens.
  if (name === 'identifier' && record.resourceType === 'RegulatedAuthorization')
    return unlessOdd(() => kindsOfNumbers(record.identifier)) ?? value;
  return value;
}

function updatedIn({ meta }: FhirResource): { readonly lastUpdated?: unknown } {
  const updated: unknown = meta?.lastUpdated;
  return updated === undefined ? {} : { lastUpdated: updated };
}

interface Place {
  readonly id: string;
  readonly key: string;
}

/** Where something stands inside of a record, its id says of what: then ids are told as they are, and there are none. */
function placesOf(records: readonly FhirResource[]): Map<string, Place> | undefined {
  const isNested = records.some((record) => record.id.includes('#') || holdsOthers(record));
  if (isNested) return undefined;
  const places = new Map<string, Place>();
  for (const [at, record] of records.entries()) {
    const id = `record-${at}`;
    if (!places.has(keyOf(record))) places.set(keyOf(record), { id, key: `${record.resourceType}/${id}` });
  }
  return places;
}

function holdsOthers(record: FhirResource): boolean {
  return isObject(record) && 'contained' in record;
}

/** They belong to one product each: which other one a reference is to tells nothing. */
const parts: ReadonlySet<string> = new Set([
  productType,
  'AdministrableProductDefinition',
  'ManufacturedItemDefinition',
  'PackagedProductDefinition',
]);

/**
 * A reference to one of the records, or to another part of a product, which has its place from then on; a bare id may be
 * any of them, and is left.
 */
function placed(reference: string, places: Map<string, Place>): string {
  const tail = /(?:^|\/)(([A-Za-z]+)\/[^/]+?)(?:\/_history\/[^/]*)?$/.exec(reference);
  const [, key, type] = tail ?? [];
  if (key === undefined || type === undefined) return reference;
  const known = places.get(key);
  if (known || !parts.has(type)) return known?.key ?? reference;
  const id = `other-${places.size}`;
  places.set(key, { id, key: `${type}/${id}` });
  return `${type}/${id}`;
}

function keyOf({ resourceType, id }: FhirResource): string {
  return `${resourceType}/${id}`;
}
