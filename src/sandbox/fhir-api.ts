/**
 * The FHIR interactions of the sandbox: read, search, `$everything`, `metadata` and pages. Other requests are refused
 * as FHIR servers do.
 */

import { fhirAnswer, jsonAnswer, outcomeAnswer, type Answer } from './answer.js';
import { capabilityStatement } from './capability-statement.js';
import { createInteractions, type InteractionsOptions } from './interactions.js';
import { openApi } from './open-api.js';
import { notOffered, Refusal } from './refusal.js';

export interface FhirRequest {
  readonly method: string;
  /** Path below the base URL, without the query: `/MedicinalProductDefinition/600000000001`. */
  readonly path: string;
  /** The parameters of the URL's query and of the form body. */
  readonly query: URLSearchParams;
  readonly ifNoneMatch?: string | undefined;
  /** The `Prefer` header: `handling=strict` or `handling=lenient` for unknown search parameters. */
  readonly prefer?: string | undefined;
}

/** Responds to a request of an authorized client. */
export type FhirApi = (request: FhirRequest) => Answer;

export function createFhirApi(options: InteractionsOptions): FhirApi {
  const { baseUrl, surface } = options;
  const { read, search, everything, page } = createInteractions(options);

  function get(request: FhirRequest): Answer {
    const [type = '', id, operation, ...rest] = segmentsOf(request.path);
    const token = request.query.get('_page') ?? request.query.get('_getpages');
    if (token !== null) return page(token);
    if (rest.length > 0) throw notOffered('This path');
    if (operation === '$everything' && id !== undefined) return everything(type, id, request.query);
    if (operation !== undefined) throw notOffered('This operation');
    if (id !== undefined) return read(type, id, request.ifNoneMatch);
    return describe(type) ?? search(type, request.query, isStrict(request));
  }

  /** Returns the CapabilityStatement or the OpenAPI document if the path names one that this server has. */
  function describe(name: string): Answer | undefined {
    if (name === 'metadata' && surface.metadata === 'present')
      return fhirAnswer(200, capabilityStatement(baseUrl, surface.declared));
    if (name === 'swagger' && surface.metadata === 'swagger')
      return jsonAnswer(
        200,
        openApi({ ...options, offers: surface.declared, postSearch: surface.postSearch === 'offered' }),
      );
    return undefined;
  }

  function post(request: FhirRequest): Answer {
    const [type = '', action, ...rest] = segmentsOf(request.path);
    if (action !== '_search' || rest.length > 0)
      throw new Refusal(405, 'not-supported', 'This server is read-only');
    if (surface.postSearch !== 'offered')
      throw new Refusal(surface.postSearch, 'not-supported', 'POST _search is not available on this server');
    return search(type, request.query, isStrict(request));
  }

  return (request) => {
    try {
      if (request.method === 'GET') return get(request);
      if (request.method === 'POST') return post(request);
      throw new Refusal(405, 'not-supported', `${request.method} is not supported`);
    } catch (error) {
      if (error instanceof Refusal) return outcomeAnswer(error.status, error.code, error.message);
      throw error;
    }
  };
}

function isStrict({ prefer = '' }: FhirRequest): boolean {
  return /\bhandling=strict\b/i.test(prefer);
}

function segmentsOf(path: string): string[] {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    throw new Refusal(400, 'invalid', 'The path is not well encoded');
  }
}
