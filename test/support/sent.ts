/**
 * Selects the requests that operations sent. Requests by which the service learns features have a `Prefer` header, and are in no
 * receipt.
 */
import type { Sandbox, SandboxRequest } from '../../src/sandbox/server.js';

export function sentByOperations({ requests }: Pick<Sandbox, 'requests'>): readonly SandboxRequest[] {
  return requests.filter(({ prefer }) => prefer === undefined);
}
