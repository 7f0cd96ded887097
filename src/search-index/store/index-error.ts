/** Reasons why an index cannot be opened. The message names the file: it is for operators, never for clients. */
import { ExitError } from '../../errors.js';

const exits = {
  /** The file is the index of another upstream. */
  identity: 'config',
  /** It was written by a newer version of this program. */
  newer: 'config',
  /** It is of an older version, and in use by a process that alone may update it. */
  older: 'config',
  /** It is another program's database. */
  foreign: 'config',
  /** It is no database, or a damaged one. */
  damaged: 'data',
  unwritable: 'cannotCreate',
  io: 'io',
  /** No SQLite library is available. */
  engine: 'unavailable',
} as const;

export class IndexError extends ExitError {
  override readonly name = 'IndexError';
  readonly kind: keyof typeof exits;

  /** @param message one sentence, which includes the remedy */
  constructor(kind: keyof typeof exits, message: string, options?: ErrorOptions) {
    super(exits[kind], message, options);
    this.kind = kind;
  }
}
