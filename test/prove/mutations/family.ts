/** Copies a product with all its records under new ids, so that each copy can be mutated separately. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Resource } from 'fhir/r5.js';
import { everythingAbout } from '../../../src/sandbox/everything.js';
import { createHoldings } from '../../../src/sandbox/holdings.js';
import { sampleResources } from '../../../src/sandbox/world/sample.js';
import { listedWorld } from '../../../src/sandbox/world/world.js';

const productType = 'MedicinalProductDefinition';

/** Returns products with many kinds of records: from the sample data with quirks, and from real data if available. */
export function families(): readonly (readonly Resource[])[] {
  const sample = familyOf(sampleResources({ quirks: true }), '600000000001');
  const real = realFiles.filter((file) => existsSync(file)).map((file) => richest(recordsIn(file)));
  return [sample, ...real.filter((records) => records.length > 0)];
}

const realFiles = ['unicom-ig', 'gravitate-health'].map((name) => `../shared/data/${name}.ndjson.gz`);

function recordsIn(file: string): readonly Resource[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Resource);
}

function richest(resources: readonly Resource[]): readonly Resource[] {
  const products = resources.filter(({ resourceType }) => resourceType === productType);
  const all = products.map(({ id = '' }) => familyOf(resources, id));
  return all.toSorted((a, b) => kindsIn(b) - kindsIn(a) || b.length - a.length)[0] ?? [];
}

function kindsIn(records: readonly Resource[]): number {
  return new Set(records.map(({ resourceType }) => resourceType)).size;
}

function familyOf(resources: readonly Resource[], id: string): readonly Resource[] {
  return everythingAbout(createHoldings(listedWorld([...resources])), id) ?? [];
}

/** Appends a mark to the ids of the records, and to the references between them. */
export function copyOf(family: readonly Resource[], mark: string): readonly Resource[] {
  const own = new Set(family.map(({ resourceType, id }) => `${resourceType}/${id}`));
  const ids = new Set(family.flatMap(({ id }) => id ?? []));
  return family
    .map(
      (record) =>
        JSON.parse(JSON.stringify(record), (name, value: unknown) => {
          if (name !== 'reference' || typeof value !== 'string') return value;
          const [, before = '', key = '', after = ''] =
            /^(.*?)([A-Za-z]+\/[A-Za-z0-9.-]+)(\/_history\/.*)?$/.exec(value) ?? [];
          if (own.has(key)) return `${before}${key}${mark}${after}`;
          return ids.has(value) ? `${value}${mark}` : value;
        }) as Resource,
    )
    .map((record) => ({ ...record, id: `${record.id}${mark}` }));
}

/** Removes the mark from a response about a copy, so that it can be compared with that about the original. */
export function unmarked<Value>(value: Value, mark: string): Value {
  return JSON.parse(JSON.stringify(value).replaceAll(mark, '')) as Value;
}
