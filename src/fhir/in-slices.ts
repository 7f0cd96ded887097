/**
 * Parses a big JSON body slice by slice. Between two slices the event loop gets a turn, and excess is detected before
 * it is all in memory.
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

/** The limits of a body. */
export interface Bounds {
  /** Nesting of objects and lists. */
  readonly depth: number;
  /** Values of the whole body, counted by the commas and opening brackets outside of strings. */
  readonly values: number;
  /** Items of one list, or members of one object. */
  readonly items: number;
  /**
   * Bytes of one string, or of any other run without a comma. They are parsed in one piece. Checked to the accuracy of
   * a slice.
   */
  readonly piece: number;
}

/** Thrown when a body exceeds one of its bounds. */
export class OverBounds extends Error {
  override readonly name = 'OverBounds';

  constructor(readonly bound: keyof Bounds) {
    super(`The body is over its bound of ${bound}`);
  }
}

export interface Slicing {
  /** @default 32 kB, of which the worst, full of empty objects, takes some milliseconds */
  readonly sliceBytes?: number;
  /** Awaited after each slice. @default the next turn of the event loop */
  readonly turn?: () => Promise<unknown>;
}

/**
 * Returns the same value as JSON.parse of the whole body without a byte order mark.
 * @param body its bytes must not change meanwhile
 * @throws SyntaxError for invalid JSON or UTF-8, OverBounds for an excess
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
 * Walks through the bytes once to find where objects, lists and strings begin and end. At a comma outside of strings,
 * once a slice is complete, the part so far is parsed, and added to the objects and lists that are still open. A body
 * shorter than a slice is thus parsed in one piece.
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
  /** Whether a container was just closed in the innermost frame: a comma or a bracket must follow. */
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
        // Braces and brackets differ in one bit.
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
    // The closing character is two after the opening one in ASCII.
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

  /** Parses the part up to this comma of the innermost frame. */
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

export function hasByteOrderMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

const [quote, backslash, closeBracket, comma] = Buffer.from('"\\],') as unknown as [
  number,
  number,
  number,
  number,
];
