/** FHIR resources published by others, if a copy is in a folder beside this repository. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { CodeSystem } from 'fhir/r5.js';
import {
  isResourceType,
  type FhirResource,
  type ResourceOf,
  type ResourceType,
} from '../../src/fhir/resources.js';

const folder = '../shared/data';

/** Whether the copy exists. Tests that need it are skipped without it, and their titles say so. */
export const isPublishedHere = existsSync(`${folder}/unicom-ig.ndjson.gz`);
export const unlessPublished = isPublishedHere ? '' : ' (skipped: there is no ../shared/data)';

export const published: readonly FhirResource[] = ['unicom-ig', 'gravitate-health'].flatMap((name) =>
  read(name).filter((resource): resource is FhirResource =>
    isResourceType((resource as FhirResource).resourceType),
  ),
);

export const publishedCodeSystems = read('unicom-ig-codesystems') as readonly CodeSystem[];

export function publishedOf<T extends ResourceType>(type: T): readonly ResourceOf<T>[] {
  return published.filter((resource): resource is ResourceOf<T> => resource.resourceType === type);
}

function read(name: string): readonly unknown[] {
  if (!isPublishedHere) return [];
  const lines = gunzipSync(readFileSync(`${folder}/${name}.ndjson.gz`))
    .toString()
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}
