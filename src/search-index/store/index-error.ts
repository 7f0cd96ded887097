/** Why an index cannot be opened. Its message names the file: it is for whoever starts the service, never for clients. */

/** Exit codes of sysexits.h. */
const exitCodes = {
  /** The index of another upstream. */
  identity: 78,
  /** Written by a newer version of this program. */
  newer: 78,
  /** Of an older version, and in use by a process that alone may bring it up to date. */
  older: 78,
  /** A database, but of another program. */
  foreign: 78,
  /** No database, or what is left of one. */
  damaged: 65,
  unwritable: 73,
  io: 74,
  /** Nothing here can open SQLite files. */
  engine: 69,
} as const;

export class IndexError extends Error {
  override readonly name = 'IndexError';
  readonly kind: keyof typeof exitCodes;

  /** @param message one sentence that also says what to do */
  constructor(kind: keyof typeof exitCodes, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}
