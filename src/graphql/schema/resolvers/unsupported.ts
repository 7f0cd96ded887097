/** What no upstream is known to do: said instead of an answer that ignores what was asked. */
import { PmsError } from '../../../errors.js';

/** @param what the field or argument, as the schema spells it */
export function unsupported(what: string, instead: string): PmsError {
  return new PmsError('UPSTREAM_UNSUPPORTED', `"${what}" is not offered for this upstream: ${instead}.`);
}

/** Arguments of a field that cannot be answered yet: the field alone fails. */
export function refuse(what: string, instead: string): () => never {
  return () => {
    throw unsupported(what, instead);
  };
}
