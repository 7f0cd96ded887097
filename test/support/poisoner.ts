/**
 * A proxy between the service and a sandbox that imitates odd servers: a firewall that refuses some values, a loose comparison of
 * names, one refused product, and pages with entries that do not match.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Poisoner {
  /** Base URL of the proxy, to use instead of the sandbox's. */
  readonly baseUrl: string;
  /** Number of requests by operations, and by the service itself to learn features. */
  readonly asked: { readonly byOperations: number; readonly byItself: number };
  /** Number of requests refused because of a value or a product. */
  readonly refused: number;
  /** Number of pages that the proxy altered. */
  readonly oddPages: number;
  /** From now on every search by an operation for linked records gets this kind of response. Undefined for normal responses. */
  becomeOdd(way: OddWay | undefined): void;
  stop(): Promise<void>;
}

/** Kinds of odd responses: wrong entries, wrong links, or errors. */
export const oddWays = [
  'names another parent',
  'has rows of another type',
  'has a self link without the parameter',
  'says that the parameter is ignored',
  'is refused with 400',
  'is refused with 404',
  'is refused with 405',
  'is refused with 422',
  'is refused with 501',
] as const;

export type OddWay = (typeof oddWays)[number];

/** Values that a firewall takes for an attack. */
export const hostile = /[<>;]|--|\bunion\b|\.\.\//i;
const statuses = [400, 404, 405, 422, 501] as const;

/** @param refused id of a product whose `$everything` is refused */
export async function startPoisoner(sandboxUrl: string, refused: string): Promise<Poisoner> {
  const { origin } = new URL(sandboxUrl);
  const asked = { byOperations: 0, byItself: 0 };
  let [oddPages, refusals] = [0, 0];
  let odd: OddWay | undefined;

  async function answer(
    request: IncomingMessage,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const { method = 'GET', url = '/', headers } = request;
    const body = await textOf(request);
    asked[headers.prefer === undefined ? 'byOperations' : 'byItself'] += 1;
    const { pathname, searchParams } = new URL(url, origin);
    const query = new URLSearchParams([...searchParams, ...new URLSearchParams(body)]);
    const values = [...query.values()].join('\n');
    const isRefused = hostile.test(values);
    if (isRefused || pathname.endsWith(`/${refused}/$everything`)) {
      refusals += 1;
      return outcome(isRefused ? (statuses[values.length % statuses.length] ?? 400) : 400);
    }
    const isOdd = odd !== undefined && headers.prefer === undefined && isForChildren(query);
    if (isOdd && odd?.startsWith('is refused')) {
      oddPages += 1;
      return outcome(Number(odd.slice(-3)));
    }
    const response = await fetch(origin + loosened(url), {
      method,
      headers: Object.entries(headers).flatMap(([name, value]) =>
        /^(accept|authorization|content-type|prefer)$/.test(name)
          ? [[name, String(value)] as [string, string]]
          : [],
      ),
      ...(body === '' ? {} : { body }),
    });
    const text = await response.text();
    if (!isOdd || odd === undefined || response.status !== 200)
      return { status: response.status, body: text };
    oddPages += 1;
    return { status: 200, body: JSON.stringify(distorted(JSON.parse(text) as Page, odd, query)) };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, body }) => response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(body),
      () => response.writeHead(502).end(),
    );
  });
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(sandboxUrl).pathname}`,
    asked,
    get refused() {
      return refusals;
    },
    get oddPages() {
      return oddPages;
    },
    becomeOdd: (way) => (odd = way),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Page {
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly object[];
}

const parents = ['for', 'subject', 'package-for', 'form-of'] as const;

function isForChildren(query: URLSearchParams): boolean {
  return parents.some((name) => query.has(name));
}

/** Treats `_` and `%` as wildcards, as in SQL. The products found do not contain the text. */
function loosened(url: string): string {
  return url.replace(/([?&]name(?:%3Acontains|:contains)?=)[^&]*(?:_|%25)[^&]*/, '$1a');
}

function distorted({ link = [], entry = [], ...page }: Page, odd: OddWay, query: URLSearchParams): object {
  const name = parents.find((each) => query.has(each)) ?? 'for';
  const stranger = { reference: 'MedicinalProductDefinition/somebody-elses' };
  switch (odd) {
    case 'names another parent': {
      const resource = { resourceType: 'PackagedProductDefinition', id: 'odd', packageFor: [stranger] };
      const other = { resourceType: 'RegulatedAuthorization', id: 'odd', subject: [stranger] };
      const third = { resourceType: 'Ingredient', id: 'odd', for: [stranger] };
      const row = name === 'package-for' ? resource : name === 'subject' ? other : third;
      return { ...page, link, entry: [...entry, { resource: row, search: { mode: 'match' } }] };
    }
    case 'has rows of another type': {
      const resource = { resourceType: 'SubstanceDefinition', id: 'odd' };
      return { ...page, link, entry: [...entry, { resource, search: { mode: 'match' } }] };
    }
    case 'says that the parameter is ignored': {
      const issue = [
        {
          severity: 'warning',
          code: 'not-supported',
          diagnostics: `The parameter '${name}' is not supported.`,
        },
      ];
      const resource = { resourceType: 'OperationOutcome', issue };
      return { ...page, link, entry: [...entry, { resource, search: { mode: 'outcome' } }] };
    }
    default:
      return { ...page, link: [{ relation: 'self', url: '?_count=500' }], entry };
  }
}

function outcome(status: number): { readonly status: number; readonly body: string } {
  const issue = [{ severity: 'error', code: 'invalid', diagnostics: 'The request was rejected' }];
  return { status, body: JSON.stringify({ resourceType: 'OperationOutcome', issue }) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
