/** An element that should repeat, as upstreams send it: some send one object, or holes. */
export function elements<Element extends object>(
  value: readonly (Element | undefined)[] | undefined,
): readonly Element[] {
  const given: unknown = value ?? [];
  const all: readonly unknown[] = Array.isArray(given) ? given : [given];
  return all.filter((each): each is Element => typeof each === 'object' && each !== null);
}
