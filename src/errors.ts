/**
 * The errors of this service. Each has a stable code for programs, a sentence without secrets for people, and a cause
 * for the log.
 */

/**
 * Groups of error codes by the person who can correct the error. The texts are the headings of docs/errors.md, in
 * this order.
 */
export const errorFaults = {
  client: 'The client has to change the request',
  load: 'There are too many requests at the moment',
  upstream: 'The upstream does not give the data',
  data: 'The record does not exist upstream',
  operator: 'The operator of the service has to act',
} as const;

/** The description of one error code in docs/errors.md. */
export interface ErrorMeaning {
  readonly fault: keyof typeof errorFaults;
  readonly meaning: string;
  readonly cure: string;
  /** Whether a client may send the same request again. `later`: after `retryAfter` seconds, or with growing pauses. */
  readonly retry: 'no' | 'once' | 'later';
  /** Whether the code is reserved for later: it is part of the contract, but this version does not use it yet. */
  readonly isToCome?: true;
}

/**
 * Every code that `errors[].extensions.code` may contain. The codes are part of the public contract. docs/errors.md
 * is generated from this table.
 */
export const errorMeanings = {
  GRAPHQL_PARSE_FAILED: {
    fault: 'client',
    meaning: 'The document is not valid GraphQL.',
    cure: 'Correct the document. `locations` says where the mistake is.',
    retry: 'no',
  },
  GRAPHQL_VALIDATION_FAILED: {
    fault: 'client',
    meaning: 'The document does not fit the schema.',
    cure: 'Correct the document. The message names the most similar field, if introspection is on.',
    retry: 'no',
  },
  BAD_USER_INPUT: {
    fault: 'client',
    meaning: 'An argument, a variable or the HTTP request itself is invalid. Nothing was sent upstream.',
    cure: 'Correct the value. The message names it and says what is expected; `path` names its field.',
    retry: 'no',
  },
  BAD_CURSOR: {
    fault: 'client',
    meaning:
      '`after` is not a cursor that this list returned for these arguments. Of `changes`: or changes after the cursor may be missing.',
    cure: 'Request the first page again, without `after`. Do not change the other arguments from page to page. Of `changes`: fetch all products again first.',
    retry: 'no',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    fault: 'client',
    meaning: 'The request has only the hash of a query, and the service does not know that query.',
    cure: 'Send the query with its hash. Clients with automatic persisted queries do so by themselves.',
    retry: 'once',
  },
  UNTRUSTED_DOCUMENT: {
    fault: 'client',
    meaning: 'The service answers only the documents on its list, and this one is not on it.',
    cure: 'Ask the operator of the service to add it.',
    retry: 'no',
  },
  QUERY_TOO_COMPLEX: {
    fault: 'client',
    meaning:
      'The document is too large or too deep, or the answer would be too large. The limits are listed below.',
    cure: 'Request less data in one operation. The message names the limit.',
    retry: 'no',
  },
  UPSTREAM_BUDGET_EXCEEDED: {
    fault: 'client',
    meaning:
      'The operation needs more upstream requests than one operation may make. Nothing was sent upstream.',
    cure: 'Lower the `first` that the message names, or split the operation.',
    retry: 'no',
  },
  UNAUTHENTICATED: {
    fault: 'client',
    meaning: 'The request has no valid key or token.',
    cure: 'Send a valid key or token.',
    retry: 'no',
    isToCome: true,
  },
  FORBIDDEN: {
    fault: 'client',
    meaning: 'A web page of another site sent the request.',
    cure: 'Send the request with `fetch`, from an origin that `CORS_ORIGINS` lists.',
    retry: 'no',
  },
  RATE_LIMITED: {
    fault: 'load',
    meaning: 'This client has too many streams of changes open.',
    cure: 'Close a stream. Then try again after the seconds in `Retry-After`.',
    retry: 'later',
  },
  OVERLOADED: {
    fault: 'load',
    meaning: 'Too many requests wait for the upstream or for the index, or this replica is shutting down.',
    cure: 'Wait some seconds, then try again with growing pauses.',
    retry: 'later',
  },
  UPSTREAM_RATE_LIMITED: {
    fault: 'load',
    meaning: 'Because of the upstream’s rate limit, this request cannot be sent before it times out.',
    cure: 'Wait for `retryAfter` seconds.',
    retry: 'later',
  },
  UPSTREAM_TIMEOUT: {
    fault: 'upstream',
    meaning: 'The upstream did not answer in time.',
    cure: 'Try again with growing pauses. Meanwhile show the other data of the response.',
    retry: 'later',
  },
  UPSTREAM_UNAVAILABLE: {
    fault: 'upstream',
    meaning:
      'The upstream failed, cannot be reached, or has failed so often that the service sends it no requests for a short time.',
    cure: 'Try again, after `retryAfter` seconds if given. Meanwhile show the other data of the response.',
    retry: 'later',
  },
  UPSTREAM_BAD_RESPONSE: {
    fault: 'upstream',
    meaning:
      'The response of the upstream cannot be used: it is not JSON, is too large, or has a value that FHIR does not allow.',
    cure: 'Show the other data of the response. A wrong record stays wrong until the upstream corrects it.',
    retry: 'no',
  },
  UPSTREAM_UNSUPPORTED: {
    fault: 'upstream',
    meaning: 'The upstream does not support what the query needs.',
    cure: 'Change the query as the message suggests. `service { capabilities }` lists what this upstream supports.',
    retry: 'no',
  },
  UPSTREAM_INCOMPLETE: {
    fault: 'upstream',
    meaning:
      'A list without pages could not be read completely. It is null, because an incomplete list must not look complete.',
    cure: 'Request less data in one operation. `extensions.upstream.incomplete` gives the reason; some reasons are temporary.',
    retry: 'later',
  },
  TOKEN_UNAVAILABLE: {
    fault: 'operator',
    meaning: 'The token endpoint issued no token: it failed, or it refused the credentials.',
    cure: 'Try again later. The operator finds the cause in the log, in `/health/ready` and with `doctor`.',
    retry: 'later',
  },
  INDEX_UNAVAILABLE: {
    fault: 'operator',
    meaning: 'The index of products cannot be read or written: it is full, damaged, closed or read-only.',
    cure: 'The operator checks `pms-graphql index status` and the log.',
    retry: 'no',
  },
  UPSTREAM_UNAUTHORIZED: {
    fault: 'operator',
    meaning: 'The upstream refused this service (401 or 403).',
    cure: 'The operator checks the credentials with `pms-graphql doctor`.',
    retry: 'no',
  },
  DANGLING_REFERENCE: {
    fault: 'data',
    meaning: 'A record refers to another record that does not exist.',
    cure: 'Show the other data of the response. Only this record is missing.',
    retry: 'no',
  },
  INTERNAL_SERVER_ERROR: {
    fault: 'operator',
    meaning: 'The service has a fault. Its log has the details under the `x-request-id` of the response.',
    cure: 'Report it to the operator with that id.',
    retry: 'no',
  },
} as const satisfies Readonly<Record<string, ErrorMeaning>>;

