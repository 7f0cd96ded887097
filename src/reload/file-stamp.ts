/** Recognizes that a file has changed, without reading it. */
import { statSync } from 'node:fs';

/** Returns a text that changes whenever the file is replaced, written, deleted, or becomes unreadable. */
export function fileStamp(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : 'none';
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
