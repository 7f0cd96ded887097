/**
 * The error for an index that cannot be opened. Its message names the file. It is for operators, never for clients.
 */
import { ExitError } from '../../errors.js';

const exits = {
  /** The file is the index of another upstream. */
  identity: 'config',
  /** The file was written by a newer version of this program. */
  newer: 'config',
  /** The file is of an older version. It is in use by another process, and only that process may update it. */
  older: 'config',
  /** The file is another program's database. */
  foreign: 'config',
  /** The file is not a database, or is damaged. */
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
