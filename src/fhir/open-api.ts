/** Reads an OpenAPI description of the upstream, JSON or YAML: its paths, and the parameters of each. */
import { badResponse, isObject } from './answer.js';
import { parseInSlices, type Bounds } from './in-slices.js';

export interface OpenApi {
  readonly paths: readonly DescribedPath[];
  /** The maximum of `_count`, where the description has one. */
  readonly maximumCount: number | undefined;
}

/** `/Ingredient`, its method, and the names of the query parameters that it takes. */
export interface DescribedPath {
  readonly path: string;
  readonly method: string;
  readonly parameters: readonly string[];
}

/** Bounds of a description. Servers with every resource of FHIR describe themselves in some 3 MB and 200,000 values. */
const bounds: Bounds = { depth: 64, values: 300_000, items: 25_000, piece: 1_000_000 };
/** Most characters of YAML, which takes a hundred times as long as JSON, and cannot be read in slices. */
const longestYaml = 256_000;
/** Most references in a chain. */
const mostHops = 8;

/**
 * Reads the text of a description. References out of it are not followed.
 * Rejects with UPSTREAM_BAD_RESPONSE for any other text, and for one that is too large.
 */
export async function readOpenApi(text: string): Promise<OpenApi> {
  try {
    const document = await parse(text);
    if (!isObject(document) || !isObject(document['paths'])) throw new TypeError('no paths');
    const items = Object.entries(document['paths']).map(
      ([path, item]) => [path, resolved(item, document)] as const,
    );
    return {
      paths: items.flatMap(([path, item]) => pathsOf(path, item, document)),
      maximumCount: items.flatMap(([, item]) => countsOf(item, document))[0],
    };
  } catch {
    throw badResponse('The OpenAPI description cannot be read.');
  }
}

/** Parses JSON, or else YAML, which includes JSON. */
async function parse(text: string): Promise<unknown> {
  try {
    return await parseInSlices(Buffer.from(text), bounds);
  } catch (error) {
    const isWebPage = text.startsWith('<');
    if (!(error instanceof SyntaxError) || isWebPage || text.length > longestYaml) throw error;
  }
  // The parser is needed once in the life of a process, if at all.
  const yaml = await import('yaml');
  // Locating each of many errors takes time, and the locations are not used.
  return yaml.parse(text, { prettyErrors: false });
}

const methods = ['get', 'post'] as const;

type Members = Readonly<Record<string, unknown>>;

function pathsOf(path: string, item: unknown, document: Members): DescribedPath[] {
  if (!isObject(item)) return [];
  return methods.flatMap((method) => {
    const operation = item[method];
    if (!operation) return [];
    const all = [...parametersOf(item, document), ...parametersOf(operation, document)];
    return [{ path, method, parameters: all.flatMap((each) => (each.in === 'query' ? [each.name] : [])) }];
  });
}

function countsOf(item: unknown, document: Members): readonly number[] {
  const all = isObject(item) ? parametersOf(item['get'], document) : [];
  return all.flatMap(({ name, schema }) => {
    const range = name === '_count' ? resolved(schema, document) : undefined;
    const maximum = isObject(range) ? range['maximum'] : undefined;
    return typeof maximum === 'number' ? [maximum] : [];
  });
}

function parametersOf(operation: unknown, document: Members): readonly Parameter[] {
  const given: unknown = isObject(operation) ? operation['parameters'] : undefined;
  return (Array.isArray(given) ? (given as readonly unknown[]) : [])
    .map((each) => resolved(each, document))
    .filter(isParameter);
}

interface Parameter {
  readonly name: string;
  readonly in?: unknown;
  readonly schema?: unknown;
}

function isParameter(value: unknown): value is Parameter {
  return isObject(value) && typeof value['name'] === 'string';
}

/** Follows a value's references within the document; undefined where they leave it, lead nowhere, or form a circle. */
function resolved(value: unknown, document: Members): unknown {
  let found = value;
  for (let hops = 0; hops <= mostHops; hops += 1) {
    const reference = isObject(found) ? found['$ref'] : undefined;
    if (typeof reference !== 'string') return found;
    found = reference.startsWith('#/') ? targetOf(reference, document) : undefined;
  }
  return undefined;
}

/** Resolves a JSON Pointer (RFC 6901), written as the fragment of a URL. */
function targetOf(reference: string, document: Members): unknown {
  const steps = decodeURIComponent(reference).split('/').slice(1);
  return steps.reduce((found: unknown, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof found === 'object' && found !== null && Object.hasOwn(found, name)
      ? (found as Members)[name]
      : undefined;
  }, document);
}
