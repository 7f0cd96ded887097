/**
 * Reads and writes the manifest of imported terms, `terms.json`. The manifest lists the parts. A part is one list
 * from an RMS export or a CodeSystem. The manifest is replaced in one step, so that an import takes effect completely
 * or not at all.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileStamp } from '../../reload/file-stamp.js';
import { TermsError } from './terms-error.js';

export interface Part {
  /** Id of EMA's list. */
  readonly list: string;
  /** The source of the list: `rms`, or the URL of a CodeSystem. */
  readonly origin: string;
  /** The name of the list in its source. */
  readonly title?: string | undefined;
  /** The name of the part's file in the folder. */
  readonly file: string;
  readonly terms: number;
  /** Number of rows or concepts in the source. */
  readonly rows: number;
  /** Number of terms with a text in each language. */
  readonly languages: Readonly<Record<string, number>>;
  /** An instant in ISO 8601. */
  readonly importedAt: string;
}

export interface Manifest {
  readonly parts: readonly Part[];
}

/** Version number of the file format. It changes when older versions of this program cannot read the files. */
const format = 1;

export const manifestName = 'terms.json';

/** The manifest of a folder without imports. */
const empty: Manifest = { parts: [] };

/**
 * Reads the manifest of a folder.
 * @throws TermsError if the manifest cannot be read, or is invalid
 */
export function readManifest(dir: string): Manifest {
  const path = join(dir, manifestName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return empty;
    throw new TermsError('noInput', `${path} cannot be read.`, { cause: error });
  }
  return parseManifest(path, text);
}

function parseManifest(path: string, text: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Partial<Manifest> & { readonly format?: unknown };
    if (manifest.format === format && manifest.parts?.every(isPart)) return { parts: manifest.parts };
  } catch {
    // The error for an invalid manifest is thrown below.
  }
  throw new TermsError(
    'data',
    `${path} is damaged, or another version of pms-graphql wrote it. Delete it and import all lists again.`,
  );
}

function isPart(part: Partial<Part> | null): boolean {
  return (
    typeof part?.list === 'string' &&
    typeof part.origin === 'string' &&
    typeof part.file === 'string' &&
    /^[\w~-]+\.ndjson\.gz$/.test(part.file) &&
    typeof part.importedAt === 'string' &&
    Number.isInteger(part.terms) &&
    Number.isInteger(part.rows) &&
    (part.title === undefined || typeof part.title === 'string') &&
    typeof part.languages === 'object' &&
    part.languages !== null
  );
}

export function printManifest({ parts }: Manifest): string {
  return `${JSON.stringify({ format, parts }, null, 1)}\n`;
}

/**
 * Returns the parts of each list in the order of precedence: EMA's export, then complete CodeSystems, then fragments
 * and supplements.
 */
export function partsByList({ parts }: Manifest): ReadonlyMap<string, readonly Part[]> {
  const lists = new Map<string, Part[]>();
  for (const part of parts) lists.set(part.list, [...(lists.get(part.list) ?? []), part]);
  for (const own of lists.values()) own.sort((a, b) => placeOf(a) - placeOf(b));
  return lists;
}

function placeOf({ origin }: Part): number {
  if (origin === 'rms') return 0;
  return / \((?:fragment|supplement)\)$/.test(origin) ? 2 : 1;
}

/** Returns a text that changes whenever the manifest is replaced, deleted, or becomes unreadable. */
export function stampOf(dir: string): string {
  return fileStamp(join(dir, manifestName));
}
