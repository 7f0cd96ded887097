/** A plain HTTP client of the sandbox for its tests: requests a token, sends requests, follows pages. */

import type { Bundle, OperationOutcome, Resource } from 'fhir/r5.js';
import type { Sandbox } from '../../src/sandbox/server.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Client {
  send(path: string, init?: RequestInit): Promise<Reply>;
  bundle(path: string, init?: RequestInit): Promise<Bundle>;
  outcome(path: string, init?: RequestInit): Promise<OperationOutcome & { status: number }>;
  /** Returns every resource of a search, over all its pages. */
  all(path: string): Promise<Resource[]>;
}

export async function requestToken(
  sandbox: Sandbox,
  changes: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const form = {
    grant_type: 'client_credentials',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
    scope: sandbox.scope,
    ...changes,
  };
  return replyOf(await fetch(sandbox.tokenUrl, { method: 'POST', headers, body: new URLSearchParams(form) }));
}

export async function connect(sandbox: Sandbox): Promise<Client> {
  const token = JSON.parse((await requestToken(sandbox)).text) as { access_token: string };

  async function send(path: string, init: RequestInit = {}): Promise<Reply> {
    const url = path.startsWith('http') ? path : `${sandbox.baseUrl}${path}`;
    const authorization = `Bearer ${token.access_token}`;
    return replyOf(await fetch(url, { ...init, headers: { authorization, ...init.headers } }));
  }

  async function bundle(path: string, init?: RequestInit): Promise<Bundle> {
    const reply = await send(path, init);
    if (reply.status !== 200) throw new Error(`${reply.status} ${path}: ${reply.text}`);
    return JSON.parse(reply.text) as Bundle;
  }

  async function outcome(path: string, init?: RequestInit): Promise<OperationOutcome & { status: number }> {
    const reply = await send(path, init);
    return { ...(JSON.parse(reply.text) as OperationOutcome), status: reply.status };
  }

  async function all(path: string): Promise<Resource[]> {
    const found: Resource[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const page: Bundle = await bundle(next);
      found.push(...resourcesOf(page));
      next = nextOf(page);
    }
    return found;
  }

  return { send, bundle, outcome, all };
}

export function resourcesOf(bundle: Bundle): Resource[] {
  return (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
}

export function nextOf(bundle: Bundle): string | undefined {
  return bundle.link?.find(({ relation }) => relation === 'next')?.url;
}

export function keyOf({ resourceType, id }: Resource): string {
  return `${resourceType}/${id ?? ''}`;
}

async function replyOf(response: Response): Promise<Reply> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}
