/**
 * Parses a big JSON body in slices. The event loop continues with other work between slices, and an exceeded limit is
 * detected before the whole body is parsed.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  add,
  assertBlank,
  broken,
  containerOf,
  frameIn,
  groundFrom,
  openBracket,
  textOf,
} from './json-frames.js';

/** The limits of a JSON body. */
export interface Bounds {
  /** Maximum nesting of objects and lists. */
  readonly depth: number;
  /** Maximum number of values in the body, counted by commas and opening brackets outside strings. */
  readonly values: number;
  /** Maximum number of items of a list, or of members of an object. */
  readonly items: number;
  /**
   * Maximum bytes of a string, or of any other run without a comma. Such a run is parsed in one step. The limit is
   * exact to one slice.
   */
  readonly piece: number;
}

/** Thrown when a body exceeds a limit. */
export class OverBounds extends Error {
  override readonly name = 'OverBounds';

  constructor(readonly bound: keyof Bounds) {
    super(`The body is over its bound of ${bound}`);
  }
}

export interface Slicing {
  /**
   * The number of bytes that are parsed in one step. Even a slice full of empty objects takes only some milliseconds.
   * @default 32 kB
   */
  readonly sliceBytes?: number;
  /** Awaited after each slice. @default setImmediate */
  readonly turn?: () => Promise<unknown>;
}

/**
 * Parses a JSON body as `JSON.parse` would. A byte order mark is skipped.
 * @param body its bytes must not change during parsing
 * @throws SyntaxError for invalid JSON or UTF-8, OverBounds for an exceeded limit
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
  /** Reads one more slice; returns false at the end of the body. */
  readonly advance: () => boolean;
  readonly finish: () => unknown;
}

/**
 * Scans the bytes once to find where objects, lists and strings begin and end. At the first comma after each slice,
 * the text since the last cut is parsed, and added to the open objects and lists. A body shorter than a slice is
 * parsed in one step.
 */
function createReading(body: Buffer, bounds: Bounds, sliceBytes: number): Reading {
  const { length } = body;
  const start = hasByteOrderMark(body) ? 3 : 0;
  const whole: unknown[] = [];
  const ground = groundFrom(start, whole);
  let top = ground;
  let at = start;
  let lastCut = start;
  let values = 0;
  let isWithinText = false;
  /** Whether an object or list from several slices just ended: only a comma or a closing bracket may follow. */
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
        // The codes of `[` and `{` differ in one bit, and so do those of `]` and `}`.
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
      assertBlank(body, top.run, at);
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
    // In ASCII, the code of a closing bracket is 2 higher than that of its opening bracket.
    if (!outer || bracket !== kind + 2) throw broken();
    if (container) {
      if (isAfterContainer) assertBlank(body, top.run, at);
      else add(body, top, container, at);
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

  /** Parses the text of the innermost open object or list up to the current comma. */
  function cut(): void {
    if (top.run <= at) add(body, top, containerOf(body, top), at);
    top.run = at + 1;
    lastCut = at;
  }

  function finish(): unknown {
    if (top !== ground || isWithinText) throw broken();
    if (!isAfterContainer) return JSON.parse(textOf(body.subarray(start)));
    assertBlank(body, ground.run, length);
    return whole[0];
  }

  return { advance, finish };
}

function hasByteOrderMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

const [quote, backslash, closeBracket, comma] = Buffer.from('"\\],') as unknown as [
  number,
  number,
  number,
  number,
];
