/** Builds the schema from the decorated classes. The schema is the contract with every client. */
import 'reflect-metadata';
import {
  isInterfaceType,
  isObjectType,
  printSchema,
  lexicographicSortSchema,
  type GraphQLSchema,
} from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { keyOf, ROOT, type Key } from '../../catalogue/graph/key.js';
import type { FhirResource } from '../../fhir/resources.js';
import { resolvers } from './resolvers/index.js';
import { clinicalUses } from './types/clinical-use.js';
import { ResourceView } from './types/resource-view.js';

let made: GraphQLSchema | undefined;

/** Returns the schema. It is built once per process, because it has no state and nothing changes it. */
export function createSchema(): GraphQLSchema {
  made ??= makeSchema();
  return made;
}

function makeSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...resolvers],
    validate: false,
    // The check would introspect the whole schema at each start. A test ensures instead that the schema is valid.
    skipCheck: true,
    orphanedTypes: [...clinicalUses],
  });
  schema.description =
    'EU medicinal products from the European Medicines Agency’s Product Management Service (ISO IDMP, FHIR R5): products, packages, ingredients and related records, linked. If a list is not complete, `pageInfo { complete }` is false, and `extensions.upstream.incomplete` of the response gives the reason.';
  const query = schema.getQueryType();
  if (query)
    query.description =
      'The entry point of all queries. All data come from the upstream. Queries read data and change nothing.';
  for (const type of Object.values(schema.getTypeMap())) {
    // type-graphql cannot resolve the type of an interface that implements another interface.
    if (isInterfaceType(type)) type.resolveType = ({ constructor }: object) => constructor.name;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      // The engine reads a field's extensions, so getters and plain methods need no resolver.
      delete field.resolve;
    }
  }
  return schema;
}

/**
 * Prints the SDL in its committed form: sorted, so that a diff shows only changes. The schema’s own description becomes
 * a comment, because Rust’s graphql-parser (used by graphql_client) rejects a description of `schema`. Introspection
 * returns it as a description.
 */
export function printSdl(schema: GraphQLSchema): string {
  const sorted = lexicographicSortSchema(schema);
  const comment = (sorted.description ?? '').replaceAll(/(\S.{0,109})(?:\s+|$)/g, '# $1\n');
  sorted.description = null;
  // Without a description, graphql-js leaves out this definition, because the root type has the default name.
  return `${comment}schema {\n  query: ${sorted.getQueryType()?.name ?? 'Query'}\n}\n\n${printSchema(sorted)}\n`;
}

/**
 * Returns the key of the resource that a view shows, or of the resource that contains a value. Returns ROOT for the
 * operation itself.
 */
export function parentKey(parent: unknown): Key {
  if (parent instanceof ResourceView) return parent.key;
  const resource = (parent as { readonly resource?: FhirResource } | null | undefined)?.resource;
  return resource ? keyOf(resource) : ROOT;
}
