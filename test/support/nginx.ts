/** A real caching proxy for tests: nginx, if it is on the PATH. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from './free-port.js';

export const hasNginx = spawnSync('nginx', ['-v']).status === 0;

/** Part of the titles of tests that are skipped without nginx. */
export const needsNginx = 'skipped where no nginx is on the PATH';

export interface Nginx {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Kinds of temporary files. nginx creates a folder for each, even if it is not used. */
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

function configuration(folder: string, port: number, origin: string): string {
  const { uid, username } = userInfo();
  return `
    ${uid === 0 ? `user ${username};` : ''}
    daemon off;
    pid ${folder}/pid;
    error_log ${folder}/errors;
    events {}
    http {
      access_log off;
      ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n')}
      proxy_cache_path ${folder}/cache keys_zone=answers:1m;
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass ${origin};
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_cache answers;
          proxy_cache_revalidate on;
          add_header x-cache $upstream_cache_status always;
        }
      }
    }`;
}

/**
 * Starts nginx in front of a service, with an empty cache. It stores what the service permits, and adds the header `x-cache`:
 * `MISS`, `HIT`, `EXPIRED` or `REVALIDATED`.
 */
export async function startNginx(origin: string): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, port, origin));
  const child = spawn('nginx', ['-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error('nginx does not start.');
    await setTimeout(20);
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
