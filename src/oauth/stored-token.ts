/**
 * Encodes and decodes the tokens and failures that replicas share. The stored texts are checked, because other
 * programs may have written them.
 */
import { PmsError, isPmsError, longestRetryAfter } from '../errors.js';
import { ConnectionFailure, connectionFailureIn } from '../network/connection-failure.js';
import { entraCodeIn } from './entra-codes.js';
import type { IssuedToken } from './generation.js';
import { isHeaderSafe, longestLifetime } from './token-endpoint.js';
import { TokenRefusal } from './token-refusal.js';

/** A pause: no replica sends a token request before `until`, unless the credentials change. */
export interface Rest {
  readonly error: unknown;
  /** Number of consecutive failures. */
  readonly failures: number;
  readonly until: number;
  readonly credentials: string;
}

/** The reason for a pause, in the form in which replicas share it. It contains only codes, as in the log. */
interface StoredRest {
  readonly failures: number;
  readonly message: string;
  readonly status?: number | undefined;
  readonly refusal?: Pick<TokenRefusal, 'message' | 'error' | 'isPermanent' | 'entraCode'> | undefined;
  /** The error code of a failed connection. */
  readonly connection?: string | undefined;
}

type Read<Kept> = Partial<Record<keyof Kept, unknown>>;

/** Decodes a token. Returns undefined for a text that this program did not write. */
export function issuedOf(text: string | undefined): IssuedToken | undefined {
  const { id, value, lifetime, renewalOf }: Read<IssuedToken> = parse(text);
  if (typeof id !== 'string' || !isHeaderSafe(value)) return undefined;
  if (typeof lifetime !== 'number' || lifetime <= 0 || lifetime > longestLifetime) return undefined;
  return { id, value, lifetime, renewalOf: typeof renewalOf === 'string' ? renewalOf : undefined };
}

export function restEntry({ error, failures }: Rest): object {
  if (!isPmsError(error)) return { failures, message: 'The token endpoint failed.' } satisfies StoredRest;
  const { message, status, cause } = error;
  const refusal =
    cause instanceof TokenRefusal
      ? {
          message: cause.message,
          error: cause.error,
          isPermanent: cause.isPermanent,
          entraCode: cause.entraCode,
        }
      : undefined;
  const connection = connectionFailureIn(error)?.code;
  return { failures, message, status, refusal, connection } satisfies StoredRest;
}

/**
 * Decodes a pause. Returns undefined for a text that this program did not write.
 * @param ttlMs milliseconds until the entry expires; an implausibly long pause is rejected
 */
export function restOf(
  text: string | undefined,
  now: number,
  ttlMs: number,
  credentials: string,
): Rest | undefined {
  const stored = parse(text) as Partial<StoredRest>;
  const { failures, message, status } = stored;
  if (typeof failures !== 'number' || typeof message !== 'string') return undefined;
  if (ttlMs > 1_000 * longestRetryAfter) return undefined;
  const cause = causeOf(stored);
  const error = new PmsError('TOKEN_UNAVAILABLE', message, {
    retryAfter: Math.ceil(ttlMs / 1_000),
    ...(status !== undefined && { status }),
    ...(cause && { cause }),
  });
  return { error, failures, until: now + ttlMs, credentials };
}

function causeOf({ refusal, connection }: Partial<StoredRest>): Error | undefined {
  if (connection !== undefined) return new ConnectionFailure(connection, 'PMS_TOKEN_URL');
  if (!refusal) return undefined;
  const { message, error, isPermanent, entraCode } = refusal;
  return new TokenRefusal(message, error, isPermanent, entraCodeIn(entraCode));
}

function parse(text = 'null'): Read<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
