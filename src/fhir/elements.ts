/** Returns a repeating element as a list. Some upstreams send a single object, or a list with holes. */
export function elements<Element extends object>(
  value: readonly (Element | undefined)[] | undefined,
): readonly Element[] {
  const given: unknown = value ?? [];
  const all: readonly unknown[] = Array.isArray(given) ? given : [given];
  return all.every(isElement<Element>) ? all : all.filter(isElement<Element>);
}

/** Whether a value is an object that can have elements of its own. */
export function isElement<Element extends object>(value: unknown): value is Element {
  return typeof value === 'object' && value !== null;
}
