/** Finds the index that the settings name, for commands that concern the index only. */
import { existsSync } from 'node:fs';
import { ConfigError, type Config } from '../../config/config.js';
import { ExitError } from '../../errors.js';
import { identityOf, openIndex } from '../../search-index/open-index.js';
import type { SearchIndex } from '../../search-index/search-index.js';
import { baseOf } from '../../service.js';

export interface IndexPlace {
  readonly file: string;
  /** Identity of the upstream. */
  readonly identity: string;
  readonly maxBytes: number;
}

/** Thrown where a command about the index did nothing, or not all. */
export class IndexCommandError extends ExitError {
  override readonly name = 'IndexCommandError';

  constructor(message: string, options?: ErrorOptions) {
    super('wrong', message, options);
  }
}

/**
 * Returns the place of the index.
 * @throws ConfigError where there is no index that outlives a process
 */
export function placeOf({ upstream, index }: Pick<Config, 'upstream' | 'index'>): IndexPlace {
  if (upstream.kind === 'sandbox')
    throw new ConfigError([
      'PMS_BASE_URL must be set: over the embedded sandbox, the index is only in the memory of the service.',
    ]);
  if (!index)
    throw new ConfigError([
      'INDEX must be on, and INDEX_TERMS_ACCEPTED true once you have read the terms of use of the upstream’s data.',
    ]);
  const { file, maxBytes } = index;
  if (file === undefined)
    throw new ConfigError(['INDEX_URL must name a file, because this user has no home folder.']);
  return { file, identity: identityOf(baseOf(upstream)), maxBytes };
}

/**
 * Opens the index; undefined where there is no file.
 * @throws IndexError that says what to do
 */
export async function openAt({ file, identity, maxBytes }: IndexPlace): Promise<SearchIndex | undefined> {
  return existsSync(file) ? openIndex({ file, identity, maxBytes }) : undefined;
}
