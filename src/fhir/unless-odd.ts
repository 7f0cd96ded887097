/** Records may hold what FHIR does not allow: nobody fails by it, and it tells nothing. */

/** What is read of a record; undefined where a part of it is not what FHIR says that it is. */
export function unlessOdd<Told>(read: () => Told): Told | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
