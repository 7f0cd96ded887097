/** The terminal on which commands show their progress. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  /** Width in characters. 0 if the terminal does not report it. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Moves the cursor to the beginning of the line, and clears the line. */
export const anew = '\r\u001B[K';
