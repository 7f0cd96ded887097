/** The default path of the index file, in the platform's folder for application data. */
import { createHash } from 'node:crypto';
import { posix, win32 } from 'node:path';
import { dataFolder } from '../../terms/imported/default-folder.js';

/**
 * Returns a path that differs for each upstream; undefined if the user has no home folder, as in some containers.
 * @param identity the identity of the upstream
 */
export function defaultIndexFile(
  identity: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const folder = dataFolder(env, platform);
  if (folder === undefined) return undefined;
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  const { join } = platform === 'win32' ? win32 : posix;
  return join(folder, 'index', `${name}.sqlite`);
}
