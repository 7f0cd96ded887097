/** Reads the upstream's OpenAPI description in JSON or YAML: its paths and their query parameters. */
import { badResponse, isObject } from './answer.js';
import { parseInSlices, type Bounds } from './in-slices.js';

export interface OpenApi {
  readonly paths: readonly DescribedPath[];
  /** The maximum of `_count`; undefined if the description states none. */
  readonly maximumCount: number | undefined;
}

/** A path such as `/Ingredient`, its method, and the names of its query parameters. */
export interface DescribedPath {
  readonly path: string;
  readonly method: string;
  readonly parameters: readonly string[];
}

/**
 * Limits of a description in JSON. The description of a server that supports all of FHIR has about 3 MB and 200,000
 * values.
 */
const bounds: Bounds = { depth: 64, values: 300_000, items: 25_000, piece: 1_000_000 };
/**
 * Maximum characters of a description in YAML. YAML takes a hundred times as long to parse as JSON, and cannot be
 * parsed in slices.
 */
const longestYaml = 256_000;
/** Maximum number of `$ref` references that are followed one after the other. */
const mostHops = 8;

/**
 * Reads the text of a description. References to other documents are not followed. Rejects with UPSTREAM_BAD_RESPONSE
 * if the text is not an OpenAPI description, or is too large.
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

/** Parses a text as JSON; if it is not JSON, as YAML. */
async function parse(text: string): Promise<unknown> {
  try {
    return await parseInSlices(Buffer.from(text), bounds);
  } catch (error) {
    const isWebPage = text.startsWith('<');
    if (!(error instanceof SyntaxError) || isWebPage || text.length > longestYaml) throw error;
  }
  // Most processes need the YAML parser once or never, so it is loaded on demand.
  const yaml = await import('yaml');
  // Computing the positions of many errors is slow, and the positions are not used.
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

/**
 * Follows the `$ref` references of a value within the document. Undefined if they lead to another document, to nothing,
 * or in a circle.
 */
function resolved(value: unknown, document: Members): unknown {
  let found = value;
  for (let hops = 0; hops <= mostHops; hops += 1) {
    const reference = isObject(found) ? found['$ref'] : undefined;
    if (typeof reference !== 'string') return found;
    found = reference.startsWith('#/') ? targetOf(reference, document) : undefined;
  }
  return undefined;
}

/** Returns the target of a JSON Pointer (RFC 6901), written as the fragment of a URL. */
function targetOf(reference: string, document: Members): unknown {
  const steps = decodeURIComponent(reference).split('/').slice(1);
  return steps.reduce((found: unknown, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof found === 'object' && found !== null && Object.hasOwn(found, name)
      ? (found as Members)[name]
      : undefined;
  }, document);
}
