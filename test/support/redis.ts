/** A real Redis for tests: a new server if `redis-server` is on the PATH, otherwise the server of `REDIS_URL`. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';

export interface RedisServer {
  readonly url: string;
  /** Makes the server stop responding and keep its connections, like a host that swaps or is paused. */
  pause(): void;
  resume(): void;
  /** Closes all connections. The data are lost. */
  stop(): Promise<void>;
  /** Starts the server again at the same address, without data. */
  start(): Promise<void>;
}

export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0;
/** URL of an existing Redis. Undefined without one. */
export const redisUrl = process.env['REDIS_URL'];
export const hasRedis = hasRedisServer || redisUrl !== undefined;

/** Part of the titles of tests that are skipped without Redis. */
export const needsRedis = 'skipped where no redis-server is on the PATH';

/** Starts a cluster of three masters that share all slots. Its URL names all of them. */
export async function startRedisCluster(): Promise<
  Pick<RedisServer, 'url' | 'stop'> & { stopNode(): Promise<void> }
> {
  const nodes = await Promise.all([0, 1, 2].map(() => startNode()));
  const [first, ...others] = nodes;
  if (!first) throw new Error('no node');
  for (const [at, { client }] of nodes.entries()) {
    const [from, to] = [at, at + 1].map((third) => Math.floor((16_384 * third) / nodes.length));
    await client.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String((to ?? 0) - 1));
  }
  for (const { port, bus } of others)
    await first.client.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(bus));
  for (const { client } of nodes) {
    const isWhole = async (): Promise<boolean> => {
      const told = String(await client.call('CLUSTER', 'INFO'));
      return told.includes('cluster_state:ok') && told.includes('cluster_known_nodes:3');
    };
    while (!(await isWhole())) await setTimeout(50);
  }
  for (const { client } of nodes) client.disconnect();
  return {
    url: nodes.map(({ port }) => `redis://127.0.0.1:${port}`).join(','),
    async stop() {
      await Promise.all(nodes.map(({ stop }) => stop()));
    },
    /** Stops one node, which has a third of all slots. */
    stopNode: first.stop,
  };
}

async function startNode() {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  let [port, bus] = [0, 0];
  const child = await launched(async () => {
    // By default the port of the cluster bus is 10,000 higher, and may be taken.
    [port, bus] = [await freePort(), await freePort()];
    return [
      '--port',
      String(port),
      '--cluster-port',
      String(bus),
      '--cluster-enabled',
      'yes',
      '--dir',
      folder,
    ];
  });
  return {
    port,
    bus,
    client: new Redis(port),
    async stop() {
      await killed(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a server and waits until it accepts connections. If its port is taken, tries again with new arguments of `argsOf`. */
async function launched(argsOf: () => Promise<readonly string[]>): Promise<ChildProcess> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const args = [...(await argsOf()), '--bind', '127.0.0.1', '--save', ''];
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const chunk of child.stdout) if (String(chunk).includes('Ready to accept')) return child;
  }
  throw new Error('redis-server does not start.');
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** @param password password that clients must give. The URL contains it */
export async function startRedis(password?: string): Promise<RedisServer> {
  let port = 0;
  const options = ['--appendonly', 'no', ...(password === undefined ? [] : ['--requirepass', password])];
  let child = await launched(async () => {
    port = await freePort();
    return ['--port', String(port), ...options];
  });
  return {
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () => killed(child),
    async start() {
      child = await launched(async () => ['--port', String(port), ...options]);
    },
  };
}
