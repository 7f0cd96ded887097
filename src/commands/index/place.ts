/** Reads from the settings which file or database contains the index. It is used by the commands that work on the index. */
import { existsSync } from 'node:fs';
import { ConfigError, type Config, type Secrets } from '../../config/config.js';
import { ExitError } from '../../errors.js';
import { identityOf, openIndex } from '../../search-index/open-index.js';
import type { SearchIndex } from '../../search-index/search-index.js';
import { baseOf } from '../../service.js';

export interface IndexPlace {
  /** The file of the index; undefined if it is in a database. */
  readonly file: string | undefined;
  /** The URL of the database. A secret. */
  readonly url?: string | undefined;
  /** Identifies the upstream of the index, so that the index never mixes data of several upstreams. */
  readonly identity: string;
  readonly maxBytes: number;
}

/** Thrown if a command on the index failed completely or in part. */
export class IndexCommandError extends ExitError {
  override readonly name = 'IndexCommandError';

  constructor(message: string, options?: ErrorOptions) {
    super('wrong', message, options);
  }
}

/**
 * Returns the place of the index.
 * @throws ConfigError if the settings name no index that is stored in a file or in a database
 */
export function placeOf(
  { upstream, index }: Pick<Config, 'upstream' | 'index'>,
  { indexUrl: url }: Pick<Secrets, 'indexUrl'>,
): IndexPlace {
  if (upstream.kind === 'sandbox')
    throw new ConfigError([
      'PMS_BASE_URL must be set. Without it the service uses the embedded sandbox, whose index is only in the memory of the service.',
    ]);
  if (!index)
    throw new ConfigError([
      'INDEX must be on, and INDEX_TERMS_ACCEPTED true once you have read the terms of use of the upstream’s data.',
    ]);
  const { file, maxBytes } = index;
  if (file === undefined && url === undefined)
    throw new ConfigError(['INDEX_URL must name a file, because this user has no home folder.']);
  return { file, url, identity: identityOf(baseOf(upstream)), maxBytes };
}

/** Returns the error for an index whose database cannot be used. */
export function unreachable(fault: Error): IndexCommandError {
  return new IndexCommandError(`${fault.message} Check INDEX_URL.`, { cause: fault });
}

/**
 * Opens the index; returns undefined if the file does not exist.
 * @throws IndexError with a message that says what to do, or IndexCommandError if the database cannot be used
 */
export async function openAt(place: IndexPlace): Promise<SearchIndex | undefined> {
  if (place.file !== undefined && !existsSync(place.file)) return undefined;
  const index = await openIndex(place);
  if (!index.fault) return index;
  await index.close();
  throw unreachable(index.fault);
}
