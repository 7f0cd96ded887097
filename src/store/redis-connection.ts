/** A connection to Redis that never holds anybody up: what is slow or gone is left alone until it is back. */
import { createRequire } from 'node:module';
import type { Cluster, Redis, RedisOptions } from 'ioredis';

/** Loaded where there is a Redis to talk to: it is a good part of the start of all others. */
const require = createRequire(import.meta.url);
const ioredis = (): typeof import('ioredis') => require('ioredis') as typeof import('ioredis');

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with its credentials; of a cluster those of several nodes, separated by commas. */
  readonly url: string;
  /** Milliseconds after which it counts as gone. @default 250 */
  readonly patienceMs?: number;
  /** Milliseconds between two attempts to find it back. @default 500 */
  readonly probeMs?: number;
  /** Told when it goes and when it is back, and, once a minute at most, of commands that it refuses. */
  readonly onChange?: (event: 'down' | 'up' | 'refused', error?: unknown) => void;
}

export interface RedisConnection {
  readonly isUp: boolean;
  /** What the commands give, or `otherwise`: at once while Redis is down, after `patienceMs` when it goes. */
  attempt<T>(commands: (client: RedisClient) => Promise<T>, otherwise: () => Promise<T>): Promise<T>;
  close(): void;
}

/** Of one server or of a cluster: commands are the same as long as all their keys are of one slot. */
export type RedisClient = Redis | Cluster;

export function connectRedis({
  url,
  patienceMs = 250,
  probeMs = 500,
  onChange = () => undefined,
}: RedisConnectionOptions): RedisConnection {
  const client = clientOf(url);
  let state: 'starting' | 'up' | 'down' = 'starting';
  let probing: NodeJS.Timeout | undefined;
  let unanswered = 0;
  let toldOfRefusal = -Infinity;
  // Reconnecting goes on by itself; without a listener each failure would be printed.
  client.on('error', () => undefined);
  // Whoever comes first waits for the first connection, but no longer than for an answer.
  const started = answered(connected(client), patienceMs).then(up, down);

  function up(): void {
    clearInterval(probing);
    if (state === 'down') onChange('up');
    state = 'up';
  }

  function down(error: unknown): void {
    if (state === 'down') return;
    state = 'down';
    onChange('down', error);
    unanswered = 0;
    probing = setInterval(() => void probe(), probeMs);
    probing.unref();
  }

  async function probe(): Promise<void> {
    try {
      await answered(isWhole(client), patienceMs);
      up();
    } catch {
      // A host that vanished closes no connection: after some silence a new one is made.
      if (++unanswered % probesPerConnection === 0) client.disconnect(true);
    }
  }

  function refused(error: unknown): void {
    if (performance.now() - toldOfRefusal < 60_000) return;
    toldOfRefusal = performance.now();
    onChange('refused', error);
  }

  async function attempt<T>(
    commands: (client: RedisClient) => Promise<T>,
    otherwise: () => Promise<T>,
  ): Promise<T> {
    if (state === 'starting') await started;
    if (state === 'down') return otherwise();
    try {
      return await answered(commands(client), patienceMs);
    } catch (error) {
      if (error instanceof ioredis().ReplyError) refused(error);
      else down(error);
      return otherwise();
    }
  }

  return {
    get isUp() {
      return state === 'up';
    },
    attempt,
    close() {
      clearInterval(probing);
      client.disconnect();
    },
  };
}

const options: RedisOptions = {
  // A command that waits for a connection, or is sent again, would come too late to be of use.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  // It takes a command that some users are not allowed; the probe finds out as well.
  enableReadyCheck: false,
};
const retryAfterMs = (attempts: number): number => Math.min(attempts * 100, 2_000);

function clientOf(url: string): RedisClient {
  const { Cluster, Redis } = ioredis();
  const [first = '', ...others] = url.split(',');
  if (others.length === 0) return new Redis(first, { ...options, retryStrategy: retryAfterMs });
  // The nodes tell each other's addresses, but not how to be let in.
  const { username, password, protocol } = new URL(first);
  return new Cluster([first, ...others], {
    enableOfflineQueue: false,
    enableReadyCheck: false,
    clusterRetryStrategy: retryAfterMs,
    // Who waits for another node to take over comes too late to be of use.
    maxRedirections: 2,
    retryDelayOnClusterDown: 20,
    retryDelayOnFailover: 20,
    redisOptions: {
      ...options,
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  });
}

/** Every node answers, and every slot is on one: while one is missing, a question would be slow now and then. */
async function isWhole(client: RedisClient): Promise<void> {
  if (!('nodes' in client)) return void (await client.ping());
  const masters = client.nodes('master');
  await Promise.all(masters.map((node) => node.ping()));
  // The nodes that are left believe in the one that is gone for a while yet.
  const told = String(await client.cluster('INFO'));
  const known = Number(/^cluster_size:(\d+)/m.exec(told)?.[1]);
  if (masters.length < known || !/^cluster_slots_ok:16384\r?$/m.test(told))
    throw failure('The cluster lacks a part', 'ECONNRESET');
}

function connected(client: RedisClient): Promise<void> {
  return new Promise((resolve, reject) => {
    client
      .once('ready', resolve)
      .once('error', reject)
      .once('close', () => reject(failure('Redis cannot be reached', 'ECONNRESET')));
  });
}

function failure(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

const probesPerConnection = 10;
const turns = 10;

/**
 * Rejects when it takes longer, counted in turns: a process that was busy, or that the machine kept waiting, has not
 * looked at its sockets meanwhile, and finds the answer there at its next turn.
 */
async function answered<T>(reply: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const wait = (left: number): void => {
      if (left === 0) return reject(failure('Redis did not answer in time', 'ETIMEDOUT'));
      timer = setTimeout(wait, ms / turns, left - 1);
    };
    wait(turns);
  });
  try {
    return await Promise.race([reply, late]);
  } finally {
    clearTimeout(timer);
  }
}
