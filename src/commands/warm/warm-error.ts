/** Thrown if nothing was warmed, or if not all data could be stored. */
import { ExitError } from '../../errors.js';

export class WarmError extends ExitError {
  override readonly name = 'WarmError';
}
