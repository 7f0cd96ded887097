/** Records may hold what FHIR does not allow: nobody fails by it, and it tells nothing. */
import { isPmsError } from '../errors.js';

/** What is read of a record; undefined where a part of it is not what FHIR says that it is. */
export function unlessOdd<Told>(read: () => Told): Told | undefined {
  try {
    return read();
  } catch (error) {
    if (isOdd(error)) return undefined;
    throw error;
  }
}

/** Whether it comes of reading what is malformed, whoever has already told it as the upstream's fault. */
function isOdd(error: unknown): boolean {
  return error instanceof TypeError || (isPmsError(error) && error.cause instanceof TypeError);
}
