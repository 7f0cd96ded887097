/** Thrown where nothing was warmed, or not all of it could be stored. */
import { ExitError } from '../../errors.js';

export class WarmError extends ExitError {
  override readonly name = 'WarmError';
}
