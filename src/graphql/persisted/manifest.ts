/**
 * Reads manifests of trusted documents, as these tools write them: Apollo's `generate-persisted-query-manifest`, Relay's
 * `persistConfig`, and the client preset of GraphQL Code Generator.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ExitError } from '../../errors.js';
import { fileStamp } from '../../reload/file-stamp.js';

/** A document of a manifest. */
export interface Registered {
  /** The id as clients send it, without the prefix `sha256:`. */
  readonly id: string;
  readonly text: string;
  /** The file of the manifest. */
  readonly file: string;
}

/**
 * Reads one manifest, or all manifests in a folder, such as one for each version of an app.
 * @param path a JSON file, or a folder of JSON files
 * @throws ExitError with one line about the first fault
 */
export function readManifests(path: string): readonly Registered[] {
  const files = manifestFiles(path);
  if (files.length === 0) throw fault(path, 'has no manifest, which is a file that ends in .json.');
  const all = files.flatMap(readManifest);
  const texts = new Map<string, string>();
  for (const { id, text, file } of all) {
    if ((texts.get(id) ?? text) !== text)
      throw fault(file, `has another document than an earlier manifest for the id ${shown(id)}.`);
    texts.set(id, text);
  }
  return all;
}

/** Returns a text that changes when a manifest changes, is added or is removed. */
export function stampOfManifests(path: string): string {
  try {
    return manifestFiles(path)
      .map((file) => `${file} ${fileStamp(file)}`)
      .join('\n');
  } catch {
    return 'unreadable';
  }
}

function manifestFiles(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.json'));
    return names.sort().map((name) => join(path, name));
  } catch (error) {
    throw fault(path, 'cannot be read.', error);
  }
}

function readManifest(file: string): readonly Registered[] {
  const all = entriesOf(parsed(file), file);
  return all.map(({ id, text }) => {
    const bare = withoutPrefix(id);
    if (!isHashOf(bare, text, id !== bare))
      throw fault(file, `has a document that does not match its hash ${shown(id)}.`);
    return { id: bare, text, file };
  });
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fault(file, 'cannot be read.', error);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const [, at = text.length] = / position (\d+)/.exec(String(error)) ?? [];
    const line = text.slice(0, Number(at)).split('\n').length;
    throw fault(file, `is not valid JSON. The fault is in line ${line}.`);
  }
}

type Entry = Pick<Registered, 'id' | 'text'>;

/** Returns the documents of a manifest. Relay and GraphQL Code Generator write one object, with the ids as keys. */
function entriesOf(manifest: unknown, file: string): readonly Entry[] {
  if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest)) {
    const { format, version, operations } = manifest as Readonly<Record<string, unknown>>;
    const entries: readonly Partial<Entry>[] =
      format === apolloFormat && version === 1 && Array.isArray(operations)
        ? operations.map(
            (each: ApolloOperation | null) => ({ id: each?.id, text: each?.body }) as Partial<Entry>,
          )
        : Object.entries(manifest).map(([id, text]) => ({ id, text: text as string }));
    if (entries.every(isEntry)) return entries;
  }
  throw fault(file, 'is not a manifest as Apollo, Relay or GraphQL Code Generator write it.');
}

const apolloFormat = 'apollo-persisted-query-manifest';

interface ApolloOperation {
  readonly id?: unknown;
  readonly body?: unknown;
}

function isEntry(entry: Partial<Entry>): entry is Entry {
  return typeof entry.id === 'string' && entry.id !== '' && typeof entry.text === 'string';
}

/** Removes `sha256:`, the prefix of GraphQL over HTTP. Some clients send an id with it, some without. */
export function withoutPrefix(id: string): string {
  return id.startsWith(prefix) ? id.slice(prefix.length) : id;
}

const prefix = 'sha256:';

/** The hash functions of the tools, by the number of hexadecimal digits. */
const algorithms: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };

/** Whether an id is the hash of the document. An id that does not look like a hash may be any text. */
function isHashOf(id: string, text: string, isPrefixed: boolean): boolean {
  const algorithm = /^[0-9a-f]+$/.test(id) ? algorithms[id.length] : undefined;
  if (isPrefixed && algorithm !== 'sha256') return false;
  return algorithm === undefined || createHash(algorithm).update(text).digest('hex') === id;
}

function shown(id: string): string {
  return JSON.stringify(id.slice(0, 80));
}

export function fault(file: string, what: string, cause?: unknown): ExitError {
  return new ExitError('config', `TRUSTED_DOCUMENTS: ${file} ${what}`, { cause });
}
