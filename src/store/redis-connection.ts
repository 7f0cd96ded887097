/**
 * Connects to Redis without long delays for callers. If Redis is slow or cannot be reached, it is not used until it
 * responds again.
 */
import { createRequire } from 'node:module';
import type { Cluster, Redis, RedisOptions } from 'ioredis';

/** Loads ioredis only if Redis is configured, because loading takes a large part of the startup time. */
const require = createRequire(import.meta.url);
const ioredis = (): typeof import('ioredis') => require('ioredis') as typeof import('ioredis');

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with credentials; for a cluster, the URLs of several nodes, separated by commas. */
  readonly url: string;
  /** Milliseconds without a reply after which Redis counts as down. @default 250 */
  readonly patienceMs?: number;
  /** Milliseconds between two probes while Redis is down. @default 500 */
  readonly probeMs?: number;
  /** Called when Redis goes down, when it comes back, and, at most once a minute, when it refuses a command. */
  readonly onChange?: (event: 'down' | 'up' | 'refused', error?: unknown) => void;
}

export interface RedisConnection {
  readonly isUp: boolean;
  /**
   * Returns the result of `commands`. Returns the result of `otherwise` if Redis refuses a command or does not reply
   * within `patienceMs`; while Redis is down, returns it immediately.
   */
  attempt<T>(commands: (client: RedisClient) => Promise<T>, otherwise: () => Promise<T>): Promise<T>;
  close(): void;
}

/**
 * A client of one server or of a cluster. Both accept the same commands, if all keys of a command are in one slot.
 */
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
  // ioredis reconnects by itself. Without a listener it would print each failure.
  client.on('error', () => undefined);
  // The first callers wait for the first connection, but not longer than `patienceMs`.
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
      // If a host disappears, it does not close its connection. After some probes without a reply, the client
      // reconnects.
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
  // A command that waits for a connection, or is sent again, would get its reply too late to be useful.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  // The ready check of ioredis needs a command that some Redis users may not run. The probe detects the same failures.
  enableReadyCheck: false,
};
const retryAfterMs = (attempts: number): number => Math.min(attempts * 100, 2_000);

function clientOf(url: string): RedisClient {
  const { Cluster, Redis } = ioredis();
  const [first = '', ...others] = url.split(',');
  if (others.length === 0) return new Redis(first, { ...options, retryStrategy: retryAfterMs });
  // The nodes of a cluster report each other's addresses, but not the credentials.
  const { username, password, protocol } = new URL(first);
  return new Cluster([first, ...others], {
    enableOfflineQueue: false,
    enableReadyCheck: false,
    clusterRetryStrategy: retryAfterMs,
    // Waiting for a failover would take too long to be useful.
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

/**
 * Checks that every master node answers, and that every slot is served. While a node is missing, some commands would
 * be slow.
 */
async function isWhole(client: RedisClient): Promise<void> {
  if (!('nodes' in client)) return void (await client.ping());
  const masters = client.nodes('master');
  await Promise.all(masters.map((node) => node.ping()));
  // The nodes of a cluster need some time to notice that another node has failed.
  const told = String(await client.cluster('INFO'));
  const known = Number(/^cluster_size:(\d+)/m.exec(told)?.[1]);
  if (masters.length < known || !/^cluster_slots_ok:16384\r?$/m.test(told))
    throw failure('The Redis cluster is incomplete', 'ECONNRESET');
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
 * Rejects if the reply takes longer than `ms`. The time is divided into several timers: if the process was busy or
 * suspended, it has not read its sockets, and gets the reply between two timers.
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
