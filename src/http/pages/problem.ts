/**
 * Describes why the upstream cannot be reached, as readiness shows it to anyone: a code, a setting and a cure, all from
 * tables of this service.
 */
import { isPmsError } from '../../errors.js';
import { connectionFailureIn } from '../../network/connection-failure.js';
import { cureOf } from '../../oauth/entra-codes.js';
import { tokenRefusalIn } from '../../oauth/token-refusal.js';

export interface Problem {
  /**
   * Entra's number (`AADSTS7000222`), a code of OAuth, Node.js or OpenSSL (`CERT_HAS_EXPIRED`), or one of this service.
   */
  readonly code: string;
  /** HTTP status of the answer, where there was one. */
  readonly status?: number;
  /** The setting with the other side's address. */
  readonly at?: string;
  /** The cure. */
  readonly cure?: string;
}

const refusedCure =
  'Check PMS_CLIENT_ID, PMS_CLIENT_SECRET and PMS_SCOPE, and look up the code at the issuer of the credentials.';

/** Takes only well-formed codes from the other side's text. */
export function problemOf(error: unknown): Problem {
  const failure = connectionFailureIn(error);
  if (failure) return { code: failure.code, at: failure.place, cure: failure.cure };
  if (!isPmsError(error)) return { code: 'INTERNAL_SERVER_ERROR' };
  const { code, status } = error;
  const answered = status === undefined ? {} : { status };
  const refusal = tokenRefusalIn(error);
  if (refusal) {
    const cure = cureOf(refusal.entraCode) ?? (refusal.isPermanent ? refusedCure : undefined);
    return {
      code: refusal.entraCode ?? refusal.error ?? code,
      ...answered,
      at: 'PMS_TOKEN_URL',
      ...(cure !== undefined && { cure }),
    };
  }
  const cure = code === 'UPSTREAM_UNAUTHORIZED' ? unauthorizedCure : undefined;
  return { code, ...answered, ...(cure !== undefined && { cure }) };
}

const unauthorizedCure =
  'The upstream refuses the token of these credentials. Check that PMS_BASE_URL, PMS_SCOPE and the credentials belong to the same environment and to this API.';
