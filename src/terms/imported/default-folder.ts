/** Finds the default folder for files of this program, inside the platform's folder for application data. */
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** Returns the folder of imported terms; undefined if the user has no home folder, as in some containers. */
export function defaultTermsDir(
  env: Variables,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const folder = dataFolder(env, platform);
  return folder && pathsOf(platform).join(folder, 'terms');
}

/** Returns the folder for all files of this program; undefined if the user has no home folder. */
export function dataFolder(env: Variables, platform: NodeJS.Platform): string | undefined {
  const { join, isAbsolute } = pathsOf(platform);
  const { LOCALAPPDATA, XDG_DATA_HOME } = env;
  const named = platform === 'win32' ? LOCALAPPDATA : XDG_DATA_HOME;
  // The XDG specification requires that relative paths are ignored.
  if (platform !== 'darwin' && named && isAbsolute(named)) return join(named, 'pms-graphql');
  const home = (platform === 'win32' ? env['USERPROFILE'] : env['HOME']) || homeOfUser();
  if (!home || !isAbsolute(home)) return undefined;
  return join(home, ...belowHome(platform), 'pms-graphql');
}

function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

function belowHome(platform: NodeJS.Platform): readonly string[] {
  if (platform === 'win32') return ['AppData', 'Local'];
  return platform === 'darwin' ? ['Library', 'Application Support'] : ['.local', 'share'];
}

/** Returns the user's home folder; undefined if the system does not know the user, as in some containers. */
function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
