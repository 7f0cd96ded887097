/** Queues lines to be written, up to a limit of bytes. */

export interface LineQueue {
  /** Number of waiting lines, including those that are partly written. */
  readonly length: number;
  /** Adds a line. Returns false if the queue is full. */
  push(line: string): boolean;
  /**
   * Returns the bytes to write next: whole lines, unless `take` has removed the beginning of one. Empty if no line
   * waits.
   */
  next(): Buffer;
  /** Removes the bytes of `next` that were written. */
  take(bytes: number): void;
  /** Removes the bytes that `next` returned, even if they were not written. */
  skip(): void;
  /** Removes all waiting lines. Returns their number. */
  clear(): number;
}

/**
 * @param maxBytes maximum number of waiting bytes
 * @param batchBytes maximum number of bytes that `next` returns, unless a single line is longer
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
