/** Thrown if an import failed, or if imported terms cannot be read. The message has a line for each error. */
import { ExitError } from '../../errors.js';

export class TermsError extends ExitError {
  override readonly name = 'TermsError';
}
