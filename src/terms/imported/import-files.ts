/** Imports files into a folder. If one of the files is invalid, none is imported. */
import { readCodeSystems } from './code-systems.js';
import { storeLists } from './folder.js';
import { createGathering, type BadRow, type Gathering } from './gathering.js';
import type { Part } from './manifest.js';
import { readText, sizeOf } from './read-text.js';
import { readRmsExport } from './rms-export.js';
import { TermsError } from './terms-error.js';

export interface ImportProgress {
  /** Total size of the files on disk in bytes. */
  readonly bytes: number;
  readonly bytesRead: number;
  /** Number of rows and concepts read so far. */
  readonly rows: number;
}

export interface ImportOptions {
  readonly files: readonly string[];
  /** The target folder, which is created if missing. */
  readonly dir: string;
  readonly importedAt: Date;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportOutcome {
  readonly lists: readonly Part[];
  /** Number of skipped rows. */
  readonly badRows: number;
  /** The first skipped rows. */
  readonly named: readonly BadRow[];
}

/**
 * Imports files into a folder.
 * @throws TermsError with a line for each invalid file; then nothing is imported
 */
export async function importFiles({
  files,
  dir,
  importedAt,
  onProgress = () => {},
}: ImportOptions): Promise<ImportOutcome> {
  const sizes = await each(files, sizeOf);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  let bytesRead = 0;
  const gathering = createGathering();
  await each(files, (file) =>
    readFile(file, gathering, (more) => {
      bytesRead += more;
      onProgress({ bytes, bytesRead, rows: rowsIn(gathering) });
    }),
  );
  const lists = await storeLists(dir, gathering.lists, importedAt);
  return { lists, badRows: gathering.badRows, named: gathering.named };
}

function rowsIn({ lists, badRows }: Gathering): number {
  return lists.reduce((sum, { rows }) => sum + rows, badRows);
}

/** Processes files one after another. After the last one, throws the errors of all files together. */
async function each<Result>(
  files: readonly string[],
  act: (file: string) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const faults: TermsError[] = [];
  for (const file of files) {
    try {
      results.push(await act(file));
    } catch (error) {
      if (!(error instanceof TermsError)) throw error;
      faults.push(error);
    }
  }
  const [first] = faults;
  if (first === undefined) return results;
  if (faults.length === 1) throw first;
  throw new TermsError(first.exit, faults.map(({ message }) => message).join('\n'));
}

/** Reads a file. Its content decides whether it is read as JSON or CSV. Its name is ignored. */
async function readFile(file: string, gathering: Gathering, onBytes: (bytes: number) => void): Promise<void> {
  const pieces = readText(file, onBytes);
  let beginning = '';
  while (beginning.trim() === '') {
    const { value, done } = await pieces.next();
    if (done) throw new TermsError('data', `${file} is empty.`);
    beginning += value;
  }
  const all = before(beginning, pieces);
  const first = beginning.trimStart()[0] ?? '';
  if (first === '<')
    throw new TermsError('data', `${file} is XML or HTML. Only CSV and JSON can be imported.`);
  await (first === '{' || first === '['
    ? readCodeSystems(file, all, gathering)
    : readRmsExport(file, all, gathering));
}

async function* before(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}
