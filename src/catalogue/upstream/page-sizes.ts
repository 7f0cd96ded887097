/**
 * The number of rows on the upstream's pages, as observed. Estimates depend on it, and clients choose the searches.
 * So these are ignored: a page that is shorter than other recent pages, and a page that is longer than its `_count`.
 * A probe measures the size again every hour.
 */

export interface PageSizes {
  /** Rows of a full page, or of the longest page so far; 0 before the first page. */
  readonly seen: number;
  /** Rows of a full page (one that has a next page); undefined before the first full page. */
  readonly full: number | undefined;
  /**
   * @param asked the `_count` of the search
   * @param isLast whether no page follows
   * @param included number of included entries; because of them, the page may have fewer rows
   */
  saw(rows: number, asked: number | undefined, isLast: boolean, included: number): void;
}

/** How long the longest page is used, in milliseconds. A server may start to return shorter pages. */
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
      // A page with a next page is full. The last page only shows that pages can have this length.
      const isFull = !isLast && rows > 0 && included === 0 && (asked === undefined || rows < asked);
      if (isFull && rows === longest) full = rows;
      if (full !== undefined && rows > full) full = undefined;
    },
  };
}
