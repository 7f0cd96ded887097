/** Requests tokens from an OAuth 2.0 token endpoint with the client credentials grant, and checks the responses. */
import { PmsError, isPmsError, isTlsFailure } from '../errors.js';
import { connectionFailureIn } from '../network/connection-failure.js';
import { deriveKey } from '../store/seal.js';
import { cureOf, entraCodeIn } from './entra-codes.js';
import { TokenRefusal, tokenRefusalIn } from './token-refusal.js';

export interface Token {
  readonly value: string;
  /** Milliseconds from the request to the expiry: from a second to a day. */
  readonly lifetime: number;
}

export interface TokenRequest {
  readonly method: 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal?: AbortSignal;
}

export interface TokenAnswer {
  readonly status: number;
  /** Seconds of the `Retry-After` header. */
  readonly retryAfter: number | undefined;
  readonly body: Buffer;
}

export interface TokenEndpoint {
  /** Requests a token. Rejects with TOKEN_UNAVAILABLE. The error's cause contains codes, but no secret and no name. */
  readonly request: (signal?: AbortSignal) => Promise<Token>;
  /** Returns an id that changes with the secrets and reveals nothing about them. */
  readonly credentials: () => string;
  /** Number of token requests sent. */
  readonly requests: number;
}

export interface TokenEndpointOptions {
  readonly tokenUrl: string | URL;
  readonly clientId: string;
  /**
   * Returns the current secret and the next one. It is called for each request. If the first secret is refused, the
   * next one is tried once; if it is accepted, it is used from then on. So secrets can be changed without an
   * interruption.
   */
  readonly secrets: () => readonly string[];
  readonly scope: string;
  /** Sends a request without adding a token. */
  readonly send: (request: TokenRequest) => Promise<TokenAnswer>;
  /** Called once, when the token endpoint has accepted another secret than the first. */
  readonly onNextSecret?: () => void;
}

export function createTokenEndpoint({
  secrets,
  onNextSecret = () => undefined,
  ...options
}: TokenEndpointOptions): TokenEndpoint {
  let preferred: string | undefined;
  // The secrets that were refused since a secret was last accepted.
  const refused = new Set<string>();
  let requests = 0;

  async function request(signal?: AbortSignal): Promise<Token> {
    const all = secrets();
    const first = all.find((secret) => secret === preferred) ?? all[0] ?? '';
    const other = all.find((secret) => secret !== first);
    try {
      return await ask(first, signal);
    } catch (error) {
      if (other === undefined || !isInvalidClient(error)) throw error;
      preferred = other;
      // Both secrets were refused. From now on, requests use the two secrets alternately.
      if (refused.has(other)) throw error;
      const token = await ask(other, signal);
      if (other !== all[0]) onNextSecret();
      return token;
    }
  }

  async function ask(secret: string, signal?: AbortSignal): Promise<Token> {
    requests++;
    const answer = await options.send(tokenRequest(options, secret, signal)).catch(unreachable);
    try {
      const token = judge(answer);
      preferred = secret;
      refused.clear();
      return token;
    } catch (error) {
      if (isInvalidClient(error)) {
        preferred = undefined;
        refused.add(secret);
      }
      throw error;
    }
  }

  return {
    request,
    credentials: () => deriveKey(JSON.stringify(secrets()), 'credentials').id,
    get requests() {
      return requests;
    },
  };
}

function tokenRequest(
  options: Pick<TokenEndpointOptions, 'tokenUrl' | 'clientId' | 'scope'>,
  secret: string,
  signal: AbortSignal | undefined,
): TokenRequest {
  const form = { grant_type: 'client_credentials', client_id: options.clientId, client_secret: secret };
  return {
    method: 'POST',
    url: new URL(options.tokenUrl),
    headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...form, scope: options.scope }).toString(),
    ...(signal && { signal }),
  };
}

function unreachable(error: unknown): never {
  const message = isTlsFailure(error)
    ? 'No secure connection to the token endpoint is possible: its certificate or its TLS is wrong.'
    : 'The token endpoint cannot be reached.';
  throw new PmsError('TOKEN_UNAVAILABLE', message, {
    cause: connectionFailureIn(error) ?? error,
    ...(isPmsError(error) && error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
  });
}

/** Returns the token in a response. Throws TOKEN_UNAVAILABLE if the response has no usable token. */
function judge(answer: TokenAnswer): Token {
  const body = parse(answer.body);
  if (answer.status !== 200) throw refused(answer, body);
  const value = body['access_token'];
  const lifetime = lifetimeOf(body['expires_in']);
  if (!isBearer(body['token_type']) || !isHeaderSafe(value) || lifetime === undefined) {
    throw new PmsError('TOKEN_UNAVAILABLE', 'The response of the token endpoint has no usable token.', {
      status: 200,
    });
  }
  return { value, lifetime };
}

/**
 * Maximum size of a response in bytes. Tokens have a few thousand bytes, and no header can contain more than 20,000.
 */
const mostBytes = 100_000;

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.byteLength > mostBytes) return {};
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** Whether the type of the token is bearer. Servers may leave out the type, or write it in upper or lower case. */
function isBearer(type: unknown): boolean {
  return type === undefined || (typeof type === 'string' && type.toLowerCase() === 'bearer');
}

export function isHeaderSafe(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

/** Maximum lifetime of a token in milliseconds. A token with a longer lifetime is renewed after this time. */
export const longestLifetime = 86_400_000;

/**
 * Returns the lifetime in milliseconds. Some servers send the seconds as a string. If they are missing, five minutes
 * are assumed, which is safe. A lifetime below a second is rejected, because each call would request a new token.
 */
function lifetimeOf(expiresIn: unknown = 300): number | undefined {
  const seconds = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  return typeof seconds === 'number' && seconds >= 1 ? Math.min(longestLifetime, seconds * 1_000) : undefined;
}

function refused(answer: TokenAnswer, body: Readonly<Record<string, unknown>>): PmsError {
  const error = oauthErrors.find((code) => code === body['error']);
  const entraCode = entraCodeIn(body['error_description']);
  const codes = [error, entraCode].filter((code) => code !== undefined).join(', ');
  const cure = cureOf(entraCode);
  const isPermanent =
    isClientsFault(answer.status) && error !== 'temporarily_unavailable' && error !== 'server_error';
  const message = isPermanent
    ? 'The token endpoint refused the credentials of this service.'
    : 'The token endpoint failed.';
  return new PmsError('TOKEN_UNAVAILABLE', message, {
    status: answer.status,
    cause: new TokenRefusal(
      `HTTP ${answer.status}${codes && `: ${codes}`}${cure === undefined ? '' : `. ${cure}`}`,
      error,
      isPermanent,
      entraCode,
    ),
    ...(answer.retryAfter !== undefined && { retryAfter: answer.retryAfter }),
  });
}

const oauthErrors = [
  'access_denied',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_resource',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
] as const;

function isClientsFault(status: number): boolean {
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

function isInvalidClient(error: unknown): boolean {
  return tokenRefusalIn(error)?.error === 'invalid_client';
}
