/**
 * Parses a big JSON body slice by slice. Between two slices the event loop has its turn, and what is too much is
 * found before it is all in memory.
 */
import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What a body may hold, at most. */
export interface Bounds {
  /** Objects and lists within each other. */
  readonly depth: number;
  /** Values of the whole body: commas and opening brackets outside of texts are counted. */
  readonly values: number;
  /** Items of one list, or members of one object. */
  readonly items: number;
  /** Bytes of one text, or of anything else without a comma: they are parsed in one piece. Told to a slice. */
  readonly piece: number;
}

/** A body that is over one of its bounds. */
export class OverBounds extends Error {
  override readonly name = 'OverBounds';

  constructor(readonly bound: keyof Bounds) {
    super(`The body is over its bound of ${bound}`);
  }
}

export interface Slicing {
  /** @default 32 kB, of which the worst, full of empty objects, takes some milliseconds */
  readonly sliceBytes?: number;
  /** Waited for after each slice. @default the next turn of the event loop */
  readonly turn?: () => Promise<unknown>;
}

/**
 * The same value that JSON.parse gives for the body as a whole, without a byte order mark.
 * @param body its bytes must not change meanwhile
 * @throws SyntaxError for what is no JSON or no UTF-8, OverBounds for what is too much
 */
export async function parseInSlices(
  body: Buffer,
  bounds: Bounds,
  { sliceBytes = 32_000, turn = nextTurn }: Slicing = {},
): Promise<unknown> {
  const reading = createReading(body, bounds, sliceBytes);
  while (reading.advance()) await turn();
  return reading.finish();
}

interface Reading {
  /** Reads one slice more; false at the end of the body. */
  readonly advance: () => boolean;
  readonly finish: () => unknown;
}

/** An object or a list that is open, or could be: one stands ready for each depth. */
interface Frame {
  readonly depth: number;
  readonly outer: Frame | undefined;
  inner: Frame | undefined;
  /** Its opening bracket, and where that stands. */
  kind: number;
  begin: number;
  commas: number;
  /** Where the last item or member begins, and where all begins that is not in the container yet. */
  item: number;
  run: number;
  /** What has been read of it; undefined as long as nothing was cut in it. */
  container: unknown[] | Record<string, unknown> | undefined;
}

/**
 * The bytes are walked through once, which tells where objects, lists and texts begin and end. At a comma outside of
 * texts, once a slice has come together, all that was passed is parsed, and put into the objects and lists that are
 * still open. What is shorter than a slice is thus parsed in one piece.
 */
