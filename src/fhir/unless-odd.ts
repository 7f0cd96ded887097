/** Reads records that may be malformed, without failing: a malformed part counts as unknown. */
import { isPmsError } from '../errors.js';

/** Returns the result of `read`; undefined where it meets a malformed element. */
export function unlessOdd<Told>(read: () => Told): Told | undefined {
  try {
    return read();
  } catch (error) {
    if (isOdd(error)) return undefined;
    throw error;
  }
}

/** Whether an error comes from reading malformed data, also where it was already reported as the upstream's fault. */
function isOdd(error: unknown): boolean {
  return error instanceof TypeError || (isPmsError(error) && error.cause instanceof TypeError);
}
