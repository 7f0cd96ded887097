/**
 * Writes and reads shapes. A shape is the content of a record in a column, as text. Equal content has equal shapes.
 */
import {
  notTold,
  type Reads,
  type Subject,
  type SubjectRecords,
  type JointValues,
  type RecordValues,
} from '../facts/fact.js';
import { isObject } from '../fhir/answer.js';
import { guarded } from '../fhir/guarded.js';
import { unlessOdd } from '../fhir/elements.js';
import { kindsOfNumbers } from '../terms/ema-codes.js';
import type { FhirResource, ResourceOf } from '../fhir/resources.js';

/** The shape of unknown or unreadable content. It decides no filter. */
export const untoldShape = '';

const productType = 'MedicinalProductDefinition';

/** One record, in the form that the tests of filters read. */
export interface RecordShape {
  /** The record; undefined if a reference to it exists, but the record itself does not. */
  readonly resource: FhirResource | undefined;
  readonly key: string;
  /** The product that the record belongs to, if the test reads it. */
  readonly product: FhirResource | undefined;
}

/** A product with all its records of some subjects. */
export interface WholeShape {
  readonly product: ResourceOf<typeof productType>;
  readonly subjects: Readonly<Partial<Record<Subject, SubjectRecords>>>;
}

/**
 * Creates the shape of a record from the elements that are read. The shape of an organization also contains its key.
 */
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

/** Creates a shape from the values that a fact reads from a record. Values that cannot be read are marked. */
export function valuesShape(
  { resource, product }: RecordShape,
  { valuesIn }: RecordValues,
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

/** Creates a shape from the value that a fact computes from all records of some subjects. */
export function togetherShape(
  product: ResourceOf<typeof productType>,
  subjects: ReadonlyMap<Subject, SubjectRecords>,
  { valueIn }: JointValues,
): string {
  const value = valueIn(product, (subject) => subjects.get(subject) ?? nothingRead);
  return value === undefined ? untoldShape : JSON.stringify(value);
}

const nothingRead: SubjectRecords = { records: [], isWhole: false };

export function readTogetherShape(shape: string): unknown {
  return JSON.parse(shape);
}

/**
 * Creates a shape from a product and its records of some subjects. Ids are replaced by positions, so that products
 * which differ only in their ids share a shape.
 */
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

/**
 * Returns the elements of a record that facts read. Primitive elements are returned with their extensions (`_name`).
 */
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

/** Removes content that differs in every record and that no fact reads, so that more shapes are equal. */
function reducedIn(record: FhirResource, name: string, value: unknown): unknown {
  if (name === 'meta') return unlessOdd(() => updatedIn(record)) ?? value;
  // For authorization numbers, only their kinds are part of the shape. The numbers themselves are stored as tokens.
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

/**
 * Numbers the records. Returns undefined if records contain other records. Then the ids are not replaced, because
 * they show which records belong together.
 */
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

/**
 * Types of records that belong to one product. If such a record belongs to another product, no fact needs its id, so
 * the id is replaced.
 */
const parts: ReadonlySet<string> = new Set([
  productType,
  'AdministrableProductDefinition',
  'ManufacturedItemDefinition',
  'PackagedProductDefinition',
]);

/**
 * Replaces a reference by the position of its record. If a referenced record has a type in `parts` but is not among
 * the records, it gets the next free position. A reference without a type is not replaced, because it may be to any
 * type.
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
