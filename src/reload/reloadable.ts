/** Declares files that can be read again while the service runs. */

/** The content of some files, which can be read again. */
export interface Reloadable {
  readonly name: 'documents' | 'terms' | 'secrets';
  /** Returns a text that changes when the files change. */
  stamp(): string;
  /** Reads the files. Throws an `ExitError` if they cannot be used. The content from before then stays in use. */
  load(): void | Promise<void>;
}