function createReading(body: Buffer, bounds: Bounds, sliceBytes: number): Reading {
  const { length } = body;
  const start = hasByteOrderMark(body) ? 3 : 0;
  /** The body, as if it were a list of its one value. */
  const ground = frameIn(undefined);
  const whole: unknown[] = [];
  Object.assign(ground, { kind: openBracket, container: whole, item: start, run: start });
  let top = ground;
  let at = start;
  let lastCut = start;
  let values = 0;
  let isWithinText = false;
  /** Whether a container of its own was just closed in the topmost frame: a comma or a bracket must follow. */
  let isAfterContainer = false;

  function advance(): boolean {
    const until = Math.min(at + sliceBytes, length);
    while (at < until) {
      if (isWithinText) passText(until);
      else passStructure(until);
    }
    if (at - lastCut > bounds.piece) throw new OverBounds('piece');
    return at < length;
  }

  function passText(until: number): void {
    while (at < until) {
      const byte = body[at];
      at += byte === backslash ? 2 : 1;
      if (byte !== quote) continue;
      isWithinText = false;
      return;
    }
  }

  function passStructure(until: number): void {
    for (; at < until; at += 1) {
      const byte = body[at] ?? 0;
      if (byte === quote) {
        isWithinText = true;
        at += 1;
        return;
      }
      if (byte === comma) passComma();
      else {
        // A brace is a bracket but for one bit.
        const bracket = byte & ~0x20;
        if (bracket === openBracket) open(byte);
        else if (bracket === closeBracket) close(byte);
      }
    }
  }

  function passComma(): void {
    if (top === ground) throw broken();
    count();
    top.commas += 1;
    if (top.commas >= bounds.items) throw new OverBounds('items');
    if (isAfterContainer) {
      assertBlank(top.run, at);
      top.run = at + 1;
      isAfterContainer = false;
    }
    if (at - lastCut >= sliceBytes) cut();
    top.item = at + 1;
  }

  function open(kind: number): void {
    if (isAfterContainer) throw broken();
    if (top.depth === bounds.depth) throw new OverBounds('depth');
    count();
    top.inner ??= frameIn(top);
    top = top.inner;
    top.kind = kind;
    top.begin = at;
    top.commas = 0;
    top.item = at + 1;
    top.run = at + 1;
  }

  function close(bracket: number): void {
    const { outer, kind, container } = top;
    // Each closes two further on in ASCII than it opens.
    if (!outer || bracket !== kind + 2) throw broken();
    if (container) {
      if (isAfterContainer) assertBlank(top.run, at);
      else add(top, container, at);
      top.container = undefined;
      outer.run = at + 1;
    }
    isAfterContainer = container !== undefined;
    top = outer;
  }

  function count(): void {
    values += 1;
    if (values > bounds.values) throw new OverBounds('values');
  }

  /** At a comma of the topmost frame. */
  function cut(): void {
    if (top.run <= at) add(top, containerOf(top), at);
    top.run = at + 1;
    lastCut = at;
  }

  function containerOf(frame: Frame): NonNullable<Frame['container']> {
    const { outer, kind } = frame;
    if (frame.container || !outer) return frame.container ?? whole;
    const around = containerOf(outer);
    if (outer.item > outer.run) add(outer, around, outer.item - 1);
    const container = kind === openBracket ? [] : {};
    put(around, keyOf(outer, frame.begin), container);
    frame.container = container;
    return container;
  }

  /** Parses what has come together in a frame, which is one item or member at least, and puts it into its container. */
  function add({ kind, run }: Frame, container: NonNullable<Frame['container']>, to: number): void {
    if (putAll(container, parse(run, to, kind)) === 0) throw broken();
  }

  /** The name of the member of which the value begins there; undefined in a list. */
  function keyOf({ kind, item }: Frame, begin: number): string | undefined {
    const part = parse(item, begin, kind, 'null');
    return Array.isArray(part) ? undefined : Object.keys(part)[0];
  }

  function parse(from: number, to: number, kind: number, end = ''): object {
    const text = textOf(body.subarray(from, to));
    return JSON.parse(kind === openBracket ? `[${text}${end}]` : `{${text}${end}}`) as object;
  }

  function assertBlank(from: number, to: number): void {
    for (let byte = from; byte < to; byte += 1) if (!isBlank(body[byte])) throw broken();
  }

  function finish(): unknown {
    if (top !== ground || isWithinText) throw broken();
    if (!isAfterContainer) return JSON.parse(textOf(body.subarray(start)));
    assertBlank(ground.run, length);
    return whole[0];
  }

  return { advance, finish };
}

function frameIn(outer: Frame | undefined): Frame {
  const depth = outer ? outer.depth + 1 : 0;
  return {
    depth,
    outer,
    inner: undefined,
    kind: 0,
    begin: 0,
    commas: 0,
    item: 0,
    run: 0,
    container: undefined,
  };
}

function put(container: NonNullable<Frame['container']>, name: string | undefined, value: unknown): void {
  if (Array.isArray(container)) container.push(value);
  else if (name === undefined) throw broken();
  // Written like any other, this would be the object's prototype.
  else if (name === '__proto__')
    Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
  else container[name] = value;
}

/** @returns how many there were */
function putAll(container: NonNullable<Frame['container']>, part: object): number {
  if (Array.isArray(part) && Array.isArray(container)) {
    for (const item of part) container.push(item);
    return part.length;
  }
  const members = Object.entries(part);
  for (const [name, value] of members) put(container, name, value);
  return members.length;
}

function broken(): SyntaxError {
  return new SyntaxError('broken JSON');
}

/** @throws for what is no UTF-8 */
function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new SyntaxError('no UTF-8');
  return bytes.toString('utf8');
}

export function hasByteOrderMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

const [quote, backslash, openBracket, closeBracket, comma] = Buffer.from('"\\[],') as unknown as [
  number,
  number,
  number,
  number,
  number,
];
