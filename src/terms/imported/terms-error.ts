/** Why nothing was imported, or what was imported cannot be read: a line for each thing that is wrong. */
import { ExitError } from '../../errors.js';

export class TermsError extends ExitError {
  override readonly name = 'TermsError';
}
