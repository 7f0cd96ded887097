/** Reads elements that may be malformed. Upstreams send single objects as lists, lists with nulls, and other types. */
import { isPmsError } from '../errors.js';

/**
 * Returns the elements of a list that are objects. Some upstreams send a single object instead of a list, or a list
 * with nulls.
 */
export function elements<Element extends object>(
  value: readonly (Element | undefined)[] | undefined,
): readonly Element[] {
  const given: unknown = value ?? [];
  const all: readonly unknown[] = Array.isArray(given) ? given : [given];
  return all.every(isElement<Element>) ? all : all.filter(isElement<Element>);
}

/** Whether a value is an object, as FHIR's complex elements are. */
export function isElement<Element extends object>(value: unknown): value is Element {
  return typeof value === 'object' && value !== null;
}

/** Returns the result of `read`; undefined if `read` meets a malformed element. */
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
