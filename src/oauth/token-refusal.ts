/** Why a token endpoint gave no token: its codes alone, since its texts name tenants, applications and requests. */
import { isPmsError } from '../errors.js';

export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
  /** RFC 6749's `error`, as far as it is one of its codes. */
  readonly error: string | undefined;
  /** Whether asking again cannot help until somebody changes a setting. */
  readonly isPermanent: boolean;
  /** Microsoft Entra's number, `AADSTS7000222`, where it gave one. */
  readonly entraCode: string | undefined;

  constructor(message: string, error: string | undefined, isPermanent: boolean, entraCode?: string) {
    super(message);
    this.error = error;
    this.isPermanent = isPermanent;
    this.entraCode = entraCode;
  }
}

/** The refusal behind an error; undefined where it failed in another way. */
export function tokenRefusalIn(error: unknown): TokenRefusal | undefined {
  return isPmsError(error) && error.cause instanceof TokenRefusal ? error.cause : undefined;
}

/** Whether a failed token request is one that asking again does not help. */
export function isRefusedForGood(error: unknown): boolean {
  return tokenRefusalIn(error)?.isPermanent === true;
}
