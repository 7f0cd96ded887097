/** A proxy between the service and a sandbox that alters responses. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/server.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { startFacade, type TestService } from './service.js';

/** A request to the upstream. `isOwn`: sent by the service to learn features, not by an operation. */
export interface Between {
  /** Path and query; for POST `_search`, path and form. */
  readonly asked: string;
  readonly isOwn: boolean;
}

export interface Answer {
  readonly status: number;
  /** The body, parsed from JSON. */
  readonly body: unknown;
}

/** Returns an altered response, or undefined to pass the sandbox's response on. */
export type Alter = (question: Between, ask: () => Promise<Answer>) => Promise<Answer | undefined>;

export interface TestBetween extends Pick<TestService, 'query'> {
  readonly sandbox: Sandbox;
  /** All requests so far. */
  readonly questions: Between[];
}

type FacadeSettings = NonNullable<Parameters<typeof startFacade>[1]>;

/** Starts the service, the proxy and the sandbox. They stop with the test. */
export async function startBetween(
  sandboxOptions: SandboxOptions,
  alter: Alter,
  settings: Partial<FacadeSettings> = {},
): Promise<TestBetween> {
  const sandbox = await startSandbox(sandboxOptions);
  const { origin, pathname } = new URL(sandbox.baseUrl);
  const questions: Between[] = [];
  const server = createServer((request, response) => {
    void answered(request).then(
      ({ status, body }) =>
        response
          .writeHead(status, { 'content-type': 'application/fhir+json' })
          .end(JSON.stringify(body).replaceAll(new URL(origin).host, request.headers.host ?? '')),
      () => response.writeHead(502).end(),
    );
  });
  server.keepAliveTimeout = 600_000;

  async function answered(request: IncomingMessage): Promise<Answer> {
    const { method = 'GET', url = '/', headers } = request;
    const form = await textOf(request);
    const question: Between = {
      asked: decodeURIComponent(form === '' ? url : `${url}?${form}`),
      isOwn: headers.prefer !== undefined,
    };
    questions.push(question);
    const ask = async (): Promise<Answer> => {
      const response = await fetch(origin + url, {
        method,
        headers: Object.entries(headers).flatMap(([name, value]) =>
          /^(accept|authorization|content-type|prefer)$/.test(name)
            ? [[name, String(value)] as [string, string]]
            : [],
        ),
        ...(form === '' ? {} : { body: form }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : {} };
    };
    return (await alter(question, ask)) ?? ask();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { tokenUrl, clientId, clientSecret, scope } = sandbox;
  const facade = await startFacade(
    {
      kind: 'fhir',
      baseUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`),
      oauth: { tokenUrl: new URL(tokenUrl), clientId, scope },
    },
    { profile: 'auto', clientSecret, ...settings },
  );
  onTestFinished(async () => {
    await facade.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await sandbox.stop();
  });
  return { query: facade.query, sandbox, questions };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
