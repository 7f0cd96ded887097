/** Lines that wait to be written, within a bound, and how much of them is. */

export interface LineQueue {
  /** Lines that wait, and of them what has begun to be written. */
  readonly length: number;
  /** Returns whether there was room. */
  push(line: string): boolean;
  /** Returns the bytes to write next, whole lines unless one was cut by `take`; none where nothing waits. */
  next(): Buffer;
  /** Takes off as many bytes of `next` as were written. */
  take(bytes: number): void;
  /** Takes off what `next` returned, without a word whether it was written. */
  skip(): void;
  /** Forgets all that waits, and returns how many lines that were. */
  clear(): number;
}

/**
 * @param maxBytes most bytes that wait
 * @param batchBytes most bytes that `next` returns, unless one line is longer
 */
export function createLineQueue(maxBytes: number, batchBytes: number): LineQueue {
  const nothing = Buffer.alloc(0);
  let begun: Buffer = nothing;
  let lines: string[] = [];
  let bytes = 0;

  const batch = (): Buffer => {
    let size = 0;
    const rest = lines.findIndex((line, index) => {
      size += Buffer.byteLength(line);
      return index > 0 && size > batchBytes;
    });
    return Buffer.from(lines.splice(0, rest < 0 ? lines.length : rest).join(''));
  };
  const take = (count: number): void => {
    begun = begun.subarray(count);
    bytes -= count;
  };
  const length = (): number => lines.length + linesIn(begun);
  return {
    get length() {
      return length();
    },
    push(line) {
      const size = Buffer.byteLength(line);
      if (bytes + size > maxBytes) return false;
      lines.push(line);
      bytes += size;
      return true;
    },
    next() {
      if (begun.length === 0 && lines.length > 0) begun = batch();
      return begun;
    },
    take,
    skip: () => take(begun.length),
    clear() {
      const cleared = length();
      begun = nothing;
      lines = [];
      bytes = 0;
      return cleared;
    },
  };
}

function linesIn(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
