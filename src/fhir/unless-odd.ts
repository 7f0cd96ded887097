/** Reads records that may be malformed, without throwing. A malformed element counts as unknown. */
import { isPmsError } from '../errors.js';

/** Returns the result of `read`; undefined if `read` reads a malformed element. */
export function unlessOdd<Told>(read: () => Told): Told | undefined {
  try {
    return read();
  } catch (error) {
    if (isOdd(error)) return undefined;
    throw error;
  }
}

/** Whether an error was caused by malformed data. The error may already be wrapped as the upstream's error. */
function isOdd(error: unknown): boolean {
  return error instanceof TypeError || (isPmsError(error) && error.cause instanceof TypeError);
}
