/** Errors for arguments that no known upstream supports. Without these errors, the arguments would be ignored. */
import { PmsError } from '../../../errors.js';

/**
 * Creates an UPSTREAM_UNSUPPORTED error.
 * @param what the field or argument, as written in the schema
 * @param instead what the service offers in its place
 */
export function unsupported(what: string, instead: string): PmsError {
  return new PmsError('UPSTREAM_UNSUPPORTED', `"${what}" is not supported for this upstream: ${instead}.`);
}

/** Returns a function that refuses arguments of a field. Only this field fails, not the operation. */
export function refuse(what: string, instead: string): () => never {
  return () => {
    throw unsupported(what, instead);
  };
}
