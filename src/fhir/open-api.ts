/** An OpenAPI description of the upstream, JSON or YAML: which paths there are, and what each of them takes. */
import type { OpenAPIV3 } from 'openapi-types';
import { badResponse, isObject } from './answer.js';

export interface OpenApi {
  readonly paths: readonly DescribedPath[];
  /** The most rows that a page may be asked for, where that is said. */
  readonly maximumCount: number | undefined;
}

/** `/Ingredient`, its method, and the names of the query parameters that it takes. */
export interface DescribedPath {
  readonly path: string;
  readonly method: string;
  readonly parameters: readonly string[];
}

/**
 * Reads the text of a description. References that lead out of it are not followed.
 * Throws UPSTREAM_BAD_RESPONSE for what is none.
 */
export async function readOpenApi(text: string): Promise<OpenApi> {
  // Both are needed once in the life of a process, if at all.
  const [{ parse }, { dereference }] = await Promise.all([import('yaml'), import('@readme/openapi-parser')]);
  try {
    const document: unknown = parse(text);
    if (!isObject(document) || !isObject(document['paths'])) throw new TypeError('no paths');
    const resolved = (await dereference(document as never, {
      resolve: { external: false },
    })) as OpenAPIV3.Document;
    const parameters = Object.values(resolved.paths).flatMap((item) => parametersOf(item?.get));
    return { paths: Object.entries(resolved.paths).flatMap(pathsOf), maximumCount: countIn(parameters) };
  } catch {
    throw badResponse('The OpenAPI description cannot be read.');
  }
}

const methods = ['get', 'post'] as const;

function pathsOf([path, item]: readonly [string, OpenAPIV3.PathItemObject | undefined]): DescribedPath[] {
  return methods.flatMap((method) => {
    const operation = item?.[method];
    if (!operation) return [];
    const shared = parametersOf(item as OpenAPIV3.OperationObject);
    const names = [...shared, ...parametersOf(operation)].filter((each) => each.in === 'query');
    return [{ path, method, parameters: names.map(({ name }) => name) }];
  });
}

function parametersOf(
  operation: OpenAPIV3.OperationObject | undefined,
): readonly OpenAPIV3.ParameterObject[] {
  const given: unknown = operation?.parameters;
  return (Array.isArray(given) ? (given as readonly unknown[]) : []).filter(isParameter);
}

function isParameter(value: unknown): value is OpenAPIV3.ParameterObject {
  return isObject(value) && typeof value['name'] === 'string';
}

function countIn(parameters: readonly OpenAPIV3.ParameterObject[]): number | undefined {
  const [maximum] = parameters.flatMap(({ name, schema }) =>
    name === '_count' && schema && 'maximum' in schema && schema.maximum !== undefined
      ? [schema.maximum]
      : [],
  );
  return maximum;
}
