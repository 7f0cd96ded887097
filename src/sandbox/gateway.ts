/** The checks before a FHIR interaction: length of the URL, token, rate limit, and simulated faults. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Bundle } from 'fhir/r5.js';
import { htmlAnswer, jsonAnswer, outcomeAnswer, type Answer } from './answer.js';
import type { Faults } from './faults.js';
import type { FhirApi } from './fhir-api.js';

export interface GatewayRequest {
  readonly method: string;
  /** Path below the base URL, including the query. */
  readonly path: string;
  readonly form: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** `hang` and `reset`: connections that get no response. */
export type Outcome = Answer | 'hang' | 'reset';

export interface GatewayOptions {
  readonly baseUrl: string;
  readonly fhir: FhirApi;
  readonly faults: Faults;
  readonly isAuthorized: (authorization: string | undefined) => boolean;
  /** Returns 0 if the request is within the rate limit, or else the seconds to wait. */
  readonly admit: () => number;
  /** The longest URL accepted, in characters. */
  readonly longestUrl: number;
  /** The HTTP status of the response to a longer URL. */
  readonly overlong: 414 | 431;
}

const overlongTitles = { 414: 'URI Too Long', 431: 'Request Header Fields Too Large' } as const;

export function createGateway(options: GatewayOptions): (request: GatewayRequest) => Outcome {
  const { faults, fhir } = options;
  return (request) => {
    const refused = faultBefore(faults, request) ?? gatewayRefusal(options, request);
    if (refused !== undefined) return refused;
    const { pathname, searchParams } = new URL(`http://sandbox${request.path}`);
    const query = new URLSearchParams([...searchParams, ...new URLSearchParams(request.form ?? '')]);
    const { prefer, 'if-none-match': ifNoneMatch } = request.headers;
    return distorted(
      faults,
      request.path,
      fhir({ method: request.method, path: pathname, query, ifNoneMatch, prefer: [prefer].flat().join() }),
    );
  };
}

function faultBefore(faults: Faults, { method, path }: GatewayRequest): Outcome | undefined {
  const fault = faults.take(path, 'status', 'reset', 'hang', 'html');
  if (fault?.kind === 'status') {
    const answer = outcomeAnswer(fault.status, 'transient', 'This fault was asked for');
    const wait = fault.retryAfter;
    return wait === undefined
      ? answer
      : { ...answer, headers: { ...answer.headers, 'retry-after': `${wait}` } };
  }
  if (fault?.kind === 'html') return htmlAnswer(200, 'Under maintenance');
  if (fault !== undefined) return fault.kind;
  const isRefused = method === 'POST' && faults.take(path, 'post-refused') !== undefined;
  if (isRefused) return outcomeAnswer(405, 'not-supported', 'POST is not supported');
  const isExpired = /[?&]_(?:page|getpages)=/.test(path) && faults.take(path, 'expired-next') !== undefined;
  return isExpired ? outcomeAnswer(410, 'not-found', 'This page link has expired') : undefined;
}

function gatewayRefusal(options: GatewayOptions, { path, headers }: GatewayRequest): Answer | undefined {
  const { baseUrl, longestUrl, overlong } = options;
  if (baseUrl.length + path.length > longestUrl) return htmlAnswer(overlong, overlongTitles[overlong]);
  if (!options.isAuthorized(headers.authorization)) {
    return jsonAnswer(401, { statusCode: 401, message: 'APIM. Not authorized' });
  }
  const wait = options.admit();
  if (wait === 0) return undefined;
  const message = `Rate limit is exceeded. Try again in ${wait} seconds.`;
  return jsonAnswer(429, { statusCode: 429, message }, { 'retry-after': `${wait}` });
}

function distorted(faults: Faults, path: string, answer: Answer): Answer {
  if (answer.status !== 200) return answer;
  if (faults.take(path, 'truncated-json') !== undefined) {
    return { ...answer, body: answer.body.slice(0, Math.ceil(answer.body.length / 2)) };
  }
  const hasNoTotal = faults.take(path, 'no-total') !== undefined;
  const hasForeignNext = faults.take(path, 'foreign-next') !== undefined;
  if (!hasNoTotal && !hasForeignNext) return answer;
  const { total, link, ...bundle } = JSON.parse(answer.body) as Bundle;
  const links = hasForeignNext ? link?.map(pointElsewhere) : link;
  return { ...answer, body: JSON.stringify({ ...bundle, ...(hasNoTotal ? {} : { total }), link: links }) };
}

type Link = NonNullable<Bundle['link']>[number];

function pointElsewhere(link: Link): Link {
  return link.relation === 'next' ? { ...link, url: 'https://elsewhere.example/another/v1?_page=1' } : link;
}
