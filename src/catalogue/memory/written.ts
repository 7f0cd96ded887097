/**
 * Serializes cached values as JSON, including sets, maps and dates, and parses them again. Resources of the upstream
 * may have members with any name, and are restored unchanged.
 */

/**
 * The first character of the member names that represent sets, maps and dates. No other member name starts with it.
 */
const sign = '~';
const [setName, mapName, dateName] = [`${sign}set`, `${sign}map`, `${sign}date`];
/** A member name that itself starts with this character gets a second one in front. */
const escaped = `"${sign}${sign}`;

export function toText(value: object): string {
  let hasSigns = false;
  const text = JSON.stringify(value, function (this: unknown, name: string, part: unknown) {
    hasSigns ||= name.startsWith(sign) && !isOurs(this);
    return written(this, name, part);
  });
  // Member names rarely need escaping, so the value is serialized a second time only if they do.
  return hasSigns ? JSON.stringify(value, escaping) : text;
}

/** Parses a cached value; returns undefined if the text is damaged. */
export function fromText(text: string): object | undefined {
  const mayBeEscaped = text.includes(escaped);
  try {
    const value: unknown = JSON.parse(text, (_name, part: unknown) =>
      isPlain(part) ? read(part, mayBeEscaped) : part,
    );
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The objects that `written` created to represent sets, maps and dates. */
const ours = new WeakSet<object>();

function isOurs(holder: unknown): boolean {
  return typeof holder === 'object' && holder !== null && ours.has(holder);
}

/**
 * Returns the form in which a member is serialized.
 * @param part the member after its `toJSON`, which has turned a date into a string
 */
function written(holder: unknown, name: string, part: unknown): unknown {
  const moment = (holder as Readonly<Record<string, unknown>>)[name];
  const instead =
    part instanceof Set
      ? { [setName]: [...part] }
      : part instanceof Map
        ? { [mapName]: [...part] }
        : moment instanceof Date
          ? { [dateName]: moment.getTime() }
          : undefined;
  if (instead) ours.add(instead);
  return instead ?? part;
}

function escaping(this: unknown, name: string, part: unknown): unknown {
  const instead = written(this, name, part);
  if (instead !== part || !isPlain(part)) return instead;
  return Object.fromEntries(
    Object.entries(part).map(([each, value]) => [each.startsWith(sign) ? sign + each : each, value]),
  );
}

function read(part: Readonly<Record<string, unknown>>, mayBeEscaped: boolean): unknown {
  const { [setName]: set, [mapName]: map, [dateName]: date } = part;
  if (Array.isArray(set)) return new Set<unknown>(set);
  if (Array.isArray(map)) return new Map(map as readonly (readonly [unknown, unknown])[]);
  if (typeof date === 'number') return new Date(date);
  if (!mayBeEscaped) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [
      name.startsWith(sign + sign) ? name.slice(sign.length) : name,
      value,
    ]),
  );
}

function isPlain(part: unknown): part is Readonly<Record<string, unknown>> {
  return typeof part === 'object' && part !== null && !Array.isArray(part);
}
