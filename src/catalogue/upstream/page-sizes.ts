/** How many rows the upstream gives on a page, as far as its pages have shown. */

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

export function createPageSizes(): PageSizes {
  let full: number | undefined;
  let longest = 0;
  return {
    get seen() {
      return full ?? longest;
    },
    get full() {
      return full;
    },
    saw(rows, asked, isLast, included) {
      // A page that is followed by another is full; one that is not only shows that a page may be so long.
      const isFull = !isLast && rows > 0 && included === 0 && (asked === undefined || rows < asked);
      if (isFull) full = rows;
      longest = Math.max(longest, rows);
      if (full !== undefined && rows > full) full = undefined;
    },
  };
}
