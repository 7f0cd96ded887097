/**
 * The number of rows that the upstream puts on a page, as observed. Cost estimates depend on it, and clients choose the
 * searches. So a page shorter than other recent pages is ignored, and so is a page longer than its `_count`. A probe
 * measures the size anew every hour.
 */

export interface PageSizes {
  /** Rows of a full page, or of the longest page so far; 0 before the first page. */
  readonly seen: number;
  /** Rows of a full page (one that has a next page); undefined before the first full page. */
  readonly full: number | undefined;
  /**
   * @param asked the `_count` of the search
   * @param isLast whether no page follows
   * @param included number of included entries, which may have left less room for rows
   */
  saw(rows: number, asked: number | undefined, isLast: boolean, included: number): void;
}

/** How long the longest page counts. A server may start to send shorter pages. */
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
      // A page with a next page is full. A last page only shows that pages can be this long.
      const isFull = !isLast && rows > 0 && included === 0 && (asked === undefined || rows < asked);
      if (isFull && rows === longest) full = rows;
      if (full !== undefined && rows > full) full = undefined;
    },
  };
}
