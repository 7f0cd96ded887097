/** Refusals of FHIR requests: an HTTP status and an OperationOutcome. */

import type { OperationOutcome, OperationOutcomeIssue } from 'fhir/r5.js';

/** Thrown if a request is refused. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: OperationOutcomeIssue['code'];

  constructor(status: number, code: OperationOutcomeIssue['code'], diagnostics: string) {
    super(diagnostics);
    this.status = status;
    this.code = code;
  }
}

export function operationOutcome(code: OperationOutcomeIssue['code'], diagnostics: string): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
}

export function unknownParameter(name: string, type: string): Refusal {
  return new Refusal(400, 'not-supported', `Unknown search parameter "${name}" for resource type "${type}"`);
}

export function notOffered(what: string): Refusal {
  return new Refusal(404, 'not-supported', `${what} is not available on this server`);
}

/** Calls `read` and returns its result; undefined if it throws a Refusal with the code `not-supported`. */
export function unlessUnknown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-supported') return undefined;
    throw error;
  }
}