export type ErrorCode = keyof typeof errorMeanings;
export const errorCodes = Object.keys(errorMeanings) as readonly ErrorCode[];

export interface PmsErrorOptions {
  /** The underlying error. It is only written to the log, and never sent to a client. */
  readonly cause?: unknown;
  /** The HTTP status of the response from the upstream or the token endpoint. Undefined if there was no response. */
  readonly status?: number;
  /** Seconds until the client should try again, as the upstream or the token endpoint states. At most one hour. */
  readonly retryAfter?: number;
}

/** Maximum of `retryAfter`, in seconds. Otherwise one unusual `Retry-After` header could block requests for years. */
export const longestRetryAfter = 3_600;

/**
 * An error of this service. Its message may be shown to clients: it contains no secret, no token, no host name of the
 * deployment and no query of an upstream URL, and it repeats nothing that a client sent.
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

/**
 * Whether the upstream, the token endpoint or a proxy returned no usable response. A refusal, such as 401, is not an
 * outage.
 */
export function isOutage(error: unknown): error is PmsError {
  return isPmsError(error) && outages.has(error.code);
}

/** Returns Node's code of an error, such as `ECONNRESET`, or `UNKNOWN` if the error has no code. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** Whether a request failed because a certificate is not trusted, or because TLS could not be negotiated. */
export function isTlsFailure(error: unknown): boolean {
  const code = codeOf(isPmsError(error) ? error.cause : error);
  return code === 'EPROTO' || tlsCodes.test(code);
}

/** Error codes of Node and OpenSSL for TLS and certificates. */
const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_)/;

/** Exit codes as in sysexits.h. Code 1 (`wrong`) is for a command whose result is incomplete or shows a problem. */
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
 * The reason why the service cannot start, or why a command fails. The message says what to do, and may name files.
 * It is for the operator, never for clients.
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
