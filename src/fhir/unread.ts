/**
 * Leaves out of a bundle's bytes what nobody reads, before they are decoded and parsed: whole resources are mostly
 * narrative, extensions and elements that were not asked for.
 */

/** The elements that are read of a type of resource; undefined where all may be. */
export type Reads = (type: string) => readonly string[] | undefined;

/** What is read of every resource. */
const always = ['resourceType', 'id', 'meta'];

/** The body is not what a bundle is as a rule: the parser is to judge it, whole. */
const other = -1;

/**
 * The same bundle with less in its resources; undefined where there is little to leave out, or its bytes are not as
 * expected, or nested deeper than `maxDepth`. What is left out is known to have its strings closed and its brackets in pairs.
 */
export function withoutUnread(body: Buffer, reads: Reads, maxDepth: number): Buffer | undefined {
  const length = body.length;
  const kept = Buffer.allocUnsafe(length);
  const wanted = new Map<string, ReadonlySet<number> | undefined>();
  const open = new Uint8Array(maxDepth + 1);
  const parts: number[] = [];
  /** Up to where the body was copied or left out. */
  let done = 0;
  let size = 0;
  /** Resources that were gone through. */
  let cut = 0;

  function copy(from: number, to: number): void {
    if (to - from > 32) size += body.copy(kept, size, from, to);
    else for (let at = from; at < to; at += 1) kept[size++] = body[at] ?? 0;
  }

  function space(from: number): number {
    let at = from;
    for (let byte = body[at]; byte === 32 || byte === 10 || byte === 13 || byte === 9; byte = body[at])
      at += 1;
    return at;
  }

  /** @param from the byte after the opening quote @returns the one after the closing quote */
  function string(from: number): number {
    let at = from;
    for (;;) {
      const stop = Math.min(at + nearby, length);
      while (at < stop) {
        const byte = body[at];
        if (byte === quote) return at + 1;
        at += byte === backslash ? 2 : 1;
      }
      if (at >= length) return other;
      // Of a long text the end is found faster by a search.
      const end = body.indexOf(quote, at);
      if (end < 0) return other;
      let slashes = 0;
      while (end - slashes > at && body[end - slashes - 1] === backslash) slashes += 1;
      at = end + 1;
      if (slashes % 2 === 0) return at;
    }
  }

  /** @param above how many objects and lists it lies in @returns the byte after the value */
  function value(from: number, above: number): number {
    let at = from;
    const first = body[at];
    if (first === quote) return string(at + 1);
    if (first !== openBrace && first !== openBracket) {
      for (let byte = body[at]; isScalar(byte); byte = body[at]) at += 1;
      return at === from ? other : at;
    }
    let depth = above;
    while (at < length) {
      const byte = body[at];
      at += 1;
      if (byte === quote) {
        at = string(at);
        if (at === other) return other;
      } else if (byte === openBrace || byte === openBracket) {
        if (++depth > maxDepth) return other;
        open[depth] = byte;
      } else if (byte === closeBrace || byte === closeBracket) {
        // Each closes two further on in ASCII than it opens.
        if (open[depth] !== byte - 2) return other;
        if (--depth === above) return at;
      }
    }
    return other;
  }

  /** @param member of an object: where it begins, a hash of its name, and where its value begins; returns the end of that */
  function members(from: number, member: (begin: number, name: number, at: number) => number): number {
    if (body[from] !== openBrace) return other;
    let at = space(from + 1);
    if (body[at] === closeBrace) return at + 1;
    for (;;) {
      const begin = at;
      if (body[at] !== quote) return other;
      at += 1;
      let name = 0;
      for (let byte = body[at]; byte !== quote; byte = body[at]) {
        if (byte === undefined || byte === backslash) return other;
        name = next(name, byte);
        at += 1;
      }
      at = space(at + 1);
      if (body[at] !== colon) return other;
      at = member(begin, name, space(at + 1));
      if (at === other) return other;
      at = space(at);
      if (body[at] === closeBrace) return at + 1;
      if (body[at] !== comma) return other;
      at = space(at + 1);
    }
  }

  function items(from: number, item: (at: number) => number): number {
    if (body[from] !== openBracket) return other;
    let at = space(from + 1);
    if (body[at] === closeBracket) return at + 1;
    for (;;) {
      at = item(at);
      if (at === other) return other;
      at = space(at);
      if (body[at] === closeBracket) return at + 1;
      if (body[at] !== comma) return other;
      at = space(at + 1);
    }
  }

  function resource(from: number): number {
    let names: ReadonlySet<number> | undefined;
    // Begin, name and end of each member, one after the other.
    parts.length = 0;
    const after = members(from, (begin, name, at) => {
      const to = value(at, resourceDepth);
      if (name === resourceType && to !== other) names = namesOf(body.toString('latin1', at + 1, to - 1));
      parts.push(begin, name, to);
      return to;
    });
    if (after === other || !names) return after;
    copy(done, from + 1);
    let hasSome = false;
    /** The members that are kept in one piece, with the commas between them. */
    let run = other;
    for (let part = 0; part < parts.length; part += 3) {
      const isKept = names.has(parts[part + 1] ?? 0);
      const isLast = part + 3 === parts.length;
      if (isKept && run === other) run = parts[part] ?? 0;
      if (run === other || (isKept && !isLast)) continue;
      if (hasSome) kept[size++] = comma;
      copy(run, parts[isKept ? part + 2 : part - 1] ?? 0);
      hasSome = true;
      run = other;
    }
    kept[size++] = closeBrace;
    done = after;
    // Where the first few have little to leave out, the others are not worth the search.
    cut += 1;
    return cut === sample && size > worthwhile * done ? other : after;
  }

  function namesOf(type: string): ReadonlySet<number> | undefined {
    if (!wanted.has(type)) {
      const elements = reads(type);
      wanted.set(type, elements && hashesOf(elements));
    }
    return wanted.get(type);
  }

  const entry = (from: number): number =>
    members(from, (_begin, name, at) =>
      name === resourceName && body[at] === openBrace ? resource(at) : value(at, 3),
    );
  const end = members(space(0), (_begin, name, at) =>
    name === entryName && body[at] === openBracket ? items(at, entry) : value(at, 1),
  );
  if (end === other) return undefined;
  copy(done, length);
  return kept.subarray(0, size);
}

