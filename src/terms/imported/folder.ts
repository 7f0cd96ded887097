/** Writes files into the folder of imported terms. A file gets its final name only when it is complete. */
import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Term } from '../source.js';
import type { Gathered } from './gathering.js';
import { makeFolder } from './make-folder.js';
import { manifestName, printManifest, readManifest, type Part } from './manifest.js';
import { encodePart } from './part-file.js';
import { TermsError } from './terms-error.js';

const day = 24 * 3_600_000;

/**
 * Stores lists in the folder. Each list replaces the earlier one from the same source.
 * @throws TermsError if the folder cannot be written. The stored lists are then unchanged
 */
export async function storeLists(
  dir: string,
  lists: readonly Gathered[],
  importedAt: Date,
): Promise<readonly Part[]> {
  try {
    // If the manifest is damaged, this throws before anything is written.
    readManifest(dir);
    const whole = lists.map((each) => ({ ...each, terms: each.draft.finish() }));
    for (const each of whole) refuseEmpty(each);
    makeFolder(dir);
    const added: Part[] = [];
    for (const each of whole) added.push(await storeList(dir, each, importedAt));
    await alone(dir, () => replaceManifest(dir, added));
    await sweep(dir).catch(() => {});
    return added;
  } catch (error) {
    throw error instanceof TermsError ? error : unwritten(dir, error);
  }
}

interface Finished extends Gathered {
  readonly terms: readonly Term[];
}

/** Throws for a list without texts, which must not replace a list with texts. */
function refuseEmpty({ draft: { list, origin }, terms }: Finished): void {
  if (terms.some(({ texts }) => texts.size > 0)) return;
  const source = origin === 'rms' ? '' : ` (${origin})`;
  throw new TermsError('data', `List ${list}${source} has no readable text. Nothing was imported.`);
}

function unwritten(dir: string, error: unknown): TermsError {
  const { code, path = dir } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new TermsError('io', `${dir} is full. Nothing was imported.`, { cause: error });
  return new TermsError(
    'cannotCreate',
    `${path} cannot be written (${code}). Set TERMS_DIR to another folder.`,
    {
      cause: error,
    },
  );
}

async function storeList(dir: string, { draft, rows, terms }: Finished, importedAt: Date): Promise<Part> {
  const { list, origin, title } = draft;
  const content = await promisify(gzip)(encodePart(terms));
  const file = `${list}-${digest(origin)}-${digest(content)}.ndjson.gz`;
  await writeWhole(join(dir, file), content);
  return {
    list,
    origin,
    title,
    file,
    terms: terms.length,
    rows,
    languages: languagesOf(terms),
    importedAt: importedAt.toISOString(),
  };
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

function languagesOf(terms: readonly Term[]): Readonly<Record<string, number>> {
  const numbers = new Map<string, number>();
  for (const { texts } of terms)
    for (const language of texts.keys()) numbers.set(language, (numbers.get(language) ?? 0) + 1);
  return Object.fromEntries([...numbers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const lockName = 'terms.lock';
const lockMs = 5_000;

/**
 * Runs `act` while holding a lock file, so that only one import at a time replaces the manifest. Replacing takes
 * little time. So if a lock file does not change for `lockMs`, its process was killed. The file's time is compared
 * only with its earlier value, because the clock of another machine may differ.
 */
async function alone(dir: string, act: () => Promise<void>): Promise<void> {
  const lock = join(dir, lockName);
  let seen: number | undefined;
  let since = performance.now();
  while (!(await isTaken(lock))) {
    const madeAt = await stat(lock).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (madeAt !== seen) since = performance.now();
    seen = madeAt;
    if (performance.now() - since > lockMs) await rm(lock, { force: true });
    else await setTimeout(20);
  }
  try {
    await act();
  } finally {
    await rm(lock, { force: true });
  }
}

async function isTaken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Replaces the manifest. It is read again immediately before, because another import may have added lists. */
async function replaceManifest(dir: string, added: readonly Part[]): Promise<void> {
  const { parts } = readManifest(dir);
  const others = parts.filter(
    ({ list, origin }) => !added.some((part) => part.list === list && part.origin === origin),
  );
  const all = [...others, ...added].sort((a, b) => (a.list < b.list ? -1 : Number(a.list > b.list)));
  await writeWhole(join(dir, manifestName), Buffer.from(printManifest({ parts: all })));
}

async function writeWhole(path: string, content: Buffer): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Names of files that this program writes: parts, and temporary files. Other files in the folder are never deleted. */
const ownName =
  /^[\w~-]+-[\da-f]{12}-[\da-f]{12}\.ndjson\.gz(?:\.[\da-f-]{36}\.tmp)?$|^terms\.json\.[\da-f-]{36}\.tmp$/;

/**
 * Deletes files that the manifest does not name. Files of the last day are not deleted, because another import may be
 * about to add them to the manifest.
 */
async function sweep(dir: string): Promise<void> {
  const named = new Set(readManifest(dir).parts.map(({ file }) => file));
  const ours = (await readdir(dir)).filter((name) => ownName.test(name) && !named.has(name));
  for (const name of ours) {
    const { mtimeMs } = await stat(join(dir, name));
    if (Date.now() - mtimeMs > day) await rm(join(dir, name), { force: true });
  }
}
