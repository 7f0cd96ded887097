/**
 * Reads `documentId`, the id of a persisted document in GraphQL over HTTP. It becomes `extensions.persistedQuery`, the form
 * that Apollo Server understands.
 */
import { withoutPrefix } from '../../graphql/persisted/manifest.js';

/** The parts of an HTTP request that Apollo Server reads. */
export interface Asked {
  /** The parsed JSON of the body. Undefined for a GET request. */
  readonly body: unknown;
  /** The query of the URL. */
  readonly search: string;
}

/** Thrown if `documentId` is not a text. */
export class NotAnId extends Error {
  override readonly name = 'NotAnId';
}

/**
 * Returns the request with `documentId` in Apollo's form. If the request also has the text of the document, an id that is
 * not the hash of the text says nothing, and is left out.
 * @throws NotAnId
 */
export function withDocumentId({ body, search }: Asked): Asked {
  if (body === undefined)
    return search.includes('documentId') ? { body, search: withIdInUrl(search) } : { body, search };
  if (typeof body !== 'object' || body === null || !('documentId' in body)) return { body, search };
  const { documentId, ...rest } = body;
  if (documentId === null) return { body: rest, search };
  if (typeof documentId !== 'string') throw new NotAnId();
  const { query, extensions } = rest as { readonly query?: unknown; readonly extensions?: unknown };
  if (typeof query === 'string' && !isHash(documentId)) return { body: rest, search };
  const others = typeof extensions === 'object' && extensions !== null ? extensions : {};
  return { body: { ...rest, extensions: { ...others, ...persisted(documentId) } }, search };
}

function withIdInUrl(search: string): string {
  const parameters = new URLSearchParams(search);
  const ids = parameters.getAll('documentId');
  const [id] = ids;
  if (id === undefined) return search;
  if (ids.length > 1) throw new NotAnId();
  parameters.delete('documentId');
  if (!parameters.has('query') || isHash(id))
    parameters.set('extensions', extended(parameters.get('extensions'), id));
  return `?${parameters}`;
}

/** Adds the id to extensions. Apollo Server refuses extensions that are not a JSON object, so they are left as they are. */
function extended(extensions: string | null, id: string): string {
  if (extensions === null) return JSON.stringify(persisted(id));
  try {
    const others = JSON.parse(extensions) as unknown;
    if (typeof others === 'object' && others !== null && !Array.isArray(others))
      return JSON.stringify({ ...others, ...persisted(id) });
  } catch {
    // Apollo Server reports it.
  }
  return extensions;
}

function persisted(id: string): object {
  return { persistedQuery: { version: 1, sha256Hash: withoutPrefix(id) } };
}

function isHash(id: string): boolean {
  return id !== withoutPrefix(id);
}
