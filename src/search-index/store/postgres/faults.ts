/** The errors of PostgreSQL, and of the connection to it. */

/** Codes of errors in the network, as Node has them. */
const network =
  /^(?:ECONN\w+|EPIPE|ENOTFOUND|EAI_\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOENT|EACCES)$/;
/** Errors of the driver, which have no code. */
const unanswered = /^(?:Connection terminated|Query read timeout|timeout expired|timeout exceeded|Client )/;
/** Codes of errors in a TLS connection, as Node has them. */
const untrusted = /CERT|SSL|TLS|SIGNATURE/;
const noTls = /does not support SSL/;

export type PostgresFault = keyof typeof faultSentences;

/** Sentences for operators and clients. None has the address of the database, which may contain a password. */
export const faultSentences = {
  access: 'The database of the index refuses the user or the password.',
  denied: 'The user of the index has no permission to create or change its tables.',
  error: 'The database of the index has failed.',
  full: 'There is no space left for the index. Nothing was written.',
  lost: 'The database of the index cannot be reached.',
  missing: 'The database of the index does not exist.',
  readonly: 'The database of the index can only be read, as a standby.',
  slow: 'The database of the index has taken too long.',
  stopping: 'The database of the index is starting or stopping.',
  tables: 'The tables of the index were removed. Restart the service, and it fills a new index.',
  tls: 'The database of the index has no TLS connection that this process can trust.',
} as const;

/** By SQLSTATE, or by its first two characters, which name the class. */
const states: Readonly<Record<string, PostgresFault>> = {
  '08': 'lost',
  '25006': 'readonly',
  '28': 'access',
  '3D000': 'missing',
  '3F000': 'tables',
  '42501': 'denied',
  '42P01': 'tables',
  '53': 'full',
  '53300': 'lost',
  '53400': 'lost',
  '55P03': 'slow',
  '57': 'stopping',
  '57014': 'slow',
};

/** Returns the kind of an error of PostgreSQL; undefined for other errors. */
export function postgresFaultOf(error: unknown): PostgresFault | undefined {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const [state, text] = [String(code ?? ''), String(message ?? '')];
  if (error instanceof AggregateError) return postgresFaultOf(error.errors[0]);
  if (network.test(state) || unanswered.test(text)) return 'lost';
  if (untrusted.test(state) || noTls.test(text)) return 'tls';
  if (!/^[0-9A-Z]{5}$/.test(state)) return undefined;
  return states[state] ?? states[state.slice(0, 2)] ?? 'error';
}

/** Whether the connection that has this error cannot be used again. */
export function isLost(error: unknown): boolean {
  const fault = postgresFaultOf(error);
  return fault === undefined || fault === 'lost' || fault === 'stopping' || fault === 'readonly';
}
