/** Creates views over resources that a test writes, and the context of their methods. */
import type { Held } from '../../src/catalogue/known/known.js';
import type { FhirResource } from '../../src/fhir/resources.js';
import type { Context } from '../../src/graphql/context.js';
import { createBuiltInTerms } from '../../src/terms/built-in.js';
import { createTerms } from '../../src/terms/terms.js';

/** Returns a resource as if it had just been read. Elements that the test leaves out are missing. */
export function held(resource: object): Held {
  return {
    resource: resource as FhirResource,
    origin: { url: '/public/v1/read', fetchedAt: new Date('2026-07-01T12:00:00Z'), stale: false },
  };
}

/** Returns a context for views that send no requests. */
export function contextIn(language: string): Context {
  return contextOf([language]);
}

/** Returns the context of a request that accepts these languages, the preferred one first. */
export function contextOf(languages: readonly string[], noted: Set<string> = new Set()): Context {
  const noteLanguage = (tag: string): void => void noted.add(tag);
  return {
    languages,
    noteLanguage,
    terms: createTerms([createBuiltInTerms()]),
    baseUrl: 'https://fhir.example',
  } as unknown as Context;
}

export const inEnglish = contextIn('en');

export const emaList = (list: string): string => `http://spor.ema.europa.eu/v1/lists/${list}`;
