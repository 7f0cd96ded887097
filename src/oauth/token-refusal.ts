/**
 * The reason why a token endpoint issued no token. It contains only codes, because the endpoint's texts name tenants,
 * applications and requests.
 */
import { isPmsError } from '../errors.js';

export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
  /** The `error` of RFC 6749. Undefined if it is not a known code. */
  readonly error: string | undefined;
  /** Whether a retry cannot help until a setting is changed. */
  readonly isPermanent: boolean;
  /** Microsoft Entra's error code, such as `AADSTS7000222`. Undefined if the response has none. */
  readonly entraCode: string | undefined;

  constructor(message: string, error: string | undefined, isPermanent: boolean, entraCode?: string) {
    super(message);
    this.error = error;
    this.isPermanent = isPermanent;
    this.entraCode = entraCode;
  }
}

/** Returns the refusal that caused an error. Undefined if the request failed for another reason. */
export function tokenRefusalIn(error: unknown): TokenRefusal | undefined {
  return isPmsError(error) && error.cause instanceof TokenRefusal ? error.cause : undefined;
}

/** Whether a failed token request will fail again until a setting is changed. */
export function isRefusedForGood(error: unknown): boolean {
  return tokenRefusalIn(error)?.isPermanent === true;
}
