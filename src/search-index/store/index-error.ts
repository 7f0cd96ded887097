/**
 * The error for an index that cannot be opened. Its message names the file. It is for operators, never for clients.
 */
import { ExitError } from '../../errors.js';

const exits = {
  /** The index file belongs to another upstream. */
  identity: 'config',
  /** The file was written by a newer version of this program. */
  newer: 'config',
  /** An older version wrote the file, and another process has it open. Only that process may update it. */
  older: 'config',
  /** The file is a database of another program. */
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

  /** @param message one sentence that also says what to do */
  constructor(kind: keyof typeof exits, message: string, options?: ErrorOptions) {
    super(exits[kind], message, options);
    this.kind = kind;
  }
}
