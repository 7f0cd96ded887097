/** The one family of errors: a stable code for programs, a safe sentence for people, the cause for the log. */

/** Every code that `errors[].extensions.code` may carry; part of the public contract. */
export const errorCodes = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_CURSOR',
  'PERSISTED_QUERY_NOT_FOUND',
  'UNTRUSTED_DOCUMENT',
  'QUERY_TOO_COMPLEX',
  'UPSTREAM_BUDGET_EXCEEDED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'OVERLOADED',
  'UPSTREAM_UNAUTHORIZED',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_BAD_RESPONSE',
  'UPSTREAM_UNSUPPORTED',
  'UPSTREAM_INCOMPLETE',
  'TOKEN_UNAVAILABLE',
  'INDEX_UNAVAILABLE',
  'DANGLING_REFERENCE',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface PmsErrorOptions {
  /** What went wrong below; for the log, never for a client. */
  readonly cause?: unknown;
  /** The HTTP status that the upstream or the token endpoint answered, where it answered one. */
  readonly status?: number;
  /** Seconds after which a new attempt makes sense, where the other side told; more than an hour counts as an hour. */
  readonly retryAfter?: number;
}

/** Seconds. A wait that nobody can mean is broken off, to see: by one odd header nobody is left alone for years. */
export const longestRetryAfter = 3_600;

/**
 * An error that this service understands. Its message is safe to show: it names no secret, no token,
 * no host of the deployment and no query of an upstream URL, and it echoes nothing that a client sent.
 */
export class PmsError extends Error {
  override readonly name = 'PmsError';
  readonly code: ErrorCode;
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: PmsErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = options.status;
    const { retryAfter } = options;
    this.retryAfter = retryAfter === undefined ? undefined : Math.min(longestRetryAfter, retryAfter);
  }
}

export function isPmsError(error: unknown): error is PmsError {
  return error instanceof PmsError;
}

const outages: ReadonlySet<ErrorCode> = new Set([
  'TOKEN_UNAVAILABLE',
  'UPSTREAM_BAD_RESPONSE',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
]);

/** Whether the upstream, or what stands before it, gave no answer: not so where it has answered no. */
export function isOutage(error: unknown): error is PmsError {
  return isPmsError(error) && outages.has(error.code);
}

/** Node's code of a failure, `ECONNRESET`; `UNKNOWN` where it has none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** Whether an exchange failed by a certificate that is not trusted, or because no TLS could be agreed on. */
export function isTlsFailure(error: unknown): boolean {
  const code = codeOf(isPmsError(error) ? error.cause : error);
  return code === 'EPROTO' || tlsCodes.test(code);
}

/** Node's and OpenSSL's. */
const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_)/;

/** Exit codes of sysexits.h, and 1 where not all came of it that was asked for. */
export const exitCodes = {
  wrong: 1,
  usage: 64,
  data: 65,
  noInput: 66,
  unavailable: 69,
  software: 70,
  cannotCreate: 73,
  io: 74,
  config: 78,
} as const;

/**
 * Why a start, or a command, comes to nothing. Its message says what to do, and may name files: it is for whoever has
 * started it, never for clients.
 */
export class ExitError extends Error {
  readonly exit: keyof typeof exitCodes;

  constructor(exit: keyof typeof exitCodes, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
  }

  get exitCode(): number {
    return exitCodes[this.exit];
  }
}
