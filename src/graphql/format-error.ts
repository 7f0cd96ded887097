/**
 * Converts errors to the form for clients, which contains only a known code and a safe message. No other module does
 * this.
 */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { MalformedElement } from '../fhir/guarded.js';
import { errorCodes, isPmsError, type ErrorCode } from '../errors.js';

/** Maximum number of validation errors of one document. Validation stops after it. */
export const mostErrors = 100;

export type LogUnknown = (error: unknown) => void;

/** An error in the form for clients. */
export interface ClientError extends GraphQLFormattedError {
  readonly extensions: { readonly code: ErrorCode; readonly retryAfter?: number };
}

/**
 * @param formatted the error in the form in which Apollo Server would send it
 * @param error the error that was thrown; an unknown error is logged and replaced by a general message
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  logUnknown: LogUnknown,
): ClientError {
  const { locations, path } = formatted;
  const place = { ...(locations ? { locations } : {}), ...(path ? { path } : {}) };
  const original = originalOf(error);
  if (isPmsError(original)) {
    const { code, message, retryAfter } = original;
    return { message, ...place, extensions: { code, ...(retryAfter === undefined ? {} : { retryAfter }) } };
  }
  const limit = limitIn(formatted.message);
  if (limit !== undefined) return { message: limit, ...place, extensions: { code: 'QUERY_TOO_COMPLEX' } };
  const code = formatted.extensions?.['code'];
  // Messages of parse and validation errors come from the library and concern only the client's document.
  if (isContractCode(code) && code !== 'INTERNAL_SERVER_ERROR')
    return { message: formatted.message, ...place, extensions: { code } };
  if (code === 'OPERATION_RESOLUTION_FAILURE') {
    return { message: formatted.message, ...place, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };
  }
  if (code === 'BAD_REQUEST' || code === 'PERSISTED_QUERY_NOT_SUPPORTED' || isOfClient(original)) {
    return { message: formatted.message, ...place, extensions: { code: 'BAD_USER_INPUT' } };
  }
  // The upstream's data are wrong, not this service.
  if (path && original instanceof MalformedElement)
    return { message: original.message, ...place, extensions: { code: 'UPSTREAM_BAD_RESPONSE' } };
  logUnknown(original);
  if (path && isMalformed(original)) {
    const message = 'The upstream’s record has a value for this field that FHIR does not allow.';
    return { message, ...place, extensions: { code: 'UPSTREAM_BAD_RESPONSE' } };
  }
  return {
    message: 'This service has failed. Its log has the details under the x-request-id of this response.',
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  };
}

/**
 * Whether the client's request caused the error. Apollo Server gives some errors of this kind a status, but no code.
 */
function isOfClient(error: unknown): boolean {
  const http = error instanceof GraphQLError ? error.extensions['http'] : undefined;
  return typeof http === 'object' && http !== null && 'status' in http && http.status === 400;
}

/** Whether an error comes from a getter that failed on a record, or from a value that does not fit its field's type. */
function isMalformed(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof GraphQLError;
}

/**
 * Returns the message for an exceeded limit of graphql-js. These errors have no code, so they are recognized by their
 * message, which does not always name the limit.
 */
function limitIn(message: string): string | undefined {
  const [, tokens] = / (\d+) tokens\. Parsing aborted\.$/.exec(message) ?? [];
  if (tokens !== undefined) return `A document may have at most ${tokens} tokens.`;
  return limits.get(message);
}

const limits: ReadonlyMap<string, string> = new Map([
  [
    'Too many validation errors, error limit reached. Validation aborted.',
    `The document has more than ${mostErrors} errors. Correct these first.`,
  ],
  [
    'Validation aborted.',
    'The document repeats its fields or fragments too often: validation needs more than 500,000 steps to compare its fields, or more than 50,000 to follow its fragments.',
  ],
  ['Maximum introspection depth exceeded', 'An introspection query may nest at most 3 lists.'],
]);

function originalOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originalOf(error.originalError) : error;
}

function isContractCode(code: unknown): code is ErrorCode {
  return errorCodes.some((known) => known === code);
}
