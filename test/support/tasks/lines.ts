/** Converts responses of any shape to lines of text. */

/** Returns all values at a path, through lists, without nulls. */
export function each(from: unknown, path: string): readonly unknown[] {
  return path.split('.').reduce<readonly unknown[]>(
    (values, name) =>
      values
        .flatMap((value) => (typeof value === 'object' && value !== null ? [fieldOf(value, name)] : []))
        .flat()
        .filter((value) => value !== null && value !== undefined),
    [from].flat(),
  );
}

function fieldOf(value: object, name: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** Returns all values at a path as one sorted text. */
export function all(from: unknown, path: string): string {
  return joined(each(from, path).map(String));
}

export function joined(values: readonly unknown[]): string {
  return [...new Set(values.map(String))].toSorted().join(' + ');
}

/** Returns the FHIR id of an object, without the type: `600000000001`. */
export function idOf(from: unknown): string {
  return all(from, 'id').replace(/^\w+:/, '');
}

export function line(...parts: readonly unknown[]): string {
  return parts.map(String).join(' | ');
}

/** Returns the FHIR ids of the objects in a list. */
export function idsAt(data: unknown, path: string): readonly string[] {
  return each(data, path).map(idOf);
}
