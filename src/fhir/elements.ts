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
