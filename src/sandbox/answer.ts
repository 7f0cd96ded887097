/** The response to a request, before it is sent over HTTP. */

import type { OperationOutcomeIssue, Resource } from 'fhir/r5.js';
import { operationOutcome } from './refusal.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function fhirAnswer(
  status: number,
  resource: Resource,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return jsonAnswer(status, resource, { 'content-type': 'application/fhir+json;charset=utf-8', ...headers });
}

export function outcomeAnswer(
  status: number,
  code: OperationOutcomeIssue['code'],
  diagnostics: string,
): Answer {
  return fhirAnswer(status, operationOutcome(code, diagnostics));
}

/** An HTML page, as proxies and web servers in front of an API send it. */
export function htmlAnswer(status: number, title: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}
