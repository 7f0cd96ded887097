/** An element that should repeat, as upstreams send it: some send one object, or holes. */
export function elements<Element extends object>(
  value: readonly (Element | undefined)[] | undefined,
): readonly Element[] {
  const given: unknown = value ?? [];
  const all: readonly unknown[] = Array.isArray(given) ? given : [given];
  return all.every(isElement<Element>) ? all : all.filter(isElement<Element>);
}

/** Whether something is there that can have elements of its own. */
export function isElement<Element extends object>(value: unknown): value is Element {
  return typeof value === 'object' && value !== null;
}
