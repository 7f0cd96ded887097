/**
 * Reads and writes the manifest of imported terms: `terms.json` names the parts, each a list from one export or
 * CodeSystem. It is replaced in one step, so that an import takes effect as a whole or not at all.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TermsError } from './terms-error.js';

export interface Part {
  /** Id of EMA's list. */
  readonly list: string;
  /** `rms`, or the address of a CodeSystem. */
  readonly origin: string;
  /** The list's name in the source. */
  readonly title?: string | undefined;
  /** Its file in the folder. */
  readonly file: string;
  readonly terms: number;
  /** Rows of the export, or concepts. */
  readonly rows: number;
  /** Number of terms with a text, by language. */
  readonly languages: Readonly<Record<string, number>>;
  /** An instant in ISO 8601. */
  readonly importedAt: string;
}

export interface Manifest {
  readonly parts: readonly Part[];
}

/** The format's number. It changes when an older version cannot read the files. */
const format = 1;

export const manifestName = 'terms.json';

/** The manifest before any import. */
const empty: Manifest = { parts: [] };

/**
 * Reads the manifest.
 * @throws TermsError where it cannot be read, or is invalid
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
    // The error is thrown below.
  }
  throw new TermsError(
    'data',
    `${path} is damaged or of another version. Delete it and import all lists again.`,
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
 * Returns the parts of each list: EMA's own export before those that others made of it, and fragments and supplements
 * last.
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

/** Returns a stamp that changes whenever the manifest is replaced, is removed, or can no longer be read. */
export function stampOf(dir: string): string {
  try {
    const found = statSync(join(dir, manifestName), { throwIfNoEntry: false });
    return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : 'none';
  } catch (error) {
    return `${(error as NodeJS.ErrnoException).code}`;
  }
}
