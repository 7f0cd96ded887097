/** Reads the features that an upstream declares, in a CapabilityStatement or in the paths of an OpenAPI description. */
import type { CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r5.js';
import type { DescribedPath } from '../../fhir/open-api.js';
import { isResourceType, type ResourceType } from '../../fhir/resources.js';
import type { Feature } from '../upstream/features.js';

/** Returns the features that a CapabilityStatement declares for the server. Malformed elements are skipped. */
export function declaredBy(statement: CapabilityStatement): readonly Feature[] {
  return listed(statement.rest)
    .filter(({ mode }) => mode !== 'client')
    .flatMap(({ resource }) => listed(resource).flatMap(declaredOf));
}

function declaredOf(resource: CapabilityStatementRestResource): readonly Feature[] {
  const { type } = resource;
  if (!isResourceType(type)) return [];
  const codes = new Set(listed(resource.interaction).map(({ code }) => code));
  const parameters = listed(resource.searchParam).flatMap(({ name }) =>
    typeof name === 'string' ? [name] : [],
  );
  return [
    ...(type === 'MedicinalProductDefinition' && codes.has('read') ? ['read' as const] : []),
    ...(codes.has('search-type') ? searchesOf(type, ['_id', ...parameters]) : []),
    ...includesIn('include', resource.searchInclude),
    ...includesIn('revinclude', resource.searchRevInclude),
    ...(type === 'MedicinalProductDefinition' &&
    listed(resource.operation).some(({ name }) => name === 'everything')
      ? ['everything' as const]
      : []),
  ];
}

function searchesOf(type: ResourceType, parameters: readonly string[]): readonly Feature[] {
  return parameters.map((name) => `search ${type}?${name}` as Feature);
}

/** Parses `Type:parameter`, with or without a target type. */
function includesIn(kind: 'include' | 'revinclude', values: unknown): readonly Feature[] {
  return (Array.isArray(values) ? (values as readonly unknown[]) : []).flatMap((value) => {
    const [type, name] = typeof value === 'string' ? value.split(':') : [];
    return isResourceType(type) && name ? [`${kind} ${type}:${name}` as Feature] : [];
  });
}

function listed<Item extends object>(value: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

/** Returns the features that the paths of an OpenAPI description declare. */
export function describedBy(paths: readonly DescribedPath[]): readonly Feature[] {
  return paths.flatMap(({ path, method, parameters }): readonly Feature[] => {
    const steps = path.split('/').filter(Boolean);
    const at = steps.findIndex(isResourceType);
    const type = steps[at];
    if (!isResourceType(type)) return [];
    const [id, operation] = steps.slice(at + 1);
    if (id === undefined && method === 'get')
      return searchesOf(
        type,
        parameters.map((name) => name.split(':')[0] ?? name),
      );
    if (id === '_search') return method === 'post' ? ['post-search'] : [];
    // The path of a type-level operation contains no id.
    const hasId = id !== undefined && !/^[$_]/.test(id);
    if (type !== 'MedicinalProductDefinition' || method !== 'get' || !hasId) return [];
    if (operation === undefined) return ['read'];
    return operation === '$everything' ? ['everything'] : [];
  });
}
