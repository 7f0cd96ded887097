/** Builds the OpenAPI document, which some servers have in place of a CapabilityStatement. */

import { parameterType } from './capability-statement.js';
import type { Offer, Offers } from './profiles.js';

export interface OpenApiOptions {
  readonly baseUrl: string;
  readonly offers: Offers;
  readonly postSearch: boolean;
  readonly pageSize: number;
  readonly maxPageSize: number;
}

interface Schema {
  readonly type: 'string' | 'integer' | 'array';
  readonly [keyword: string]: unknown;
}

interface QueryParameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly QueryParameter[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

type PathItem = Readonly<Partial<Record<'get' | 'post', Operation>>>;

export interface OpenApiDocument {
  readonly openapi: '3.0.3';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
}

export function openApi(options: OpenApiOptions): OpenApiDocument {
  return {
    openapi: '3.0.3',
    info: {
      title: 'pms-graphql sandbox',
      version: '1.0',
      description: 'FHIR R5, sample data, not for clinical use',
    },
    servers: [{ url: options.baseUrl }],
    paths: Object.fromEntries(
      Object.entries(options.offers).flatMap(([type, offer]) => pathsOf(type, offer, options)),
    ),
  };
}

function pathsOf(type: string, offer: Offer, options: OpenApiOptions): [string, PathItem][] {
  const parameters = [countParameter(options), ...searchParametersOf(type, offer)];
  const paths: [string, PathItem | false][] = [
    [`/${type}`, { get: operation(`Search ${type}`, { parameters }) }],
    [`/${type}/_search`, options.postSearch && { post: formOperation(type, parameters) }],
    [`/${type}/{id}`, offer.read && { get: operation(`Read ${type}`, { parameters: [idParameter] }) }],
    [
      `/${type}/{id}/$everything`,
      offer.everything && {
        get: operation(`All that belongs to a ${type}`, {
          parameters: [idParameter, countParameter(options)],
        }),
      },
    ],
  ];
  return paths.filter((path): path is [string, PathItem] => path[1] !== false);
}

const idParameter: QueryParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

function countParameter({ pageSize, maxPageSize }: OpenApiOptions): QueryParameter {
  return {
    name: '_count',
    in: 'query',
    schema: { type: 'integer', minimum: 0, maximum: maxPageSize, default: Math.min(pageSize, maxPageSize) },
  };
}

function searchParametersOf(type: string, offer: Offer): QueryParameter[] {
  const { parameters, results, includes, revIncludes } = offer;
  // `_has` cannot be listed: its name contains a type and a parameter.
  const plain = parameters.filter((name) => parameterType(type, name) !== 'special');
  return [
    ...[...plain, ...results.filter((name) => !name.includes('include'))].map((name) =>
      inQuery(name, { type: 'string' }),
    ),
    ...joinParameters('_include', includes, results),
    ...joinParameters('_revinclude', revIncludes, results),
  ];
}

function joinParameters(
  name: string,
  joins: readonly string[],
  results: readonly string[],
): QueryParameter[] {
  if (joins.length === 0) return [];
  const schema: Schema = { type: 'array', items: { type: 'string', enum: joins } };
  return [name, ...results.filter((result) => result === `${name}:iterate`)].map((each) =>
    inQuery(each, schema),
  );
}

function inQuery(name: string, schema: Schema): QueryParameter {
  return { name, in: 'query', schema };
}

function operation(summary: string, more: Pick<Operation, 'parameters' | 'requestBody'>): Operation {
  return { summary, ...more, responses: { 200: { description: 'FHIR JSON' } } };
}

function formOperation(type: string, parameters: readonly QueryParameter[]): Operation {
  const properties = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]));
  const schema = { type: 'object', properties };
  return operation(`Search ${type} by a form`, {
    requestBody: { content: { 'application/x-www-form-urlencoded': { schema } } },
  });
}
