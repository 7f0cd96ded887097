/** Thrown where nothing was imported, or imported terms cannot be read. The message has a line for each fault. */
import { ExitError } from '../../errors.js';

export class TermsError extends ExitError {
  override readonly name = 'TermsError';
}
