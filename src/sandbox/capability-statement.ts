/** Builds the CapabilityStatement, which declares the features of the sandbox. */

import type {
  CapabilityStatement,
  CapabilityStatementRestResource,
  CapabilityStatementRestResourceSearchParam,
} from 'fhir/r5.js';
import { searchParameters } from './parameters.js';
import type { Offer, Offers } from './profiles.js';

export function capabilityStatement(baseUrl: string, offers: Offers): CapabilityStatement {
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
      { mode: 'server', resource: Object.entries(offers).map(([type, offer]) => resourceOf(type, offer)) },
    ],
  };
}

function resourceOf(type: string, offer: Offer): CapabilityStatementRestResource {
  const { read, everything, parameters, includes, revIncludes } = offer;
  return {
    type: type as CapabilityStatementRestResource['type'],
    interaction: [...(read ? [{ code: 'read' as const }] : []), { code: 'search-type' as const }],
    searchParam: parameters.map((name) => ({ name, type: parameterType(type, name) })),
    ...(includes.length > 0 ? { searchInclude: [...includes] } : {}),
    ...(revIncludes.length > 0 ? { searchRevInclude: [...revIncludes] } : {}),
    ...(everything ? { operation: [everythingOperation(type)] } : {}),
  };
}

function everythingOperation(type: string): { name: string; definition: string } {
  return { name: 'everything', definition: `http://hl7.org/fhir/OperationDefinition/${type}-everything` };
}

type ParameterType = CapabilityStatementRestResourceSearchParam['type'];

const commonTypes: Readonly<Record<string, ParameterType>> = {
  _id: 'token',
  _lastUpdated: 'date',
  _has: 'special',
};

/** The type that FHIR R5 defines for a search parameter. */
export function parameterType(type: string, name: string): ParameterType {
  return commonTypes[name] ?? searchParameters[type]?.[name]?.type ?? 'special';
}
