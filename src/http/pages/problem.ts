/**
 * Describes why the upstream cannot be reached, for anyone who opens `/health/ready`: a code, a setting and what to
 * do. All texts come from tables of this service.
 */
import { isPmsError } from '../../errors.js';
import { connectionFailureIn } from '../../network/connection-failure.js';
import { cureOf } from '../../oauth/entra-codes.js';
import { tokenRefusalIn } from '../../oauth/token-refusal.js';

export interface Problem {
  /** An error code of Entra (`AADSTS7000222`), OAuth, Node.js, OpenSSL (`CERT_HAS_EXPIRED`) or this service. */
  readonly code: string;
  /** The HTTP status of the response. Undefined if there was no response. */
  readonly status?: number;
  /** The setting that has the other server's URL. */
  readonly at?: string;
  /** What the operator should do. */
  readonly cure?: string;
}

const refusedCure =
  'Check PMS_CLIENT_ID, PMS_CLIENT_SECRET and PMS_SCOPE, and look up the code at the issuer of the credentials.';

/** Describes an error. The only parts of the other server's text that it uses are well-formed codes. */
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
