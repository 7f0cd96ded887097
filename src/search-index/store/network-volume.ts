/**
 * Detects, as far as possible, whether a file is on a network volume. SQLite's locks and shared memory do not work
 * there.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const networked =
  /^(?:nfs\d?|cifs|smb\w*|9p|afs|ceph|lustre|beegfs|gpfs|ncpfs|davfs|(?:fuse\.)?glusterfs|fuse\.(?!portal|snapfuse)\w+)$/;

/**
 * Returns the type of the network volume that has the file, such as `nfs4`; undefined for a local or unknown volume.
 * @param mounts the mounts that Linux reports. @default /proc/self/mountinfo
 */
export function networkVolumeOf(file: string, mounts: string = readMounts()): string | undefined {
  if (file.startsWith('\\\\')) return 'UNC';
  const folder = existing(dirname(file));
  // A later mount hides an earlier mount at the same path.
  const [volume] = mounts
    .split('\n')
    .flatMap((line) => mountIn(line) ?? [])
    .filter(({ point }) => point === '/' || folder === point || folder.startsWith(`${point}/`))
    .toReversed()
    .toSorted((a, b) => b.point.length - a.point.length);
  return volume && networked.test(volume.kind) ? volume.kind : undefined;
}

function readMounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}

/** Resolves the symbolic links in the existing part of a path. */
function existing(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : join(existing(above), basename(folder));
  }
}

/**
 * Parses a line such as `36 35 98:0 / /mnt/data rw,noatime shared:1 - ext4 /dev/sda1 rw`. Blanks are written as
 * `\040`.
 */
function mountIn(line: string): { readonly point: string; readonly kind: string } | undefined {
  const [before = '', after] = line.split(' - ');
  const [, , , , point] = before.split(' ');
  const [kind] = after?.split(' ') ?? [];
  if (point === undefined || kind === undefined) return undefined;
  return {
    point: point.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    ),
    kind,
  };
}
