/** The OAuth 2.0 token endpoint for the client credentials grant. It responds like Microsoft Entra. */

import { randomBytes, randomUUID } from 'node:crypto';
import { jsonAnswer, type Answer } from './answer.js';

export interface TokenEndpointOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** Seconds until a token expires. */
  readonly lifetime: number;
  readonly now: () => number;
}

export interface TokenEndpoint {
  /** Responds to a token request, given its form body and its Authorization header. */
  grant(form: URLSearchParams, authorization: string | undefined): Answer;
  /** Whether the Authorization header has a token that has not expired. */
  isAuthorized(authorization: string | undefined): boolean;
  revokeAll(): void;
}

export function createTokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  const expiries = new Map<string, number>();

  function issue(): Answer {
    const token = randomBytes(32).toString('base64url');
    expiries.set(token, options.now() + options.lifetime * 1000);
    const body = {
      token_type: 'Bearer',
      expires_in: options.lifetime,
      ext_expires_in: options.lifetime,
      access_token: token,
    };
    return jsonAnswer(200, body, { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' });
  }

  return {
    grant: (form, authorization) => refusal(options, form, authorization) ?? issue(),
    isAuthorized(authorization) {
      const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
      return (expiries.get(token) ?? Number.NEGATIVE_INFINITY) > options.now();
    },
    revokeAll: () => expiries.clear(),
  };
}

function refusal(
  options: TokenEndpointOptions,
  form: URLSearchParams,
  authorization: string | undefined,
): Answer | undefined {
  if (form.get('grant_type') !== 'client_credentials') {
    return entraError(
      options,
      400,
      'unsupported_grant_type',
      70003,
      'The app requested an unsupported grant type.',
    );
  }
  const [id, secret] = credentials(form, authorization);
  if (id !== options.clientId) {
    return entraError(
      options,
      400,
      'unauthorized_client',
      700016,
      'Application was not found in the directory.',
    );
  }
  if (secret !== options.clientSecret) {
    return entraError(options, 401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  }
  if (form.get('scope') !== options.scope) {
    return entraError(options, 400, 'invalid_scope', 70011, 'The provided value for scope is not valid.');
  }
  return undefined;
}

function credentials(
  form: URLSearchParams,
  authorization: string | undefined,
): [string | null, string | null] {
  const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return [form.get('client_id'), form.get('client_secret')];
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':', 2);
  return [formDecode(id), formDecode(secret)];
}

/** RFC 6749 §2.3.1: client id and client secret in a Basic header are form-encoded. */
function formDecode(text: string): string {
  return new URLSearchParams(`value=${text}`).get('value') ?? '';
}

function entraError(
  { now }: TokenEndpointOptions,
  status: number,
  error: string,
  code: number,
  sentence: string,
): Answer {
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date(now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return jsonAnswer(status, {
    error,
    error_description: `AADSTS${code}: ${sentence} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  });
}
