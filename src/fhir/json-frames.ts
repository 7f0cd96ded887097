/** The objects and lists of a big JSON body that are still open, and how what is parsed piece by piece comes into them. */
import { isUtf8 } from 'node:buffer';

/** The opening bracket of a list; an object's is another. */
export const openBracket = 0x5b;

type Container = unknown[] | Record<string, unknown>;

/** An object or a list that is open, or could be: one stands ready for each depth. */
export interface Frame {
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
  container: Container | undefined;
}

/** A frame for what opens in another one. */
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

/** The body from there on, as if it were a list of its one value: the frame around all others. */
export function groundFrom(start: number, whole: unknown[]): Frame {
  return Object.assign(frameIn(undefined), { kind: openBracket, container: whole, item: start, run: start });
}

/** The container of a frame, which begins now if it has not yet; then those around it have begun as well. */
export function containerOf(body: Buffer, frame: Frame): Container {
  const { outer, kind } = frame;
  if (frame.container) return frame.container;
  // The ground has one from the beginning.
  if (!outer) throw broken();
  const around = containerOf(body, outer);
  if (outer.item > outer.run) add(body, outer, around, outer.item - 1);
  const container = kind === openBracket ? [] : {};
  put(around, keyOf(body, outer, frame.begin), container);
  frame.container = container;
  return container;
}

/** Parses what has come together in a frame, which is one item or member at least, and puts it into its container. */
export function add(body: Buffer, { kind, run }: Frame, container: Container, to: number): void {
  if (putAll(container, parse(body, run, to, kind)) === 0) throw broken();
}

/** The name of the member of which the value begins there; undefined in a list. */
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
  // Written like any other, this would be the object's prototype.
  else if (name === '__proto__')
    Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
  else container[name] = value;
}

/** @returns how many there were */
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

/** @throws for what is no UTF-8 */
export function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new SyntaxError('no UTF-8');
  return bytes.toString('utf8');
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
