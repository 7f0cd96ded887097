/** Why an index cannot be opened. Its message names the file: it is for whoever starts the service, never for clients. */
import { ExitError } from '../../errors.js';

const exits = {
  /** The index of another upstream. */
  identity: 'config',
  /** Written by a newer version of this program. */
  newer: 'config',
  /** Of an older version, and in use by a process that alone may bring it up to date. */
  older: 'config',
  /** A database, but of another program. */
  foreign: 'config',
  /** No database, or what is left of one. */
  damaged: 'data',
  unwritable: 'cannotCreate',
  io: 'io',
  /** Nothing here can open SQLite files. */
  engine: 'unavailable',
} as const;

export class IndexError extends ExitError {
  override readonly name = 'IndexError';
  readonly kind: keyof typeof exits;

  /** @param message one sentence that also says what to do */
  constructor(kind: keyof typeof exits, message: string, options?: ErrorOptions) {
    super(exits[kind], message, options);
    this.kind = kind;
  }
}
