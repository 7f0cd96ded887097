/** Errors for requests that no upstream is known to support, in place of an answer that ignores them. */
import { PmsError } from '../../../errors.js';

/**
 * Makes an UPSTREAM_UNSUPPORTED error.
 * @param what the field or argument, as the schema spells it
 */
export function unsupported(what: string, instead: string): PmsError {
  return new PmsError('UPSTREAM_UNSUPPORTED', `"${what}" is not offered for this upstream: ${instead}.`);
}

/** Refuses arguments of a field that are not supported yet. Only the field fails. */
export function refuse(what: string, instead: string): () => never {
  return () => {
    throw unsupported(what, instead);
  };
}
