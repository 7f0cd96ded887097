/** Folders for tests. Each is deleted after its test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export interface TestFolder {
  readonly path: string;
  /** @returns the path of the file */
  write(name: string, content: string | Uint8Array): string;
}

export function testFolder(): TestFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'pms-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: folder,
    write(name, content) {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      return file;
    },
  };
}
