/** Tracks the open objects and lists of a big JSON body, and adds parsed slices to them. */
import { isUtf8 } from 'node:buffer';

/** The ASCII code of `[`, the opening bracket of a list. */
export const openBracket = 0x5b;

type Container = unknown[] | Record<string, unknown>;

/** An open object or list. There is one frame for each depth, which is reused. */
export interface Frame {
  readonly depth: number;
  readonly outer: Frame | undefined;
  inner: Frame | undefined;
  /** The opening bracket of the object or list, and its position in the body. */
  kind: number;
  begin: number;
  commas: number;
  /** The position of the last item or member, and the position where the text that is not parsed yet begins. */
  item: number;
  run: number;
  /** The parsed part of the object or list; undefined until a slice ends inside it. */
  container: Container | undefined;
}

/** Returns the reading state for an object or a list that is nested in another object or list. */
export function frameIn(outer: Frame | undefined): Frame {
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

/** Returns the outermost frame. It treats the body from `start` on as a list with one value. */
export function groundFrom(start: number, whole: unknown[]): Frame {
  return Object.assign(frameIn(undefined), { kind: openBracket, container: whole, item: start, run: start });
}

/** Returns the object or list of a frame. Creates it if needed, and the objects and lists around it first. */
export function containerOf(body: Buffer, frame: Frame): Container {
  const { outer, kind } = frame;
  if (frame.container) return frame.container;
  // The outermost frame always has its list.
  if (!outer) throw broken();
  const around = containerOf(body, outer);
  if (outer.item > outer.run) add(body, outer, around, outer.item - 1);
  const container = kind === openBracket ? [] : {};
  put(around, keyOf(body, outer, frame.begin), container);
  frame.container = container;
  return container;
}

/**
 * Parses the unparsed text of a frame, which has at least one item or member, and adds the result to the object or
 * list.
 */
export function add(body: Buffer, { kind, run }: Frame, container: Container, to: number): void {
  if (putAll(container, parse(body, run, to, kind)) === 0) throw broken();
}

/** Returns the name of the member whose value begins at `begin`; undefined in a list. */
function keyOf(body: Buffer, { kind, item }: Frame, begin: number): string | undefined {
  const part = parse(body, item, begin, kind, 'null');
  return Array.isArray(part) ? undefined : Object.keys(part)[0];
}

function parse(body: Buffer, from: number, to: number, kind: number, end = ''): object {
  const text = textOf(body.subarray(from, to));
  return JSON.parse(kind === openBracket ? `[${text}${end}]` : `{${text}${end}}`) as object;
}

function put(container: Container, name: string | undefined, value: unknown): void {
  if (Array.isArray(container)) container.push(value);
  else if (name === undefined) throw broken();
  // Assigning to `__proto__` would set the object's prototype.
  else if (name === '__proto__')
    Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
  else container[name] = value;
}

/**
 * Adds all items or members of a parsed text to an object or list.
 * @returns the number of items or members
 */
function putAll(container: Container, part: object): number {
  if (Array.isArray(part) && Array.isArray(container)) {
    for (const item of part) container.push(item);
    return part.length;
  }
  const members = Object.entries(part);
  for (const [name, value] of members) put(container, name, value);
  return members.length;
}

export function assertBlank(body: Buffer, from: number, to: number): void {
  for (let byte = from; byte < to; byte += 1) if (!isBlank(body[byte])) throw broken();
}

export function broken(): SyntaxError {
  return new SyntaxError('broken JSON');
}

/**
 * Decodes UTF-8.
 * @throws SyntaxError for invalid UTF-8
 */
export function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new SyntaxError('no UTF-8');
  return bytes.toString('utf8');
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
