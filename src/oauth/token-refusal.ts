/**
 * The reason why a token endpoint gave no token: codes only, since its texts name tenants, applications and requests.
 */
import { isPmsError } from '../errors.js';

export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
  /** The `error` of RFC 6749, where it is a known code. */
  readonly error: string | undefined;
  /** Whether asking again is useless until a setting is changed. */
  readonly isPermanent: boolean;
  /** Microsoft Entra's number, such as `AADSTS7000222`, where it gave one. */
  readonly entraCode: string | undefined;

  constructor(message: string, error: string | undefined, isPermanent: boolean, entraCode?: string) {
    super(message);
    this.error = error;
    this.isPermanent = isPermanent;
    this.entraCode = entraCode;
  }
}

/** Returns the refusal behind an error; undefined where the request failed in another way. */
export function tokenRefusalIn(error: unknown): TokenRefusal | undefined {
  return isPmsError(error) && error.cause instanceof TokenRefusal ? error.cause : undefined;
}

/** Whether repeating a failed token request is useless. */
export function isRefusedForGood(error: unknown): boolean {
  return tokenRefusalIn(error)?.isPermanent === true;
}
