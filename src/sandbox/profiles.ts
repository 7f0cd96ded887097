/** What the two kinds of server offer: EMA's known surface, or R5 search as the specification has it. */

import type { CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r5.js';
import { searchParameters } from './parameters.js';
import type { SearchRules } from './search.js';

export type Profile = 'everything' | 'search';

export const profiles: readonly Profile[] = ['everything', 'search'];

export interface Surface {
  readonly offersMetadata: boolean;
  readonly offersPostSearch: boolean;
  readonly offersEverything: boolean;
  readonly allowsElements: boolean;
  readonly stringMatch: SearchRules['stringMatch'];
  /** The search parameters of a type; undefined where the type is not exposed at all. */
  parameters(type: string): readonly string[] | undefined;
}

export const surfaces: Readonly<Record<Profile, Surface>> = {
  everything: {
    offersMetadata: false,
    offersPostSearch: false,
    offersEverything: true,
    allowsElements: false,
    stringMatch: 'contains',
    parameters: (type) => (type === 'MedicinalProductDefinition' ? ['name'] : undefined),
  },
  search: {
    offersMetadata: true,
    offersPostSearch: true,
    offersEverything: false,
    allowsElements: true,
    stringMatch: 'starts-with',
    parameters: (type) => (type in searchParameters ? Object.keys(searchParameters[type] ?? {}) : undefined),
  },
};

/** The CapabilityStatement of the search profile. */
export function capabilityStatement(baseUrl: string): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    experimental: true,
    date: '2026-01-01',
    kind: 'instance',
    software: { name: 'pms-graphql sandbox' },
    implementation: { description: 'Sample data, not for clinical use', url: baseUrl },
    fhirVersion: '5.0.0',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        resource: Object.entries(searchParameters).map(([type, parameters]) => ({
          type: type as CapabilityStatementRestResource['type'],
          interaction: [{ code: 'read' as const }, { code: 'search-type' as const }],
          searchParam: [
            { name: '_id', type: 'token' as const },
            ...Object.entries(parameters).map(([name, parameter]) => ({ name, type: parameter.type })),
          ],
        })),
      },
    ],
  };
}
