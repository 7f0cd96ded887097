/** What operations have sent: what the service asks for itself says how parameters are to be handled, and is on no receipt. */
import type { Sandbox, SandboxRequest } from '../../src/sandbox/server.js';

export function sentByOperations({ requests }: Pick<Sandbox, 'requests'>): readonly SandboxRequest[] {
  return requests.filter(({ prefer }) => prefer === undefined);
}
