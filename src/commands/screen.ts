/** Where commands show how far they have come. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  /** 0 where the terminal does not tell. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Back to the beginning of the line, and what stood there wiped out. */
export const anew = '\r\u001B[K';
