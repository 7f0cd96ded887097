import { describe, expect, it } from 'vitest';
import { networkVolumeOf } from '../../../src/search-index/store/network-volume.js';

function mounts(...lines: readonly (readonly [point: string, kind: string])[]): string {
  return lines
    .map(([point, kind]) => `36 35 98:0 / ${point} rw,noatime master:1 - ${kind} src rw`)
    .join('\n');
}

describe('the volume of the index file', () => {
  it.each(['nfs', 'nfs4', 'cifs', 'smb3', 'smbfs', 'fuse.sshfs', 'fuse.rclone', '9p', 'ceph', 'glusterfs'])(
    'is a network volume if its file system is %s',
    (kind) => {
      expect(networkVolumeOf('/nowhere/index.sqlite', mounts(['/', 'ext4'], ['/nowhere', kind]))).toBe(kind);
    },
  );

  it.each(['ext4', 'xfs', 'btrfs', 'overlay', 'tmpfs', 'zfs', 'apfs', 'fuseblk', 'virtiofs'])(
    'is not a network volume if its file system is %s',
    (kind) => {
      expect(
        networkVolumeOf('/nowhere/index.sqlite', mounts(['/', 'nfs4'], ['/nowhere', kind])),
      ).toBeUndefined();
    },
  );

  it('is the nearest mount point above the file, and the last volume mounted there', () => {
    const deep = mounts(['/', 'ext4'], ['/nowhere', 'nfs4'], ['/nowhere/near', 'ext4']);
    expect(networkVolumeOf('/nowhere/near/a/index.sqlite', deep)).toBeUndefined();
    expect(networkVolumeOf('/nowhere/nearly/index.sqlite', deep)).toBe('nfs4');
    expect(networkVolumeOf('/nowhere/x', mounts(['/nowhere', 'ext4'], ['/nowhere', 'nfs4']))).toBe('nfs4');
    expect(networkVolumeOf('/nowhere/x', mounts(['/nowhere', 'nfs4'], ['/nowhere', 'ext4']))).toBeUndefined();
  });

  it('is a network volume if the path is a Windows path with a server name', () => {
    expect(networkVolumeOf('\\\\server\\share\\index.sqlite', '')).toBe('UNC');
  });

  it('is not known without a readable list of mounts', () => {
    expect(networkVolumeOf('/nowhere/x', '')).toBeUndefined();
    expect(networkVolumeOf('/nowhere/x', 'what\nis - this')).toBeUndefined();
  });
});
