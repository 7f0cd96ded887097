/** What replicas tell each other of a token, read back from where anybody may have written. */
import { PmsError, isPmsError, longestRetryAfter } from '../errors.js';
import type { IssuedToken } from './generation.js';
import { isHeaderSafe, longestLifetime } from './token-endpoint.js';
import { TokenRefusal } from './token-refusal.js';

/** No token request is to be sent before `until`, whoever asks, unless the credentials have changed. */
export interface Rest {
  readonly error: unknown;
  /** In a row. */
  readonly failures: number;
  readonly until: number;
  readonly credentials: string;
}

/** Why the endpoint is left alone, as another replica is told: codes, as in the log. */
interface StoredRest {
  readonly failures: number;
  readonly message: string;
  readonly status?: number | undefined;
  readonly refusal?: Pick<TokenRefusal, 'message' | 'error' | 'isPermanent'> | undefined;
}

type Read<Kept> = Partial<Record<keyof Kept, unknown>>;

/** Undefined for what no program of this kind has written. */
export function issuedOf(text: string | undefined): IssuedToken | undefined {
  const { id, value, lifetime, renewalOf }: Read<IssuedToken> = parse(text);
  if (typeof id !== 'string' || !isHeaderSafe(value)) return undefined;
  if (typeof lifetime !== 'number' || lifetime <= 0 || lifetime > longestLifetime) return undefined;
  return { id, value, lifetime, renewalOf: typeof renewalOf === 'string' ? renewalOf : undefined };
}

export function toldRest({ error, failures }: Rest): object {
  if (!isPmsError(error)) return { failures, message: 'The token endpoint failed.' } satisfies StoredRest;
  const { message, status, cause } = error;
  const refusal =
    cause instanceof TokenRefusal
      ? { message: cause.message, error: cause.error, isPermanent: cause.isPermanent }
      : undefined;
  return { failures, message, status, refusal } satisfies StoredRest;
}

/**
 * Undefined for what no program of this kind has written.
 * @param ttlMs that it has left: one that is to last for longer than anybody means is not believed
 */
export function restOf(
  text: string | undefined,
  now: number,
  ttlMs: number,
  credentials: string,
): Rest | undefined {
  const { failures, message, status, refusal } = parse(text) as Partial<StoredRest>;
  if (typeof failures !== 'number' || typeof message !== 'string') return undefined;
  if (ttlMs > 1_000 * longestRetryAfter) return undefined;
  const error = new PmsError('TOKEN_UNAVAILABLE', message, {
    retryAfter: Math.ceil(ttlMs / 1_000),
    ...(status !== undefined && { status }),
    ...(refusal && { cause: new TokenRefusal(refusal.message, refusal.error, refusal.isPermanent) }),
  });
  return { error, failures, until: now + ttlMs, credentials };
}

function parse(text = 'null'): Read<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
