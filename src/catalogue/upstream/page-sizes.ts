/**
 * How many rows the upstream puts on a page, as observed. Clients choose what is asked, and the costs of operations are
 * estimated by it. So neither a page that is shorter than other recent ones counts, nor one that is longer than was
 * asked for. Each hour a neutral question shows it anew.
 */

export interface PageSizes {
  /** Rows of the longest page that was seen, or of a full one; 0 while none was. */
  readonly seen: number;
  /** Rows on a full page, which the next one follows; undefined while none was seen. */
  readonly full: number | undefined;
  /**
   * @param asked rows that were asked for
   * @param isLast whether no page follows
   * @param included entries beside the rows, which may have taken up their room
   */
  saw(rows: number, asked: number | undefined, isLast: boolean, included: number): void;
}

/** A server may give shorter pages than it did. */
const lastsMs = 2 * 3_600_000;

/** @param now monotonic milliseconds. @default performance.now */
export function createPageSizes(now: () => number = () => performance.now()): PageSizes {
  let full: number | undefined;
  let longest = 0;
  let longestAt = -Infinity;

  return {
    get seen() {
      return full ?? longest;
    },
    get full() {
      return full;
    },
    saw(rows, asked, isLast, included) {
      if (asked !== undefined && rows > asked) return;
      if (rows >= longest || now() - longestAt >= lastsMs) [longest, longestAt] = [rows, now()];
      // A page that is followed by another is full. A last page only shows that pages may be so long.
      const isFull = !isLast && rows > 0 && included === 0 && (asked === undefined || rows < asked);
      if (isFull && rows === longest) full = rows;
      if (full !== undefined && rows > full) full = undefined;
    },
  };
}
