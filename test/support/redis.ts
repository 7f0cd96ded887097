/** A real Redis for tests: a server of their own where `redis-server` is on the PATH, else the one at `REDIS_URL`. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export interface RedisServer {
  readonly url: string;
  /** Stops answering, and keeps its connections, as a host does that swaps or is paused. */
  pause(): void;
  resume(): void;
  /** Closes all connections; what was kept is lost. */
  stop(): Promise<void>;
  /** Again at the same address, and empty. */
  start(): Promise<void>;
}

export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0;
/** Where a Redis may be had from; undefined where tests that need one must be skipped. */
export const redisUrl = process.env['REDIS_URL'];
export const hasRedis = hasRedisServer || redisUrl !== undefined;

/** Told in the title of what is skipped without it. */
export const needsRedis = 'skipped where no redis-server is on the PATH';

/** @param password that clients must give; it is in the URL */
export async function startRedis(password?: string): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    if (password !== undefined) args.push('--requirepass', password);
    const started = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    for await (const chunk of started.stdout) if (String(chunk).includes('Ready to accept')) break;
  }

  await start();
  return {
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async stop() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    start,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