/** The objects and lists that an element of a bundle's resource lies in: bundle, entries, entry, resource. */
const resourceDepth = 4;
/** Resources by which the others are judged, and what must be left of them, at most. */
const sample = 8;
const worthwhile = 0.7;
/** Bytes of a string that are looked at one by one. */
const nearby = 32;

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket, comma, colon] = Buffer.from(
  '"\\{}[],:',
) as unknown as [number, number, number, number, number, number, number, number];

function isScalar(byte: number | undefined): boolean {
  return byte !== undefined && byte > 32 && byte !== comma && byte !== closeBrace && byte !== closeBracket;
}

/** The same record with nothing in it but what is read. */
export function onlyRead<Resource extends { readonly resourceType: string }>(
  resource: Resource,
  reads: Reads,
): Resource {
  const elements = reads(resource.resourceType);
  if (!elements) return resource;
  const names = new Set([...always, ...elements]);
  const members = Object.entries(resource).filter(([name]) => names.has(name.replace(/^_/, '')));
  return Object.fromEntries(members) as Resource;
}

/** Two names that fall together keep an element too many, which does no harm. */
function next(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

function hashOf(name: string): number {
  let hash = 0;
  for (const byte of Buffer.from(name)) hash = next(hash, byte);
  return hash;
}

const [entryName, resourceName, resourceType] = [hashOf('entry'), hashOf('resource'), hashOf('resourceType')];

/** With what stands beside a primitive element: `_description` holds the extensions of `description`. */
function hashesOf(elements: readonly string[]): ReadonlySet<number> {
  return new Set([...always, ...elements].flatMap((name) => [hashOf(name), hashOf(`_${name}`)]));
}
